/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Lists of addresses as systemd enforces IPAddressAllow= and IPAddressDeny=: two tries, asked for each packet. What is
 * in neither goes through.
 */
#include "world.bpf.h"

struct lpm_key {
	__u32 bits;
	__u32 addr; /* network order */
};

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 1);
	__type(key, struct lpm_key);
	__type(value, __u64);
} allowed SEC(".maps"), denied SEC(".maps");

static __always_inline int passes(struct __sk_buff *skb, __u32 at)
{
	struct lpm_key key = { .bits = 32 };

	if (skb->protocol != bpf_htons(0x0800) || bpf_skb_load_bytes(skb, at, &key.addr, 4) < 0)
		return 1;
	return bpf_map_lookup_elem(&allowed, &key) || !bpf_map_lookup_elem(&denied, &key);
}

SEC("cgroup_skb/egress")
int lpm_egress(struct __sk_buff *skb)
{
	return passes(skb, 16);
}

SEC("cgroup_skb/ingress")
int lpm_ingress(struct __sk_buff *skb)
{
	return passes(skb, 12);
}
