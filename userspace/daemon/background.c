/* SPDX-License-Identifier: BSD-2-Clause */
/* Double fork after daemon(7); readiness goes back through a pipe, and so does its absence. */
#include "daemon/background.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cleanup.h"

/* Waits for one byte: the daemon is ready. An end without one: it died, and has said why. */
static void wait_and_exit(int pipe_end)
{
	char byte;
	ssize_t n;

	do
		n = read(pipe_end, &byte, 1);
	while (n < 0 && errno == EINTR);
	_exit(n == 1 ? 0 : 1);
}

int background_start(struct background *b)
{
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid > 0) {
		(void)close(ends[1]);
		wait_and_exit(ends[0]);
	}
	(void)close(ends[0]);
	if (setsid() < 0)
		return -errno;
	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid > 0)
		_exit(0);
	if (chdir("/") < 0)
		return -errno;
	b->ready = ends[1];
	return 0;
}

int background_ready(struct background *b)
{
	_cleanup_close_ int ready = TAKE_FD(b->ready);
	_cleanup_close_ int null = -1;

	if (ready < 0)
		return 0;
	if (write(ready, "", 1) != 1)
		return -errno;
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null < 0)
		return -errno;
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (dup2(null, fd) < 0)
			return -errno;
	return 0;
}
