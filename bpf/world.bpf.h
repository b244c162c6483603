/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What every eBPF source begins with: the kernel's types, libbpf's helpers, the shared words. */
#pragma once

#include "vmlinux.h"

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include <postern/lookup.h>
#include <postern/process.h>
#include <postern/state.h>

/* Constants that BTF does not carry. */
#define ETH_P_IP_TYPE 0x0800
#define AF_INET 2
#define AF_INET6 10
/* of sockets and protocols, under names that no kernel's types have */
#define SOCK_STREAM_TYPE 1
#define SOCK_DGRAM_TYPE 2
#define SOCK_RAW_TYPE 3
#define IP_DCCP 33
#define IP_ICMP6 58
#define IP_L2TP 115
#define IP_SCTP 132
#define IP_UDPLITE 136
#define IP_MPTCP 262
#define PF_KTHREAD 0x00200000
#define E_EXIST 17
