/* SPDX-License-Identifier: BSD-2-Clause */
/* From the controller's process to a fresh image of its program, with three descriptors and no more. */
#include "worker/process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "worker/confine.h"

/* Out of the way of the numbers that they are to have. */
static int move_up(int fd)
{
	return fcntl(fd, F_DUPFD_CLOEXEC, WORKER_OUT + 1);
}

/* The standard streams lead nowhere. */
static int set_streams(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int fd = STDIN_FILENO; null >= 0 && fd <= STDERR_FILENO; fd++)
		if (dup2(null, fd) < 0)
			return -errno;
	return null < 0 ? -errno : 0;
}

static int set_descriptors(int socket, int in, int out)
{
	const int high[] = { move_up(socket), move_up(in), move_up(out) };

	for (int i = 0; i < 3; i++)
		if (high[i] < 0 || dup2(high[i], WORKER_SOCKET + i) < 0)
			return -errno;
	/* Also those that somebody forgot to close at exec. */
	return syscall(SYS_close_range, WORKER_OUT + 1, ~0U, 0) < 0 ? -errno : 0;
}

_Noreturn static void become_worker(int socket, int in, int out)
{
	char name[] = WORKER_NAME;
	/*
	 * A million prefixes are walked through again and again: in pages of 4 KiB half the time goes to finding them. And
	 * what one question needed the next one needs again: to get it back from the kernel takes longer than the answer. A
	 * worker at rest gives it back (serve.c).
	 */
	char memory[] = "GLIBC_TUNABLES=glibc.malloc.hugetlb=1:glibc.malloc.mmap_max=0:"
			"glibc.malloc.trim_threshold=4294967296";
	char *const argv[] = { name, NULL }, *const envp[] = { memory, NULL };
	sigset_t none;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	(void)signal(SIGPIPE, SIG_DFL);
	if (set_streams() < 0 || set_descriptors(socket, in, out) < 0)
		_exit(WORKER_EXIT_EXEC);
	if (confine_limits() < 0)
		_exit(WORKER_EXIT_LIMITS);
	/* The very file that runs, also where a newer one has its name by now. */
	(void)execve("/proc/self/exe", argv, envp);
	_exit(WORKER_EXIT_EXEC);
}

int worker_spawn(int socket, int in, int out, pid_t *ret)
{
	pid_t pid = fork();

	if (pid < 0)
		return -errno;
	if (pid == 0)
		become_worker(socket, in, out);
	*ret = pid;
	return 0;
}
