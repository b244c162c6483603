/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of programs. All hooks are required: each closes a way that no other sees. */
#include "loader/programs.h"

const struct program programs[PROGRAMS] = {
	{ "postern_exec", "tp_btf/sched_process_exec", PROGRAM_FOLLOWS },
	{ "postern_fork", "tp_btf/sched_process_fork", PROGRAM_FOLLOWS },
	{ "postern_exit", "tp_btf/sched_process_exit", PROGRAM_FOLLOWS },
	{ "postern_create", "cgroup/sock_create", PROGRAM_DECIDES },
	{ "postern_conn4", "cgroup/connect4", PROGRAM_DECIDES },
	{ "postern_conn6", "cgroup/connect6", PROGRAM_DECIDES },
	{ "postern_send4", "cgroup/sendmsg4", PROGRAM_DECIDES },
	{ "postern_send6", "cgroup/sendmsg6", PROGRAM_DECIDES },
	{ "postern_latch", "iter/task", PROGRAM_RUNS },
	{ "postern_ask", "syscall", PROGRAM_RUNS },
};
