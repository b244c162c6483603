/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Classes of a process's executable, its parent's, its script and its digest. Kept beside the process
 * with the image that they belong to, so that the texts are looked at once a process and image.
 */
#pragma once

#include "core/digest.bpf.h"
#include "core/text.bpf.h"

struct program {
	__u32 exe, parent, script, sha256; /* classes */
	__u32 own; /* whether the current task is of its process */
	__u32 stays; /* whether its record stays while it is looked at: that is the program which it runs */
};

/* Address and length of the text beside the process; whether it is elsewhere, being longer. */
static __always_inline int program_short_text(const struct postern_process *p, __u32 which,
					      struct postern_text *ret)
{
	switch (which) {
	case POSTERN_LONG_EXE:
		ret->addr = postern_address(p->exe);
		ret->len = p->exe_len;
		return p->flags & POSTERN_P_LONG_EXE;
	case POSTERN_LONG_PARENT:
		ret->addr = postern_address(p->parent);
		ret->len = p->parent_len;
		return p->flags & POSTERN_P_LONG_PARENT;
	default:
		ret->addr = postern_address(p->script);
		ret->len = p->script_len;
		return p->flags & POSTERN_P_LONG_SCRIPT;
	}
}

/* The text beside the process, or the long one. 0, or -1 when that is gone. */
static __always_inline int program_text(const struct postern_process *p,
					const struct postern_long_key *at, struct postern_text *ret)
{
	const void *text;

	ret->pad = 0;
	if (!program_short_text(p, at->which, ret))
		return 0;
	text = bpf_map_lookup_elem(&long_paths, at);
	if (!text)
		return -1;
	ret->addr = postern_address(text);
	return 0;
}

/* Whether what was read there is that text all along: see digest_stood(). */
static __always_inline int program_text_stood(const struct postern_process *p,
					      const struct postern_long_key *at,
					      struct postern_text *t)
{
	__u64 addr = t->addr;

	return !program_text(p, at, t) && t->addr == addr;
}

/* POSTERN_NONE when the text is gone or the image is broken. */
POSTERN_FRAME __u32 program_exe(const struct force *f, struct postern_process *p,
				const struct postern_process_key *key)
{
	struct postern_long_key at = { .process = *key, .which = POSTERN_LONG_EXE };
	struct postern_text t;
	__u32 cls;

	if (program_text(p, &at, &t))
		return POSTERN_NONE;
	cls = (__u32)text_class(f->slot, POSTERN_DIM_EXE, t.addr, t.len);
	if (!program_text_stood(p, &at, &t))
		return POSTERN_NONE;
	if (cls == POSTERN_NONE || !(p->flags & POSTERN_P_FOREIGN) || p->flags & POSTERN_P_DELETED)
		return cls;
	return postern_classify_alias(f->image, cls, &p->file);
}

POSTERN_FRAME __u32 program_parent(const struct force *f, struct postern_process *p,
				   const struct postern_process_key *key)
{
	struct postern_long_key at = { .process = *key, .which = POSTERN_LONG_PARENT };
	struct postern_text t;
	__u32 cls;

	if (program_text(p, &at, &t))
		return POSTERN_NONE;
	cls = (__u32)text_class(f->slot, POSTERN_DIM_PARENT, t.addr, t.len);
	return program_text_stood(p, &at, &t) ? cls : POSTERN_NONE;
}

POSTERN_FRAME __u32 program_script(const struct force *f, struct postern_process *p,
				   const struct postern_process_key *key)
{
	struct postern_long_key at = { .process = *key, .which = POSTERN_LONG_SCRIPT };
	struct postern_text t;
	__u32 cls;

	if (program_text(p, &at, &t))
		return POSTERN_NONE;
	cls = (__u32)text_class(f->slot, POSTERN_DIM_SCRIPT, t.addr, t.len);
	return program_text_stood(p, &at, &t) ? cls : POSTERN_NONE;
}

/* A class from its place beside the process, or POSTERN_NONE. Threads may write it at once: all the same. */
static __always_inline __u32 program_recall(const volatile __u64 *kept, __u32 image_id)
{
	__u64 word = *kept;

	return word >> 32 == image_id ? (__u32)word : POSTERN_NONE;
}

static __always_inline void program_keep(volatile __u64 *kept, __u32 image_id, __u32 cls)
{
	*kept = POSTERN_CACHED(image_id, cls);
}

/* Beside the process; elsewhere the record could be another one's by now. */
static __always_inline void program_latch(const struct program *of, volatile __u64 *kept,
					  __u32 image_id, __u32 cls)
{
	if (of->stays)
		program_keep(kept, image_id, cls);
}

/* Why a process's texts cannot be judged at all; 0 when they can. */
static __always_inline __u32 program_unreadable(const struct postern_process *p)
{
	if (p->flags & POSTERN_P_LONG_PATH)
		return POSTERN_R_PATH_TOO_LONG;
	return p->flags & POSTERN_P_NO_PATH ? POSTERN_R_NO_PATH : POSTERN_R_NONE;
}

