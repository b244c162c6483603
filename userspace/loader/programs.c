/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of programs. A required hook closes a way that no other sees. */
#include "loader/programs.h"

/* From linux/bpf.h of 6.7. */
enum { UNIX_CONNECT = 49, UNIX_SENDMSG = 50 };

const struct program programs[PROGRAMS] = {
	{ "postern_exec", "tp_btf/sched_process_exec", PROGRAM_FOLLOWS, NULL, 0 },
	{ "postern_exec2", "tp_btf/sched_process_exec", PROGRAM_FOLLOWS, NULL, 0 },
	{ "postern_fork", "tp_btf/sched_process_fork", PROGRAM_FOLLOWS, NULL, 0 },
	{ "postern_fork2", "tp_btf/sched_process_fork", PROGRAM_FOLLOWS, NULL, 0 },
	{ "postern_exit", "tp_btf/sched_process_exit", PROGRAM_FOLLOWS, NULL, 0 },
	{ "postern_exit2", "tp_btf/sched_process_exit", PROGRAM_FOLLOWS, NULL, 0 },
	{ "postern_create", "cgroup/sock_create", PROGRAM_DECIDES, NULL, 0 },
	{ "postern_conn4", "cgroup/connect4", PROGRAM_DECIDES, NULL, 0 },
	{ "postern_conn6", "cgroup/connect6", PROGRAM_DECIDES, NULL, 0 },
	{ "postern_send4", "cgroup/sendmsg4", PROGRAM_DECIDES, NULL, 0 },
	{ "postern_send6", "cgroup/sendmsg6", PROGRAM_DECIDES, NULL, 0 },
	{ "postern_bind4", "cgroup/bind4", PROGRAM_DECIDES, NULL, 0 },
	{ "postern_bind6", "cgroup/bind6", PROGRAM_DECIDES, NULL, 0 },
	{ "postern_bound4", "cgroup/post_bind4", PROGRAM_DECIDES, NULL, 0 },
	{ "postern_bound6", "cgroup/post_bind6", PROGRAM_DECIDES, NULL, 0 },
	{ "postern_option", "cgroup/setsockopt", PROGRAM_DECIDES, NULL, 0 },
	{ "postern_device", "cgroup/dev", PROGRAM_DECIDES, NULL, 0 },
	{ "postern_family", "lsm_cgroup/socket_create", PROGRAM_DECIDES, probe_lsm, 0 },
	{ "postern_listen", "lsm_cgroup/socket_listen", PROGRAM_DECIDES, probe_lsm, 0 },
	{ "postern_receive", "lsm_cgroup/file_receive", PROGRAM_DECIDES, probe_lsm, 0 },
	{ "postern_conn_un", "cgroup/connect_unix", PROGRAM_DECIDES, probe_unix_connect,
	  UNIX_CONNECT },
	{ "postern_send_un", "cgroup/sendmsg_unix", PROGRAM_DECIDES, probe_unix_sendmsg,
	  UNIX_SENDMSG },
	{ "postern_ingress", "cgroup_skb/ingress", PROGRAM_DECIDES, NULL, 0 },
	{ "postern_egress", "cgroup_skb/egress", PROGRAM_DECIDES, NULL, 0 },
	{ "postern_map", "lsm/bpf_map", PROGRAM_GUARDS, probe_guard, 0 },
	{ "postern_prog", "lsm/bpf_prog", PROGRAM_GUARDS, probe_guard, 0 },
	{ "postern_cmd", "lsm/bpf", PROGRAM_GUARDS, probe_guard, 0 },
	{ "postern_unlink", "lsm/inode_unlink", PROGRAM_GUARDS, probe_guard, 0 },
	{ "postern_rmdir", "lsm/inode_rmdir", PROGRAM_GUARDS, probe_guard, 0 },
	{ "postern_rename", "lsm/inode_rename", PROGRAM_GUARDS, probe_guard, 0 },
	{ "postern_kill", "lsm/task_kill", PROGRAM_GUARDS, probe_guard, 0 },
	{ "postern_ptrace", "lsm/ptrace_access_check", PROGRAM_GUARDS, probe_guard, 0 },
	{ "postern_latch", "iter/task", PROGRAM_RUNS, NULL, 0 },
	{ "postern_adopt", "iter/task_file", PROGRAM_RUNS, NULL, 0 },
	{ "postern_sweep", "iter/task_file", PROGRAM_RUNS, NULL, 0 },
	{ "postern_ask", "syscall", PROGRAM_RUNS, NULL, 0 },
	{ "postern_arm", "syscall", PROGRAM_RUNS, NULL, 0 },
};
