// SPDX-License-Identifier: BSD-2-Clause
/* Unix sockets: pathnames, abstract names, pairs, descriptors passed over them. */
#include "operation.h"

#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

static struct sockaddr_un named(const char *name, int abstract, socklen_t *ret)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int n = snprintf(a.sun_path + abstract, sizeof(a.sun_path) - 1, "%s", name);

	*ret = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + (size_t)n + 1);
	return a;
}

static void try_serving_local(int type, int abstract)
{
	socklen_t len, gone;
	struct sockaddr_un at = named("postern-transparency.sock", abstract, &len),
			   nowhere = named("postern-nowhere.sock", abstract, &gone);
	int server = socket(AF_UNIX, type, 0), client = socket(AF_UNIX, type, 0), other;
	char bytes[8];

	(void)unlink("postern-transparency.sock");
	operation("connect to nobody", connect(client, (struct sockaddr *)&nowhere, gone));
	operation("bind", bind(server, (struct sockaddr *)&at, len));
	operation("bind again", bind(server, (struct sockaddr *)&at, len));
	other = socket(AF_UNIX, type, 0);
	operation("bind where somebody is", bind(other, (struct sockaddr *)&at, len));
	(void)close(other);
	if (type != SOCK_DGRAM)
		operation("connect before listen", connect(client, (struct sockaddr *)&at, len));
	operation("listen", listen(server, 4));
	operation("connect", connect(client, (struct sockaddr *)&at, len));
	operation("send", send(client, "abc", 3, MSG_NOSIGNAL));
	if (type != SOCK_DGRAM) {
		other = accept(server, NULL, NULL);
		operation_value("accepted", other >= 0);
		operation("recv", recv(other, bytes, sizeof(bytes), 0));
		(void)close(other);
		operation("recv at the end", recv(client, bytes, sizeof(bytes), 0));
	} else {
		operation("recv", recv(server, bytes, sizeof(bytes), 0));
		operation("sendto", sendto(client, "abc", 3, 0, (struct sockaddr *)&at, len));
		operation("recv", recv(server, bytes, sizeof(bytes), 0));
	}
	(void)close(server);
	operation("send when nobody is left", send(client, "abc", 3, MSG_NOSIGNAL));
	(void)close(client);
	(void)unlink("postern-transparency.sock");
}

static void try_pair(int type)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { .head = { .cmsg_len = CMSG_LEN(sizeof(int)),
				.cmsg_level = SOL_SOCKET,
				.cmsg_type = SCM_RIGHTS } };
	char byte = 'f';
	struct iovec v = { &byte, 1 };
	struct msghdr m = { .msg_iov = &v,
			    .msg_iovlen = 1,
			    .msg_control = &control,
			    .msg_controllen = sizeof(control.room) };
	int ends[2], tcp = socket(AF_INET, SOCK_STREAM, 0);

	operation("socketpair", socketpair(AF_UNIX, type, 0, ends));
	memcpy(CMSG_DATA(&control.head), &tcp, sizeof(tcp));
	operation("pass a socket", sendmsg(ends[0], &m, 0));
	m.msg_controllen = sizeof(control.room);
	operation("take it", recvmsg(ends[1], &m, 0));
	operation_value("it is there", m.msg_controllen >= CMSG_LEN(sizeof(int)));
	memcpy(CMSG_DATA(&control.head), &(int){ -1 }, sizeof(int));
	m.msg_controllen = sizeof(control.room);
	operation("pass nothing", sendmsg(ends[0], &m, 0));
	(void)close(ends[0]);
	(void)close(ends[1]);
	(void)close(tcp);
}

void try_unix(void)
{
	static const struct {
		const char *name;
		int type;
	} types[] = { { "unix-stream", SOCK_STREAM },
		      { "unix-datagram", SOCK_DGRAM },
		      { "unix-packet", SOCK_SEQPACKET } };

	for (int i = 0; i < 3; i++) {
		operation_subject(types[i].name);
		try_serving_local(types[i].type, 0);
		try_serving_local(types[i].type, 1);
		try_pair(types[i].type);
	}
}