/* 0, or the reason. A parent that was not known matters only to a bundle that asks for parents. */
static __always_inline __u32 program_parent_of(const struct force *f, struct postern_process *p,
					       const struct postern_process_key *key,
					       struct program *ret)
{
	const struct postern_dimension *d =
		(const void *)postern_line(f->image, POSTERN_DIMENSION_LINE(POSTERN_DIM_PARENT));

	if (!d)
		return POSTERN_R_IMAGE_BROKEN;
	if (p->flags & POSTERN_P_NO_PARENT) {
		ret->parent = d->empty_class;
		return d->classes > 1 ? POSTERN_R_NO_PATH : POSTERN_R_NONE;
	}
	ret->parent = program_recall(&p->parent_class, f->image_id);
	if (ret->parent != POSTERN_NONE)
		return POSTERN_R_NONE;
	ret->parent = program_parent(f, p, key);
	if (ret->parent == POSTERN_NONE)
		return POSTERN_R_NO_PATH;
	program_latch(ret, &p->parent_class, f->image_id, ret->parent);
	return POSTERN_R_NONE;
}

/* 0, or the reason. Only a bundle that asks for scripts has them looked at. */
static __always_inline __u32 program_script_of(const struct force *f, struct postern_process *p,
					       const struct postern_process_key *key,
					       struct program *ret)
{
	const struct postern_dimension *d =
		(const void *)postern_line(f->image, POSTERN_DIMENSION_LINE(POSTERN_DIM_SCRIPT));

	if (!d)
		return POSTERN_R_IMAGE_BROKEN;
	ret->script = d->empty_class;
	if (d->classes < 2 || !p->script_len)
		return POSTERN_R_NONE;
	ret->script = program_recall(&p->script_class, f->image_id);
	if (ret->script != POSTERN_NONE)
		return POSTERN_R_NONE;
	ret->script = program_script(f, p, key);
	if (ret->script == POSTERN_NONE)
		return POSTERN_R_NO_PATH;
	program_latch(ret, &p->script_class, f->image_id, ret->script);
	return POSTERN_R_NONE;
}

/* The class of the content of what was exec'd, kept once it is known: that never changes. */
static __always_inline __u32 program_content(const struct force *f, struct postern_process *p,
					     const struct program *of)
{
	__u32 cls = program_recall(&p->sha256_class, f->image_id);

	if (cls != POSTERN_NONE)
		return cls;
	cls = digest_class(f, p);
	if (cls != POSTERN_NONE)
		program_latch(of, &p->sha256_class, f->image_id, cls);
	return cls;
}

/*
 * The class of a process's executable by content; that of "" while it is not verified. 0 or the reason. Only the file of
 * the current task's process can be looked at again.
 */
static __always_inline __u32 program_sha256_of(const struct force *f, struct postern_process *p,
					       struct program *ret)
{
	const struct postern_dimension *d = digest_dimension(f);
	__u32 cls;

	if (!d)
		return POSTERN_R_IMAGE_BROKEN;
	ret->sha256 = d->empty_class;
	if (d->classes < 2)
		return POSTERN_R_NONE;
	cls = program_content(f, p, ret);
	if (cls == POSTERN_NONE || (knobs.exe_changes && ret->own && !digest_holds(p)))
		return POSTERN_R_NONE;
	ret->sha256 = cls;
	return POSTERN_R_NONE;
}

static __always_inline __u32 program_of(const struct force *f, struct postern_process *p,
					const struct postern_process_key *key, struct program *ret)
{
	__u32 reason = program_unreadable(p);

	if (reason)
		return reason;
	ret->exe = program_recall(&p->exe_class, f->image_id);
	if (ret->exe == POSTERN_NONE) {
		ret->exe = program_exe(f, p, key);
		if (ret->exe == POSTERN_NONE)
			return POSTERN_R_NO_PATH;
		program_latch(ret, &p->exe_class, f->image_id, ret->exe);
	}
	reason = program_parent_of(f, p, key, ret);
	if (!reason)
		reason = program_script_of(f, p, key, ret);
	return reason ? reason : program_sha256_of(f, p, ret);
}

/* The class of the empty text in a dimension. POSTERN_NONE when the image is broken. */
static __always_inline __u32 program_empty(const struct force *f, __u32 dim)
{
	const struct postern_dimension *d =
		(const void *)postern_line(f->image, POSTERN_DIMENSION_LINE(dim));

	return d ? d->empty_class : POSTERN_NONE;
}

/* A kernel thread has no executable, and no parent that has one. */
static __always_inline __u32 program_of_nobody(const struct force *f, struct program *ret)
{
	ret->exe = program_empty(f, POSTERN_DIM_EXE);
	ret->parent = program_empty(f, POSTERN_DIM_PARENT);
	ret->script = program_empty(f, POSTERN_DIM_SCRIPT);
	ret->sha256 = program_empty(f, POSTERN_DIM_SHA256);
	if (ret->exe == POSTERN_NONE || ret->parent == POSTERN_NONE ||
	    ret->script == POSTERN_NONE || ret->sha256 == POSTERN_NONE)
		return POSTERN_R_IMAGE_BROKEN;
	return POSTERN_R_NONE;
}
