/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The licence that the kernel asks for, once for all programs. */
#include "world.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";
