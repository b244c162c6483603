/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Kills a process at its n-th call that changes anything that lasts: a file, a directory, or what bpf(2) holds.
 * Calls of bpf(2) that only ask are not counted: a crash there leaves what one at the next change leaves.
 *
 *   killat PID N        says "ready" once it watches; kills the process as it enters that call, says
 *                       "killed CALL" and ends with 0. On SIGTERM it lets go, says "calls COUNT", and ends with 3.
 *
 * At entry only: what a call leaves is what the next one finds, so that killing at the entry of each, and
 * after the last, is every state that a crash can leave.
 */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/bpf.h>
#include <linux/ptrace.h>

#define OPTIONS (PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL)

static volatile sig_atomic_t asked_to_end;
static pid_t watched;

/* The stop that this brings about is what waiting ends with: no signal is too early for that. */
static void on_term(int signo)
{
	(void)signo;
	asked_to_end = 1;
	(void)ptrace(PTRACE_INTERRUPT, watched, NULL, NULL);
}

/* Commands of bpf(2) that only look: anything else counts. */
static bool only_asks(unsigned long command)
{
	switch (command) {
	case BPF_MAP_LOOKUP_ELEM:
	case BPF_MAP_LOOKUP_BATCH:
	case BPF_MAP_GET_NEXT_KEY:
	case BPF_OBJ_GET:
	case BPF_OBJ_GET_INFO_BY_FD:
	case BPF_PROG_GET_NEXT_ID:
	case BPF_MAP_GET_NEXT_ID:
	case BPF_LINK_GET_NEXT_ID:
	case BPF_PROG_GET_FD_BY_ID:
	case BPF_MAP_GET_FD_BY_ID:
	case BPF_LINK_GET_FD_BY_ID:
	case BPF_PROG_QUERY:
		return true;
	default:
		return false;
	}
}

static const struct {
	unsigned long nr;
	const char *name;
} changing[] = {
	{ SYS_write, "write" },	       { SYS_writev, "write" },	    { SYS_pwrite64, "write" },
	{ SYS_ftruncate, "truncate" }, { SYS_fsync, "fsync" },	    { SYS_fdatasync, "fsync" },
	{ SYS_renameat, "rename" },    { SYS_renameat2, "rename" }, { SYS_unlinkat, "unlink" },
	{ SYS_linkat, "link" },	       { SYS_mkdirat, "mkdir" },    { SYS_fchmod, "chmod" },
#ifdef SYS_rename /* the old calls, which newer machines have no more */
	{ SYS_rename, "rename" },      { SYS_unlink, "unlink" },    { SYS_link, "link" },
	{ SYS_rmdir, "rmdir" },
#endif
};

/* The call's name if it changes what lasts; bpf(2) with its command. What is told to people is no state. */
static const char *name_of(const struct ptrace_syscall_info *call, char room[32])
{
	if (call->entry.nr == SYS_bpf && !only_asks(call->entry.args[0])) {
		(void)snprintf(room, 32, "bpf-%u", (unsigned)call->entry.args[0]);
		return room;
	}
	for (size_t i = 0; i < sizeof(changing) / sizeof(changing[0]); i++)
		if (changing[i].nr == call->entry.nr && call->entry.args[0] != STDERR_FILENO)
			return changing[i].name;
	return NULL;
}

/* What to pass on when it goes on: a signal that came, but for those of our own making. */
static int signal_of(int status)
{
	int signo = WSTOPSIG(status);

	return status >> 16 || signo == (SIGTRAP | 0x80) || signo == SIGTRAP ? 0 : signo;
}

/* Whether the process stands at the entry of a call that counts. */
static bool enters(pid_t pid, int status, char room[32], const char **ret)
{
	struct ptrace_syscall_info call = { 0 };

	if (WSTOPSIG(status) != (SIGTRAP | 0x80) ||
	    ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(call), &call) <= 0 ||
	    call.op != PTRACE_SYSCALL_INFO_ENTRY)
		return false;
	*ret = name_of(&call, room);
	return *ret != NULL;
}

static int watch(pid_t pid, long n)
{
	const char *name = NULL;
	char room[32];
	long calls = 0;
	int status;

	for (;;) {
		pid_t got = waitpid(pid, &status, __WALL);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 || !WIFSTOPPED(status)) {
			(void)printf("gone\n");
			return 1;
		}
		if (asked_to_end) {
			(void)ptrace(PTRACE_DETACH, pid, NULL, (void *)(long)signal_of(status));
			(void)printf("calls %ld\n", calls);
			return 3;
		}
		if (enters(pid, status, room, &name) && ++calls == n) {
			(void)kill(pid, SIGKILL);
			(void)printf("killed %s\n", name);
			return 0;
		}
		if (ptrace(PTRACE_SYSCALL, pid, NULL, (void *)(long)signal_of(status)) < 0 &&
		    errno != ESRCH)
			return 1;
	}
}

int main(int argc, char **argv)
{
	struct sigaction end = { .sa_handler = on_term };
	int r;

	if (argc != 3)
		return 2;
	watched = (pid_t)strtol(argv[1], NULL, 10);
	(void)sigaction(SIGTERM, &end, NULL);
	if (ptrace(PTRACE_SEIZE, watched, NULL, OPTIONS) < 0 ||
	    ptrace(PTRACE_INTERRUPT, watched, NULL, NULL) < 0) {
		perror("killat");
		return 1;
	}
	(void)printf("ready\n");
	(void)fflush(stdout);
	r = watch(watched, strtol(argv[2], NULL, 10));
	(void)fflush(stdout);
	return r;
}
