// SPDX-License-Identifier: BSD-2-Clause
/* See scene.h: other programs, children, namespaces, cgroups, files, and the attempt's other half. */
#include "scene.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORD_MS 2000

int become(const struct scene *s, const char *path, uint16_t port)
{
	char number[16];

	(void)snprintf(number, sizeof(number), "%u", port);
	(void)execl(path, path, "send", s->name, number, (char *)NULL);
	return errno;
}

int wait_status(int pid)
{
	int status;

	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return ECHILD;
	return WIFEXITED(status) ? WEXITSTATUS(status) : EINTR;
}

int in_child(int (*fn)(const struct scene *, void *), const struct scene *s, void *arg)
{
	int pid = fork();

	if (pid == 0)
		_exit(fn(s, arg));
	return wait_status(pid);
}

int run_sender(const struct scene *s, const char *path, uint16_t port)
{
	int pid = fork();

	if (pid == 0)
		_exit(become(s, path, port));
	return wait_status(pid);
}

int enter_net(const char *file)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC), r;

	if (fd < 0)
		return errno;
	r = setns(fd, CLONE_NEWNET) ? errno : 0;
	(void)close(fd);
	return r;
}

int write_text(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), r;

	if (fd < 0)
		return errno;
	r = write(fd, text, strlen(text)) < 0 ? errno : 0;
	(void)close(fd);
	return r;
}

int enter_cgroup(const char *path)
{
	char file[512];

	if (mkdir(path, 0755) && errno != EEXIST)
		return errno;
	(void)snprintf(file, sizeof(file), "%s/cgroup.procs", path);
	return write_text(file, "0");
}

int copy_file(const char *from, const char *to)
{
	int in = open(from, O_RDONLY | O_CLOEXEC),
	    out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
	ssize_t n = -1;

	if (in >= 0 && out >= 0)
		while ((n = sendfile(out, in, NULL, 1 << 20)) > 0)
			;
	int r = n < 0 ? errno : 0;
	(void)close(in);
	(void)close(out);
	return r;
}

const char *path_in(const struct scene *s, const char *word)
{
	static char paths[8][512];
	static unsigned turn;
	char *path = paths[turn++ % 8];

	(void)snprintf(path, sizeof(paths[0]), "%s/%s", s->dir, word);
	return path;
}

int pass_fd(int over, int fd)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { .head = { .cmsg_len = CMSG_LEN(sizeof(int)),
				.cmsg_level = SOL_SOCKET,
				.cmsg_type = SCM_RIGHTS } };
	struct iovec bytes = { .iov_base = "f", .iov_len = 1 };
	struct msghdr m = { .msg_iov = &bytes,
			    .msg_iovlen = 1,
			    .msg_control = &control,
			    .msg_controllen = sizeof(control.room) };

	memcpy(CMSG_DATA(&control.head), &fd, sizeof(fd));
	return sendmsg(over, &m, 0) < 0 ? errno : 0;
}

static int wait_for_input(int over)
{
	struct pollfd p = { over, POLLIN, 0 };

	return poll(&p, 1, WORD_MS) == 1 ? 0 : -ETIMEDOUT;
}

int take_fd(int over)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control;
	char byte;
	struct iovec bytes = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr m = { .msg_iov = &bytes,
			    .msg_iovlen = 1,
			    .msg_control = &control,
			    .msg_controllen = sizeof(control.room) };
	int fd, r = wait_for_input(over);

	if (r < 0)
		return r;
	if (recvmsg(over, &m, 0) < 0)
		return -errno;
	if (m.msg_controllen < CMSG_LEN(sizeof(int)))
		return -EPERM;
	memcpy(&fd, CMSG_DATA(&control.head), sizeof(fd));
	return fd;
}

int say_word(int over, char word)
{
	return send(over, &word, 1, MSG_NOSIGNAL) == 1 ? 0 : errno;
}

int take_word(int over)
{
	char word;
	int r = wait_for_input(over);

	if (r < 0)
		return r;
	return recv(over, &word, 1, 0) == 1 ? word : -EPIPE;
}
