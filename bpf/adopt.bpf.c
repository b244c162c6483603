/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Sockets that are older than the enforcer: whoever holds one first in the order of processes counts as its
 * opener. They are judged like any other from then on, with their next packet or by the sweep. Runs after new sockets
 * are written down and before any hook decides. Writes one byte for each socket that it added.
 */
#include "maps/sessions.bpf.h"
#include "core/party.bpf.h"
#include "maps/knobs.bpf.h"
#include "maps/lapses.bpf.h"
#include "read/sock.bpf.h"
#include "read/socket.bpf.h"

#define ADOPT_TCP_LISTEN 10

struct adopt_walk {
	struct cgroup *cgroup;
	__u32 found;
	__u32 pad;
};

POSTERN_BODY adopt_step(__u32 level, void *ctx)
{
	struct adopt_walk *w = ctx;

	if (level > cgroup_level(w->cgroup))
		return 1;
	w->found = cgroup_id(cgroup_ancestor(w->cgroup, level)) == knobs.cgroup_id;
	return w->found;
}

/* Hooks are chosen by the cgroup that a socket was made in: only those of the governed one matter. */
static __always_inline int adopt_is_governed(struct sock *sk)
{
	struct adopt_walk w = { .cgroup = socket_cgroup(sk) };

	if (w.cgroup)
		bpf_loop(POSTERN_CGROUP_DEPTH_MAX + 1, adopt_step, &w, 0);
	return w.found;
}

/* As the process is now: nobody knows what it was when it opened the socket. */
static __always_inline void adopt_party(struct task_struct *t, struct postern_party *ret)
{
	struct postern_process *p;
	struct credentials who;

	task_credentials(t, &who);
	ret->uid = who.uid;
	ret->gid = who.gid;
	ret->session = task_session(t);
	ret->cgroup_id = cgroup_id(cgroup_of(t));
	task_key(t, &ret->process);
	party_groups(ret, &who);
	p = bpf_map_lookup_elem(&processes, &ret->process);
	if (!p || p->exec_id != task_exec_id(t))
		return;
	ret->exec_boottime = p->exec_boottime;
	if (p->flags & POSTERN_P_PREEXISTING)
		ret->flags |= POSTERN_PARTY_PREEXISTING;
	__sync_fetch_and_or(&p->flags, POSTERN_P_OPENER);
}

/* Whether connections come in on the socket's port; a listener's port is written down. */
static __always_inline int adopt_accepts(struct sock *sk)
{
	struct postern_old_port at;
	__u8 one = 1;

	if (sk->sk_protocol != IPPROTO_TCP)
		return 0;
	at.netns = sk->__sk_common.skc_net.net->ns.inum;
	at.port = sk->__sk_common.skc_num;
	if (sk->__sk_common.skc_state != ADOPT_TCP_LISTEN)
		return bpf_map_lookup_elem(&old_ports, &at) != NULL;
	bpf_map_update_elem(&old_ports, &at, &one, BPF_ANY);
	return 1;
}

static __always_inline int adopt_is_due(struct sock *sk)
{
	struct postern_sweeping *w;
	__u32 zero = 0;

	w = bpf_map_lookup_elem(&sweeping, &zero);
	if (!w)
		return 0;
	if (sk->__sk_common.skc_family != AF_INET && sk->__sk_common.skc_family != AF_INET6)
		return 0;
	return w->adopts == POSTERN_ADOPTS_ALL || sk->__sk_common.skc_state == ADOPT_TCP_LISTEN;
}

SEC("iter/task_file")
int postern_adopt(struct bpf_iter__task_file *ctx)
{
	struct task_struct *t = ctx->task;
	struct file *f = ctx->file;
	struct postern_socket *r;
	struct socket *s;
	struct sock *sk;
	char added = 1;

	if (!t || !f || task_is_kernel(t))
		return 0;
	s = bpf_sock_from_file(f);
	if (!s)
		return 0;
	sk = s->sk;
	if (!sk || !adopt_is_due(sk) || bpf_sk_storage_get(&sockets, sk, NULL, 0))
		return 0;
	if (!adopt_is_governed(sk))
		return 0;
	r = bpf_sk_storage_get(&sockets, sk, NULL, BPF_SK_STORAGE_GET_F_CREATE);
	if (!r)
		return 0;
	adopt_party(t, &r->opener);
	r->flags = POSTERN_S_OLD | (adopt_accepts(sk) ? POSTERN_S_ACCEPTS : 0);
	bpf_seq_write(ctx->meta->seq, &added, sizeof(added));
	return 0;
}
