// SPDX-License-Identifier: BSD-2-Clause
/* See allowed.h. */
#include "allowed.h"

#include "scene.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int open_and_pass(int over, bool connects)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0), r = 0;
	socklen_t len;
	union address to = address_of(FAR4, PORT_ALLOWED, &len);

	if (connects)
		r = connect_soon(fd, &to.any, len);
	r = r ? r : pass_fd(over, fd);
	(void)sleep(r ? 0 : 3);
	return r;
}

static int use(const struct scene *s, int fd)
{
	return fd < 0 ? -fd : stream_to(s, fd, FAR4, PORT_ALLOWED);
}

static int keep(const struct scene *s)
{
	char number[16];
	const char *path = path_in(s, "bin");
	char program[600];

	(void)snprintf(number, sizeof(number), "%d", socket(AF_INET, SOCK_STREAM, 0));
	(void)setenv("EVASION_KEPT", number, 1);
	(void)snprintf(program, sizeof(program), "%s/%s", path, s->name);
	(void)execl(program, program, "attempt", s->name, (char *)NULL);
	return errno;
}

/* Never accepts and never reads: it only has the port. */
static int serve(uint16_t port)
{
	socklen_t len;
	union address at = address_of("0.0.0.0", port, &len);
	int tcp = socket(AF_INET, SOCK_STREAM, 0), udp = socket(AF_INET, SOCK_DGRAM, 0), on = 1;

	(void)setsockopt(tcp, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on));
	(void)setsockopt(udp, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(tcp, &at.any, len) || listen(tcp, 64) || bind(udp, &at.any, len))
		return errno;
	return pause();
}

int allowed_do(const char *word, const char *name, const char *number)
{
	int n = atoi(number);
	struct scene s;

	scene_read(&s, name);
	if (strcmp(word, "send") == 0)
		return plain_tcp(&s, FAR4, (uint16_t)n);
	if (strcmp(word, "open") == 0 || strcmp(word, "connect") == 0)
		return open_and_pass(n, word[0] == 'c');
	if (strcmp(word, "use") == 0)
		return use(&s, take_fd(n));
	if (strcmp(word, "use-fd") == 0)
		return use(&s, n);
	if (strcmp(word, "keep") == 0)
		return keep(&s);
	if (strcmp(word, "serve") == 0)
		return serve((uint16_t)n);
	if (strcmp(word, "hold") == 0)
		return pause();
	return -1;
}
