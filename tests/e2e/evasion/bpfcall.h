/* SPDX-License-Identifier: BSD-2-Clause */
/* Small eBPF programs for cgroup/connect4 and what root can do to others' ones, by the system call alone. */
#pragma once

#include <stdint.h>

enum { BPFCALL_OVERRIDE = 1, BPFCALL_MULTI = 2 };

/* Loaded programs: one that answers `value`; one that takes an error back; one that puts another destination
 * (network order) in place. A descriptor or -errno. */
int bpfcall_returns(int value);
int bpfcall_undoes(void);
int bpfcall_rewrites(uint32_t address, uint16_t port);

/* At connect4 of a cgroup. 0 or errno. */
int bpfcall_attach(int program, int cgroup, unsigned flags);
int bpfcall_detach(int program, int cgroup);

/*
 * What is attached to this very cgroup, and nothing else on the machine: its links are counted or detached; in the
 * map `processes` that its programs use, what is known of process `from` is written over what is known of
 * `to`, but for the count of execs, which the task has as well. 0 or errno; 0 also when nothing is attached.
 */
int bpfcall_links(const char *cgroup);
int bpfcall_detach_links(const char *cgroup);
int bpfcall_copy_process(const char *cgroup, uint32_t from, uint32_t to);
