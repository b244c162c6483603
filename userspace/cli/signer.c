/* SPDX-License-Identifier: BSD-2-Clause */
/* A child between a file in memory and a pipe. */
#include "cli/signer.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"

enum { NOT_FOUND = 127, OUTPUT_MAX = 64 << 10 };

/* A descriptor that reads the text from its start. */
static int text_fd(const char *text, size_t len)
{
	_cleanup_close_ int fd = memfd_create("challenge", MFD_CLOEXEC);
	int r;

	if (fd < 0)
		return -errno;
	r = fd_write_all(fd, text, len);
	if (r == 0 && lseek(fd, 0, SEEK_SET) < 0)
		r = -errno;
	return r < 0 ? r : TAKE_FD(fd);
}

_Noreturn static void become(const char *const *argv, int in, int out)
{
	if (dup2(in, STDIN_FILENO) >= 0 && dup2(out, STDOUT_FILENO) >= 0)
		(void)execvp(argv[0], (char *const *)argv);
	_exit(errno == ENOENT ? NOT_FOUND : 1);
}

static int await(pid_t child)
{
	int status;

	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	if (!WIFEXITED(status))
		return -EPERM;
	if (WEXITSTATUS(status) == NOT_FOUND)
		return -ENOENT;
	return WEXITSTATUS(status) == 0 ? 0 : -EPERM;
}

int signer_run(const char *const *argv, const char *text, size_t len, struct buf *ret)
{
	_cleanup_free_ char *said = NULL;
	int r, got, ends[2];
	size_t said_len;
	pid_t child;
	_cleanup_close_ int in = text_fd(text, len);

	if (in < 0)
		return in;
	if (pipe(ends) < 0)
		return -errno;
	child = fork();
	if (child == 0)
		become(argv, in, ends[1]);
	(void)close(ends[1]);
	got = child < 0 ? -errno : file_read_fd(ends[0], OUTPUT_MAX, &said, &said_len);
	(void)close(ends[0]);
	if (child < 0)
		return got;
	r = await(child);
	if (r == 0)
		r = got;
	if (r == 0)
		buf_put(ret, said, said_len);
	return r < 0 ? r : buf_error(ret);
}
