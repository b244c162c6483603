/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Fields that have had other names or places in kernels from 6.1 on. The only file with ___flavours;
 * each says which kernels it is for.
 */
#pragma once

#include "world.bpf.h"

/* until 6.5: one timespec64 */
struct inode___one_ctime {
	struct timespec64 i_ctime;
} __attribute__((preserve_access_index));

/* 6.6 to 6.10: "fs: rename __i_ctime", read through an accessor */
struct inode___hidden_ctime {
	struct timespec64 __i_ctime;
} __attribute__((preserve_access_index));

/* from 6.11: "fs: turn inode ctime fields into ints" */
struct inode___split_ctime {
	time64_t i_ctime_sec;
	u32 i_ctime_nsec;
} __attribute__((preserve_access_index));

#define NS_PER_SEC 1000000000ull

/* From 6.13 the highest bit says that somebody has asked for the time ("fs: multigrain timestamps"). */
#define CTIME_NSEC 0x7fffffffu

static __always_inline __u64 compat_ctime_ns(struct inode *inode)
{
	struct inode___split_ctime *split = (void *)inode;
	struct inode___hidden_ctime *hidden = (void *)inode;
	struct inode___one_ctime *one = (void *)inode;

	if (bpf_core_field_exists(split->i_ctime_sec))
		return BPF_CORE_READ(split, i_ctime_sec) * NS_PER_SEC +
		       (BPF_CORE_READ(split, i_ctime_nsec) & CTIME_NSEC);
	if (bpf_core_field_exists(hidden->__i_ctime))
		return BPF_CORE_READ(hidden, __i_ctime.tv_sec) * NS_PER_SEC +
		       BPF_CORE_READ(hidden, __i_ctime.tv_nsec);
	return BPF_CORE_READ(one, i_ctime.tv_sec) * NS_PER_SEC +
	       BPF_CORE_READ(one, i_ctime.tv_nsec);
}

/*
 * From 7.0 programs on tracepoints can be preempted ("tracing: Guard __DECLARE_TRACE() use of __DO_TRACE_CALL() with
 * SRCU-fast"): another task's run of the same program on that CPU is then left out, and memory of a CPU
 * can change hands. Where preemption cannot be switched off, until 6.9, it is off.
 */
extern void bpf_preempt_disable(void) __weak __ksym;
extern void bpf_preempt_enable(void) __weak __ksym;

static __always_inline void compat_preemption_off(void)
{
	if (bpf_preempt_disable)
		bpf_preempt_disable();
}

static __always_inline void compat_preemption_on(void)
{
	if (bpf_preempt_enable)
		bpf_preempt_enable();
}
