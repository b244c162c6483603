/* SPDX-License-Identifier: BSD-2-Clause */
/* See actor_live.h. */
#include "actor_live.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LOOK_MS = 5, PATIENCE = 6000 /* looks */ };

static int connected(char **w, int flags)
{
	int family = strchr(w[0], '6') ? AF_INET6 : AF_INET;
	int type = strncmp(w[0], "udp", 3) == 0 ? SOCK_DGRAM : SOCK_STREAM;
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	int fd = socket(family, type | flags, 0), r;

	v4.sin_port = v6.sin6_port = htons((uint16_t)strtoul(w[2], NULL, 10));
	if (fd < 0)
		return -errno;
	if (family == AF_INET) {
		(void)inet_pton(AF_INET, w[1], &v4.sin_addr);
		r = connect(fd, (struct sockaddr *)&v4, sizeof(v4));
	} else {
		(void)inet_pton(AF_INET6, w[1], &v6.sin6_addr);
		r = connect(fd, (struct sockaddr *)&v6, sizeof(v6));
	}
	return r < 0 ? -errno : fd;
}

/* Why the connection has ended; 0 while it lives. Bytes that come are thrown away. */
static int end_of(int fd)
{
	char bytes[512];
	ssize_t n = recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT);

	if (n > 0 || (n < 0 && errno == EAGAIN))
		return 0;
	return n < 0 ? errno : ESHUTDOWN;
}

int actor_live(char **w)
{
	int fd = connected(w, SOCK_CLOEXEC), ready, r = 0;

	if (fd < 0)
		return -fd;
	ready = open(w[3], O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	if (ready < 0)
		return errno;
	for (int i = 0; i < PATIENCE && !r && access(w[4], F_OK) != 0; i++) {
		(void)poll(NULL, 0, LOOK_MS);
		r = end_of(fd);
	}
	return r;
}

int actor_open(char **w)
{
	int fd = connected(w, 0);

	return fd < 0 ? -fd : 0;
}
