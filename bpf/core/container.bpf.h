/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The id of the container that a cgroup belongs to: 64 hex digits in one of the forms that container
 * engines give to cgroups. It counts only where every directory above is root's, since whoever owns a
 * directory names its children. The outermost container is the one.
 *
 *   docker-ID.scope, libpod-ID.scope, cri-containerd-ID.scope, crio-ID.scope, nerdctl-ID.scope (systemd),
 *   the same without ".scope", docker/ID, and ID anywhere below /kubepods (cgroupfs)
 */
#pragma once

#include "read/cgroup.bpf.h"

#define CONTAINER_ID 64
#define CONTAINER_WORD 16

static const char container_engines[][CONTAINER_WORD] = {
	"docker-", "libpod-", "cri-containerd-", "crio-", "nerdctl-",
};
static const char container_docker[CONTAINER_WORD] = "docker";
static const char container_pods[CONTAINER_WORD] = "kubepods";

struct container_walk {
	struct cgroup *cgroup;
	__u32 levels;
	__u32 pad;
	__u32 in_pods, in_docker; /* the directory above is, or is below, one that holds bare ids */
	__u32 found;
	__u32 pad1;
	struct postern_text id;
};

static __always_inline int container_word_is(const __u64 *word, const char *text)
{
	return word[0] == ((const __u64 *)text)[0] && word[1] == ((const __u64 *)text)[1];
}

/* The first `len` bytes of a name, if that is short enough for a word of ours. */
static __always_inline int container_word(const struct postern_text *name, __u32 len, __u64 *ret)
{
	ret[0] = 0;
	ret[1] = 0;
	if (len >= CONTAINER_WORD)
		return -1;
	return bpf_probe_read_kernel(ret, len & (CONTAINER_WORD - 1), (void *)name->addr) ? -1 : 0;
}

static __always_inline int container_is_engine(const struct postern_text *name, __u32 len)
{
	__u64 word[2];
	__u32 i;

	if (container_word(name, len, word))
		return 0;
	for (i = 0; i < sizeof(container_engines) / CONTAINER_WORD; i++) {
		if (container_word_is(word, container_engines[i]))
			return 1;
	}
	return 0;
}

struct container_digits {
	__u64 addr;
	__u64 bad;
};

POSTERN_BODY container_digit(__u32 i, void *ctx)
{
	struct container_digits *d = ctx;
	__u8 c = 0;

	bpf_probe_read_kernel(&c, 1, (void *)(d->addr + i));
	if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))
		return 0;
	d->bad = 1;
	return 1;
}

static __always_inline int container_is_id(__u64 addr)
{
	struct container_digits d = { .addr = addr };

	bpf_loop(CONTAINER_ID, container_digit, &d, 0);
	return !d.bad;
}

/*
 * Where in a name the id of a container begins; -1 when it is of none. `bare`: whether an id alone will do.
 * Numbers only, so that the verifier walks through it once, and not once for all that its caller may know.
 */
__weak int container_in_name(__u64 addr, __u32 len, __u32 bare)
{
	struct postern_text name = { .addr = addr, .len = len };
	__u32 end = len, before;

	if (cgroup_name_is_scope(&name))
		end -= CGROUP_SUFFIX;
	if (end < CONTAINER_ID)
		return -1;
	before = end - CONTAINER_ID;
	if (!before && (end != len || !bare))
		return -1;
	if (before && !container_is_engine(&name, before))
		return -1;
	return container_is_id(addr + before) ? (int)before : -1;
}

POSTERN_BODY container_step(__u32 i, void *ctx)
{
	struct container_walk *w = ctx;
	struct postern_text name;
	__u64 word[2];
	int before;

	if (i >= w->levels || !cgroup_is_of_system(w->cgroup, i) ||
	    cgroup_name(w->cgroup, i + 1, &name))
		return 1;
	before = container_in_name(name.addr, name.len, w->in_pods || w->in_docker);
	if (before >= 0) {
		w->id.addr = name.addr + (__u32)before;
		w->found = 1;
		return 1;
	}
	container_word(&name, name.len, word);
	w->in_docker = container_word_is(word, container_docker);
	if (!i && container_word_is(word, container_pods))
		w->in_pods = 1;
	return 0;
}

/* Address and length of the id; an empty text where there is no container. */
POSTERN_FRAME int container_find(struct cgroup *c, struct postern_text *ret)
{
	struct container_walk w = { .cgroup = c };

	w.levels = cgroup_level(c);
	postern_unknown(&w.in_pods);
	postern_unknown(&w.found);
	bpf_loop(POSTERN_CGROUP_DEPTH_MAX, container_step, &w, 0);
	ret->addr = w.found ? w.id.addr : 0;
	ret->len = w.found ? CONTAINER_ID : 0;
	ret->pad = 0;
	return 0;
}
