/* SPDX-License-Identifier: BSD-2-Clause */
/* See visitor.h. */
#include "visitor.h"

#include "cm.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

enum wish { CONNECT, CLAIM };

struct message {
	enum wish wish;
	uint32_t uid; /* CONNECT: as whom; CLAIM: loginuid */
	uint16_t port, from;
};

struct answer {
	int err;
	uint32_t session;
};

static uint32_t session_now(void)
{
	char text[32] = "";
	int fd = open("/proc/self/sessionid", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);

	(void)close(fd);
	return n > 0 ? (uint32_t)strtoul(text, NULL, 10) : POSTERN_NO_SESSION;
}

/* A process without a loginuid may take any, and gets a session of its own with it. */
static int claim(uint32_t loginuid)
{
	char text[16];
	int fd = open("/proc/self/loginuid", O_WRONLY | O_CLOEXEC);
	int n = snprintf(text, sizeof(text), "%u", loginuid), r;

	if (fd < 0)
		return errno;
	r = write(fd, text, (size_t)n) == n ? 0 : errno;
	(void)close(fd);
	return r;
}

static int connect_from(const struct message *m)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(m->port) }, from = to;
	const struct timeval patience = { .tv_sec = 2 };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1, r = 0;

	to.sin_addr.s_addr = from.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	from.sin_port = htons(m->from);
	if (fd < 0)
		return errno;
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	if (m->from && bind(fd, (struct sockaddr *)&from, sizeof(from)) < 0)
		r = errno;
	if (r == 0 && connect(fd, (struct sockaddr *)&to, sizeof(to)) < 0)
		r = errno;
	/* no TIME_WAIT, which would keep the port */
	(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &(struct linger){ 1, 0 },
			 sizeof(struct linger));
	(void)close(fd);
	/* let through, and its packets dropped: what admitted it ended in between */
	return r == EINPROGRESS ? EPERM : r;
}

static int connect_as(const struct message *m)
{
	int r;

	if (seteuid(m->uid) < 0)
		return errno;
	r = connect_from(m);
	return seteuid(0) < 0 ? errno : r;
}

static void serve(int fd)
{
	struct message m;

	while (read(fd, &m, sizeof(m)) == sizeof(m)) {
		struct answer a = { 0 };

		a.err = m.wish == CLAIM ? claim(m.uid) : connect_as(&m);
		a.session = session_now();
		if (write(fd, &a, sizeof(a)) != sizeof(a))
			break;
	}
	_exit(0);
}

static struct answer ask(struct visitor *v, struct message m)
{
	struct answer a = { 0 };

	assert_int_equal(write(v->fd, &m, sizeof(m)), sizeof(m));
	assert_int_equal(read(v->fd, &a, sizeof(a)), sizeof(a));
	return a;
}

void visitor_open(struct visitor *v, struct scratch *s, bool session)
{
	int fds[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
	v->pid = fork();
	assert_true(v->pid >= 0);
	if (v->pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		scratch_enter(s, NULL);
		(void)close(fds[0]);
		serve(fds[1]);
	}
	(void)close(fds[1]);
	v->fd = fds[0];
	v->session = POSTERN_NO_SESSION;
	if (!session)
		return;
	if (visitor_claim(v, 0, &v->session) || v->session == POSTERN_NO_SESSION)
		fail_msg(
			"no audit session could be had: is this test in one already, or the kernel without CONFIG_AUDIT?");
}

void visitor_close(struct visitor *v)
{
	/* later visitors have this end, too */
	(void)shutdown(v->fd, SHUT_RDWR);
	assert_int_equal(waitpid(v->pid, NULL, 0), v->pid);
	(void)close(v->fd);
}

int visitor_connect(struct visitor *v, uint32_t uid, uint16_t port, uint16_t from)
{
	return ask(v, (struct message){ CONNECT, uid, port, from }).err;
}

int visitor_claim(struct visitor *v, uint32_t loginuid, uint32_t *ret_session)
{
	struct answer a = ask(v, (struct message){ CLAIM, loginuid, 0, 0 });

	*ret_session = a.session;
	return a.err;
}
