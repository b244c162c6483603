/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * A principal as raw values at the moment it acts, so that it can be judged again under the next image,
 * also where no process is at hand.
 */
#pragma once

#include "core/subject.bpf.h"
#include "maps/processes.bpf.h"
#include "maps/sockets.bpf.h"
#include "read/cgroup.bpf.h"
#include "read/task.bpf.h"

/* The gids, while they fit. */
static __always_inline void party_groups(struct postern_party *ret, const struct credentials *who)
{
	__u32 n = who->groups;

	ret->groups = n;
	if (n > POSTERN_PARTY_GROUPS) {
		ret->flags |= POSTERN_PARTY_MANY_GROUPS;
		return;
	}
	if (!n)
		return;
	postern_opaque(n);
	if (n <= POSTERN_PARTY_GROUPS)
		bpf_probe_read_kernel(ret->group, n * sizeof(ret->group[0]), (void *)who->group);
}

/* As party_now(), into what is all zero. `opens`: its program stays known for as long as its sockets may live. */
static __always_inline int party_read(struct postern_party *ret, int opens)
{
	struct task_struct *t = bpf_get_current_task_btf();
	struct postern_process_key key;
	struct postern_process *p;
	struct credentials who;

	task_credentials(t, &who);
	ret->uid = who.uid;
	ret->gid = who.gid;
	ret->session = task_session(t);
	ret->cgroup_id = task_cgroup_id(t);
	if (task_is_kernel(t)) {
		ret->flags = POSTERN_PARTY_KERNEL;
		return POSTERN_R_NONE;
	}
	task_key(t, &key);
	ret->process = key;
	party_groups(ret, &who);
	/* Linux 6.1 takes no key from memory that a caller gave */
	p = bpf_map_lookup_elem(&processes, &key);
	/* whoever has executed unseen is not who is written down */
	if (!p || p->exec_id != task_exec_id(t))
		return POSTERN_R_NO_PROCESS;
	ret->exec_boottime = p->exec_boottime;
	ret->execs = task_execs(t);
	if (p->flags & POSTERN_P_PREEXISTING)
		ret->flags |= POSTERN_PARTY_PREEXISTING;
	if (opens && !(p->flags & POSTERN_P_OPENER))
		__sync_fetch_and_or(&p->flags, POSTERN_P_OPENER);
	return POSTERN_R_NONE;
}

/* The current thread. 0, or the reason why nobody knows it; then the rest of it is filled. */
__weak int party_now(struct postern_party *ret)
{
	if (!ret)
		return POSTERN_R_NO_PROCESS;
	__builtin_memset(ret, 0, sizeof(*ret));
	return party_read(ret, 0);
}

/* The same, as the opener of a socket whose record is new: that is all zero. */
__weak int party_opens(struct postern_party *ret)
{
	return ret ? party_read(ret, 1) : POSTERN_R_NO_PROCESS;
}

static __always_inline __u64 party_groups_differ(const struct postern_party *p,
						 const struct credentials *who)
{
	__u32 group[POSTERN_PARTY_GROUPS] = {}, n = who->groups, i;
	__u64 d = p->groups ^ n;

	if (!n || n > POSTERN_PARTY_GROUPS)
		return d | n;
	postern_opaque(n);
	if (n <= POSTERN_PARTY_GROUPS)
		bpf_probe_read_kernel(group, n * sizeof(group[0]), (void *)who->group);
	for (i = 0; i < POSTERN_PARTY_GROUPS; i++)
		d |= p->group[i] ^ group[i];
	return d;
}

/*
 * Whether the current thread is just that party, without finding out who it is: same process, same program, same
 * account, place and session. 0 also where that cannot be told so.
 */
