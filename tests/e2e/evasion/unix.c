// SPDX-License-Identifier: BSD-2-Clause
/* Proxies: a process outside sends on what it gets over a Unix socket. */
#include "attempt.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static struct sockaddr_un path_of(const struct scene *s, bool abstract, socklen_t *ret_len)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int n = snprintf(a.sun_path + abstract, sizeof(a.sun_path) - 1, "%s/%s.sock", s->dir,
			 s->name);

	*ret_len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + (size_t)n + 1);
	return a;
}

static int ask_proxy(struct scene *s, int type, bool abstract, bool connects)
{
	int fd = socket(AF_UNIX, type, 0);
	socklen_t len;
	struct sockaddr_un to = path_of(s, abstract, &len);

	if (take_word(s->outside) < 0)
		return ETIMEDOUT;
	if (connects && connect(fd, (struct sockaddr *)&to, len))
		return errno;
	if (connects)
		return send_mark(s, fd);
	return sendto(fd, s->mark, s->mark_len, 0, (struct sockaddr *)&to, len) < 0 ? errno : 0;
}

/* Takes one message and passes it on to the far side. */
static int be_proxy(struct scene *s, int type, bool abstract)
{
	/* Abstract names are of one network namespace. */
	int r = enter_net(NET_NEAR), fd = socket(AF_UNIX, type, 0), peer = fd;
	socklen_t len;
	struct sockaddr_un at = path_of(s, abstract, &len);
	char bytes[128];
	ssize_t n;

	(void)unlink(at.sun_path);
	if (r || bind(fd, (struct sockaddr *)&at, len))
		return r ? r : errno;
	if (!abstract)
		(void)chmod(at.sun_path, 0777);
	if (type != SOCK_DGRAM && listen(fd, 1))
		return errno;
	(void)say_word(s->outside, 'r');
	if (type != SOCK_DGRAM)
		peer = accept(fd, NULL, NULL);
	n = recv(peer, bytes, sizeof(bytes), 0);
	if (n <= 0)
		return ECONNRESET;
	s->mark_len = (size_t)n;
	memcpy(s->mark, bytes, s->mark_len);
	return plain_udp(s, FAR4, PORT);
}

static int unix_stream(struct scene *s)
{
	return ask_proxy(s, SOCK_STREAM, false, true);
}

static int unix_stream_proxy(struct scene *s)
{
	return be_proxy(s, SOCK_STREAM, false);
}

static int unix_packet(struct scene *s)
{
	return ask_proxy(s, SOCK_SEQPACKET, false, true);
}

static int unix_packet_proxy(struct scene *s)
{
	return be_proxy(s, SOCK_SEQPACKET, false);
}

static int unix_abstract(struct scene *s)
{
	return ask_proxy(s, SOCK_STREAM, true, true);
}

static int unix_abstract_proxy(struct scene *s)
{
	return be_proxy(s, SOCK_STREAM, true);
}

static int unix_datagram(struct scene *s)
{
	return ask_proxy(s, SOCK_DGRAM, false, false);
}

static int unix_datagram_connected(struct scene *s)
{
	return ask_proxy(s, SOCK_DGRAM, false, true);
}

static int unix_datagram_proxy(struct scene *s)
{
	return be_proxy(s, SOCK_DGRAM, false);
}

#define BOTH(n, o)                                                                                 \
	{                                                                                          \
		.name = #n, .inside = n, .outside = o                                              \
	}

const struct attempt attempts_unix[] = {
	BOTH(unix_stream, unix_stream_proxy),
	BOTH(unix_packet, unix_packet_proxy),
	BOTH(unix_abstract, unix_abstract_proxy),
	BOTH(unix_datagram, unix_datagram_proxy),
	BOTH(unix_datagram_connected, unix_datagram_proxy),
	{ 0 },
};
