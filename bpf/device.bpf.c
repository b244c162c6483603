/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * /dev/net/tun: packets that are written to it have no socket. Opening it is the creation of a socket of
 * kind "tun"; every other device, and making the node, are somebody else's matter.
 */
#include "core/alone.bpf.h"

#define DEVICE_TYPE 0xffff
#define DEVICE_ACCESS_SHIFT 16
#define DEVICE_CHARACTER 2 /* BPF_DEVCG_DEV_CHAR */
#define DEVICE_USE 6 /* BPF_DEVCG_ACC_READ | BPF_DEVCG_ACC_WRITE */
#define TUN_MAJOR 10
#define TUN_MINOR 200

static __always_inline int device_is_tun(const struct bpf_cgroup_dev_ctx *ctx)
{
	return (ctx->access_type & DEVICE_TYPE) == DEVICE_CHARACTER && ctx->major == TUN_MAJOR &&
	       ctx->minor == TUN_MINOR;
}

SEC("cgroup/dev")
int postern_device(struct bpf_cgroup_dev_ctx *ctx)
{
	__u32 access = ctx->access_type >> DEVICE_ACCESS_SHIFT;

	if (!device_is_tun(ctx) || !(access & DEVICE_USE))
		return 1;
	return alone_create(POSTERN_H_DEVICE, KIND_TUN, 0, 0, 0);
}
