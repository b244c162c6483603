// SPDX-License-Identifier: BSD-2-Clause
/* MPTCP: the kernel opens further connections by itself, in a thread of its own. */
#include "attempt.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#define PROTO_MPTCP 262
#define SOL_MPTCP_LEVEL 284
#define MPTCP_INFO_OPTION 1
#define JOIN_MS 1000

static int mptcp(int family)
{
	return socket(family, SOCK_STREAM, PROTO_MPTCP);
}

static int mptcp4(struct scene *s)
{
	return stream_to(s, mptcp(AF_INET), FAR4, PORT_MPTCP);
}

static int mptcp6(struct scene *s)
{
	return stream_to(s, mptcp(AF_INET6), FAR6, PORT_MPTCP);
}

static int mptcp_mapped(struct scene *s)
{
	return stream_to(s, mptcp(AF_INET6), "::ffff:" FAR4, PORT_MPTCP);
}

/* The server does not speak it. */
static int mptcp_fallback(struct scene *s)
{
	return stream_to(s, mptcp(AF_INET), FAR4, PORT);
}

static int mptcp_fast_open(struct scene *s)
{
	int fd = mptcp(AF_INET);
	socklen_t len;
	union address to = address_of(FAR4, PORT_MPTCP, &len);

	if (fd < 0 ||
	    sendto(fd, s->mark, s->mark_len, MSG_FASTOPEN | MSG_NOSIGNAL, &to.any, len) < 0)
		return errno;
	(void)usleep(100000);
	return 0;
}

/*
 * Connects where it may, to a server that announces its other address: the kernel joins that one. The
 * mark is not on the wire but the join is; the ledger is told when the connection has a second path.
 */
static int mptcp_join(struct scene *s)
{
	int fd = mptcp(AF_INET), r;
	uint8_t info[256] = { 0 }; /* struct mptcp_info begins with the number of subflows */
	socklen_t len, size;
	union address to = address_of(FAR4, PORT_APPROVED, &len);

	r = connect_soon(fd, &to.any, len);
	if (r)
		return r;
	for (int waited = 0; waited < JOIN_MS; waited += 20) {
		(void)!send(fd, "x", 1, MSG_NOSIGNAL);
		(void)usleep(20000);
		size = sizeof(info);
		if (getsockopt(fd, SOL_MPTCP_LEVEL, MPTCP_INFO_OPTION, info, &size))
			return errno;
		if (info[0] > 0) {
			ledger_note(s->mark, "join");
			return 0;
		}
	}
	return ETIMEDOUT;
}

const struct attempt attempts_mptcp[] = {
	{ .name = "mptcp4", .inside = mptcp4 },
	{ .name = "mptcp6", .inside = mptcp6 },
	{ .name = "mptcp_mapped", .inside = mptcp_mapped },
	{ .name = "mptcp_fallback", .inside = mptcp_fallback },
	{ .name = "mptcp_fast_open", .inside = mptcp_fast_open },
	{ .name = "mptcp_join", .inside = mptcp_join },
	{ 0 },
};