__weak int party_is_current(const struct postern_party *p)
{
	struct task_struct *t = bpf_get_current_task_btf();
	struct credentials who;
	__u64 d;

	if (!p || !p->execs || !p->exec_boottime || task_is_kernel(t) ||
	    p->flags & ~POSTERN_PARTY_PREEXISTING)
		return 0;
	task_credentials(t, &who);
	d = p->process.start_boottime ^ t->group_leader->start_boottime;
	d |= p->execs ^ task_execs(t);
	d |= p->cgroup_id ^ task_cgroup_id(t);
	d |= p->process.tgid ^ t->tgid;
	d |= p->uid ^ who.uid;
	d |= p->gid ^ who.gid;
	d |= p->session ^ task_session(t);
	return !d && !party_groups_differ(p, &who);
}

/* The kernel itself, for a socket that no process asked for. */
static __always_inline void party_kernel(struct postern_party *ret)
{
	__builtin_memset(ret, 0, sizeof(*ret));
	ret->flags = POSTERN_PARTY_KERNEL;
	ret->uid = POSTERN_UID_KERNEL;
	ret->gid = POSTERN_UID_KERNEL;
	ret->session = POSTERN_NO_SESSION;
}

/* Nobody that anybody knows. */
static __always_inline void party_unknown(struct postern_party *ret)
{
	__builtin_memset(ret, 0, sizeof(*ret));
	ret->uid = ~0u;
	ret->gid = ~0u;
	ret->session = POSTERN_NO_SESSION;
}

/* Whether two parties differ in a way that an image can see; nobody can tell of those with many groups. */
__weak int party_differs(const struct postern_party *a, const struct postern_party *b, int groups)
{
	__u64 d;
	__u32 i;

	if (!a || !b)
		return 1;
	d = a->process.start_boottime ^ b->process.start_boottime;
	d |= a->exec_boottime ^ b->exec_boottime;
	d |= a->cgroup_id ^ b->cgroup_id;
	d |= a->process.tgid ^ b->process.tgid;
	d |= a->uid ^ b->uid;
	d |= a->gid ^ b->gid;
	d |= a->session ^ b->session;
	d |= a->flags ^ b->flags;
	if (!groups)
		return d != 0;
	d |= (a->flags & POSTERN_PARTY_MANY_GROUPS) | (a->groups ^ b->groups);
	for (i = 0; i < POSTERN_PARTY_GROUPS; i++)
		d |= a->group[i] ^ b->group[i];
	return d != 0;
}

/* Named groups of the current thread, which has more groups than a party keeps. 0, or the reason. */
POSTERN_FRAME __u32 party_many(const struct force *f, struct postern_party *p)
{
	struct postern_bits bits = {};
	struct credentials who;
	__u32 reason;

	task_credentials(bpf_get_current_task_btf(), &who);
	if (who.groups >= POSTERN_PROCESS_GROUPS_MAX)
		return POSTERN_R_TOO_MANY_GROUPS;
	reason = subject_groups(f->image, who.group, who.groups, &bits);
	if (reason)
		return reason;
	__builtin_memcpy(p->group, &bits, sizeof(bits));
	p->image_id = f->image_id;
	return POSTERN_R_NONE;
}

/* The named groups that a party is in. 0, or the reason why nobody can tell. */
static __always_inline __u32 party_named_groups(const struct force *f,
						const struct postern_party *p,
						struct postern_bits *ret)
{
	if (postern_add_group(f->image, p->gid, ret))
		return POSTERN_R_IMAGE_BROKEN;
	if (!(p->flags & POSTERN_PARTY_MANY_GROUPS))
		return subject_groups(f->image, postern_address(p->group), p->groups, ret);
	if (p->groups >= POSTERN_PROCESS_GROUPS_MAX || p->image_id != f->image_id)
		return POSTERN_R_TOO_MANY_GROUPS;
	ret->word[0] |= ((const __u64 *)p->group)[0];
	ret->word[1] |= ((const __u64 *)p->group)[1];
	ret->word[2] |= ((const __u64 *)p->group)[2];
	ret->word[3] |= ((const __u64 *)p->group)[3];
	return POSTERN_R_NONE;
}
