/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Every packet of a socket, on its way out and in: what no system call's hook sees, what another program
 * made of its verdict, and what was admitted under a policy that is no more.
 */
#include "core/flow.bpf.h"

SEC("cgroup_skb/egress")
int postern_egress(struct __sk_buff *skb)
{
	return flow(skb, FLOW_OUT);
}

SEC("cgroup_skb/ingress")
int postern_ingress(struct __sk_buff *skb)
{
	return flow(skb, FLOW_IN);
}
