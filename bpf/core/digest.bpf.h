/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The digest of a process's executable, if the controller has verified it: looked up, never computed
 * here. What it was verified for is the file that was exec'd, as it was then. Nobody can write to it while
 * it runs, but on Linux 6.11 and 6.12: there, if the file has changed since, both contents must be known
 * and be the same, since a page that is read from the file later is of the later content.
 */
#pragma once

#include "core/force.bpf.h"
#include "core/text.bpf.h"
#include "maps/knobs.bpf.h"
#include "maps/processes.bpf.h"
#include "read/file.bpf.h"
#include "read/task.bpf.h"

static __always_inline const struct postern_dimension *digest_dimension(const struct force *f)
{
	return (const void *)postern_line(f->image, POSTERN_DIMENSION_LINE(POSTERN_DIM_SHA256));
}

/* The latched file as it was at exec. */
static __always_inline void digest_key(const struct postern_process *p,
				       struct postern_digest_key *ret)
{
	ret->file = p->file;
	ret->file.pad = 0;
	ret->ctime_ns = p->ctime_ns;
	ret->size = p->size;
}

/* Asks the controller to verify. Without room it is asked again with the next decision. */
static __always_inline void digest_want(const struct postern_digest_key *key,
					const struct postern_process *p)
{
	bpf_map_update_elem(&wanted, key, p, BPF_NOEXIST);
}

/*
 * What the executable of the current task is now; whether that is the latched file. A task can forge
 * which file it is, but not what that file's content is: so nothing is won.
 */
static __always_inline int digest_now(const struct postern_process *p,
				      struct postern_digest_key *ret)
{
	struct task_struct *t = bpf_get_current_task_btf();

	file_content(BPF_CORE_READ(t, mm, exe_file), ret);
	return ret->file.dev == p->file.dev && ret->file.ino == p->file.ino &&
	       ret->file.generation == p->file.generation;
}

/* When what is there was put there; to be asked before it is read. */
static __always_inline __u64 digest_put(const struct postern_digest *d)
{
	return *(const volatile __u64 *)&d->put;
}

/*
 * Whether what was read at `d` was of that file all along: the room of an entry that goes may be filled with another
 * file's at once, also while it is read, and with that file's again.
 */
static __always_inline int digest_stood(const struct postern_digest_key *key,
					const struct postern_digest *d, __u64 put)
{
	const struct postern_digest *again;

	asm volatile("" ::: "memory");
	again = bpf_map_lookup_elem(&digests, key);
	return again && again == d && digest_put(again) == put;
}

static __always_inline int digest_same(const struct postern_digest *a,
				       const struct postern_digest *b)
{
	const __u64 *x = (const __u64 *)a->sha256, *y = (const __u64 *)b->sha256;

	return x[0] == y[0] && x[1] == y[1] && x[2] == y[2] && x[3] == y[3];
}

/* Whether the file that the current task runs is as it was at exec, or has the same content again. */
POSTERN_FRAME int digest_holds(const struct postern_process *p)
{
	const struct postern_digest *was, *is;
	struct postern_digest_key now = {}, then = {};
	__u64 put[2];

	if (!digest_now(p, &now))
		return 0;
	if (now.ctime_ns == p->ctime_ns && now.size == p->size)
		return 1;
	digest_key(p, &then);
	was = bpf_map_lookup_elem(&digests, &then);
	if (!was)
		digest_want(&then, p);
	is = bpf_map_lookup_elem(&digests, &now);
	if (!is)
		digest_want(&now, p);
	if (!was || !is)
		return 0;
	put[0] = digest_put(was);
	put[1] = digest_put(is);
	return digest_same(was, is) && digest_stood(&then, was, put[0]) &&
	       digest_stood(&now, is, put[1]);
}

/* The class of what was exec'd. POSTERN_NONE while that is not verified. */
POSTERN_FRAME __u32 digest_class(const struct force *f, const struct postern_process *p)
{
	const struct postern_digest *d;
	struct postern_digest_key key;
	__u64 put;
	__u32 cls;

	digest_key(p, &key);
	d = bpf_map_lookup_elem(&digests, &key);
	if (!d) {
		digest_want(&key, p);
		return POSTERN_NONE;
	}
	put = digest_put(d);
	cls = (__u32)text_class(f->slot, POSTERN_DIM_SHA256, postern_address(d->hex),
				sizeof(d->hex));
	return digest_stood(&key, d, put) ? cls : POSTERN_NONE;
}

/* At exec: asks ahead, if the bundle in force will. */
static __always_inline void digest_ahead(const struct postern_process *p)
{
	const struct postern_dimension *d;
	struct postern_digest_key key = {};
	struct force f = {};

	if (force_now(&f))
		return;
	d = digest_dimension(&f);
	if (!d || d->classes < 2)
		return;
	digest_key(p, &key);
	if (!bpf_map_lookup_elem(&digests, &key))
		digest_want(&key, p);
}
