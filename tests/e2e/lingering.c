/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who attacks the control socket with a descriptor that nobody closes at once, for control.sh: lingering SOCKET. It is a
 * TCP socket with much that its other end does not take, which waits with its last close(2) for a while (SO_LINGER of
 * socket(7)): for whoever that is, and also where nobody received it. Sent in every way in which it can come to that. Prints
 * what a sound controller does not do: make others wait.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "attacker.h"
#include "base/cleanup.h"

enum { LINGER_SECONDS = 16, SECONDS_MS = 8000, CONNECTIONS = 24, MUCH = 100000 };

#define ASK "{\"method\":\"org.varlink.service.GetInfo\"}"

static const char *socket_path;
static int taker = -1;

static int listen_somewhere(struct sockaddr_in *ret)
{
	socklen_t len = sizeof(*ret);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	*ret = (struct sockaddr_in){ .sin_family = AF_INET };
	ret->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (struct sockaddr *)ret, len) < 0 || listen(fd, CONNECTIONS) < 0 ||
	    getsockname(fd, (struct sockaddr *)ret, &len) < 0)
		attacker_complain("listen", strerror(errno));
	return fd;
}

/* The other end is never read, and closed with this process. */
static int lingering(void)
{
	const struct linger linger = { 1, LINGER_SECONDS };
	static struct sockaddr_in to;
	static char zeros[1 << 16];
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (taker < 0)
		taker = listen_somewhere(&to);
	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)) < 0 ||
	    accept4(taker, NULL, NULL, SOCK_CLOEXEC) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)) < 0)
		attacker_complain("a lingering socket", strerror(errno));
	while (send(fd, zeros, sizeof(zeros), MSG_DONTWAIT) > 0)
		;
	return fd;
}

/* Sends so many bytes, the last of them NUL, and the only descriptor of a lingering socket beside them. */
static void put(int to, const char *text, size_t len, int flags)
{
	char room[CMSG_SPACE(sizeof(int))] __attribute__((aligned(8))) = { 0 };
	struct iovec bytes = { (char *)(uintptr_t)text, len };
	struct msghdr m = { .msg_iov = &bytes,
			    .msg_iovlen = 1,
			    .msg_control = room,
			    .msg_controllen = sizeof(room) };
	struct cmsghdr *c = (struct cmsghdr *)room;
	_cleanup_close_ int fd = lingering();

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	if (sendmsg(to, &m, flags | MSG_NOSIGNAL) < 0 && errno != EPIPE && errno != ECONNRESET)
		attacker_complain("sendmsg", strerror(errno));
}

/* Others are answered. */
static void expect_answer(const char *attack)
{
	_cleanup_close_ int s = attacker_connect(socket_path);
	struct pollfd p = { .fd = s, .events = POLLIN };
	char said[1024];

	(void)send(s, ASK, sizeof(ASK), MSG_NOSIGNAL);
	if (poll(&p, 1, SECONDS_MS) <= 0)
		attacker_complain(attack, "nobody else is answered");
	else if (recv(s, said, sizeof(said), 0) <= 0)
		attacker_complain(attack, "somebody else's connection is ended");
}

static void send_beside_a_call(void)
{
	_cleanup_close_ int s = attacker_connect(socket_path);

	put(s, ASK, sizeof(ASK), 0);
	expect_answer("beside a call");
}

/* A byte out of band is thrown away with what came beside it. */
static void send_out_of_band(void)
{
	_cleanup_close_ int s = attacker_connect(socket_path);

	put(s, ASK, 1, MSG_OOB);
	(void)send(s, ASK, sizeof(ASK), MSG_NOSIGNAL);
	expect_answer("out of band");
}

/* The connection is over before it is received. */
static void send_behind_nonsense(void)
{
	static char nonsense[MUCH];
	_cleanup_close_ int s = attacker_connect(socket_path);

	(void)send(s, nonsense, sizeof(nonsense), MSG_NOSIGNAL);
	put(s, ASK, sizeof(ASK), 0);
	expect_answer("behind nonsense");
}

/* Nobody has accepted yet when it is sent, and most of these are too many. */
static void send_too_many(void)
{
	int s[CONNECTIONS];

	for (size_t i = 0; i < CONNECTIONS; i++) {
		s[i] = attacker_connect(socket_path);
		put(s[i], ASK, sizeof(ASK), 0);
	}
	for (size_t i = 0; i < CONNECTIONS; i++)
		cleanup_close(&s[i]);
	expect_answer("too many");
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return 2;
	socket_path = argv[1];
	send_beside_a_call();
	send_out_of_band();
	send_behind_nonsense();
	send_too_many();
	return attacker_status();
}
