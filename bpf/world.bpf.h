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
#define AF_INET 2
#define AF_INET6 10
#define PF_KTHREAD 0x00200000
#define E_EXIST 17
