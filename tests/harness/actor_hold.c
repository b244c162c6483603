/* SPDX-License-Identifier: BSD-2-Clause */
/* See actor_hold.h. */
#include "actor_hold.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { KEPT = 200, BACKLOG = 16, OPTION_MAX = 128, DECIMAL = 10, HEX = 16 };

union end {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

static int held = -1;
static union end last; /* who the last datagram was from */
static socklen_t last_len;

static socklen_t end_of(union end *to, char **w)
{
	uint16_t port = htons((uint16_t)strtoul(w[1], NULL, DECIMAL));

	memset(to, 0, sizeof(*to));
	if (strchr(w[0], ':')) {
		to->v6.sin6_family = AF_INET6;
		to->v6.sin6_port = port;
		(void)inet_pton(AF_INET6, w[0], &to->v6.sin6_addr);
		return sizeof(to->v6);
	}
	to->v4.sin_family = AF_INET;
	to->v4.sin_port = port;
	(void)inet_pton(AF_INET, w[0], &to->v4.sin_addr);
	return sizeof(to->v4);
}

static void take(int fd)
{
	if (held >= 0)
		(void)close(held);
	held = fd;
}

static int hold_socket(char **w)
{
	int fd = socket(atoi(w[0]), atoi(w[1]) | SOCK_CLOEXEC, atoi(w[2]));

	if (fd < 0)
		return errno;
	take(fd);
	return 0;
}

static int hold_name(char **w)
{
	union end at;
	socklen_t len = end_of(&at, w);

	return bind(held, &at.any, len) ? errno : 0;
}

/* The same with an address of no family, which IPv4 takes for its own. */
static int hold_name_unspecified(char **w)
{
	union end at;
	socklen_t len = end_of(&at, w);

	at.any.sa_family = AF_UNSPEC;
	return bind(held, &at.any, len) ? errno : 0;
}

static int hold_listen(char **w)
{
	(void)w;
	return listen(held, BACKLOG) ? errno : 0;
}

static int ready(const char *ms)
{
	struct pollfd p = { .fd = held, .events = POLLIN };
	int r = poll(&p, 1, atoi(ms));

	if (r < 0)
		return errno;
	return r ? 0 : ETIMEDOUT;
}

static int hold_accept(char **w)
{
	int r = ready(w[0]), fd;

	if (r)
		return r;
	fd = accept4(held, NULL, NULL, SOCK_CLOEXEC);
	if (fd < 0)
		return errno;
	take(fd);
	return 0;
}

static int hold_to(char **w)
{
	union end to;
	socklen_t len = end_of(&to, w);

	return connect(held, &to.any, len) ? errno : 0;
}

static int hold_say(char **w)
{
	union end to;
	socklen_t len = end_of(&to, w);

	return sendto(held, "s", 1, MSG_NOSIGNAL, &to.any, len) < 0 ? errno : 0;
}

static int hold_put(char **w)
{
	(void)w;
	return send(held, "p", 1, MSG_NOSIGNAL) < 0 ? errno : 0;
}

static int hold_get(char **w)
{
	int r = ready(w[0]);
	char byte;

	if (r)
		return r;
	last_len = sizeof(last);
	return recvfrom(held, &byte, 1, 0, &last.any, &last_len) < 0 ? errno : 0;
}

static int hold_answer(char **w)
{
	(void)w;
	return sendto(held, "a", 1, MSG_NOSIGNAL, &last.any, last_len) < 0 ? errno : 0;
}

/* Writes the port into a file that appears whole. */
static int hold_port(char **w)
{
	union end at;
	socklen_t len = sizeof(at);
	char fresh[256];
	FILE *f;

	if (getsockname(held, &at.any, &len))
		return errno;
	(void)snprintf(fresh, sizeof(fresh), "%s.new", w[0]);
	f = fopen(fresh, "we");
	if (!f)
		return errno;
	(void)fprintf(f, "%u\n",
		      ntohs(at.any.sa_family == AF_INET6 ? at.v6.sin6_port : at.v4.sin_port));
	return fclose(f) || rename(fresh, w[0]) ? errno : 0;
}

static int hold_option(char **w)
{
	unsigned char value[OPTION_MAX];
	socklen_t n = 0;

	for (const char *at = w[2]; at[0] && at[1] && n < sizeof(value); at += 2) {
		const char digits[3] = { at[0], at[1], '\0' };

		value[n++] = (unsigned char)strtoul(digits, NULL, HEX);
	}
	return setsockopt(held, atoi(w[0]), atoi(w[1]), value, n) ? errno : 0;
}

/* ---- from process to process ------------------------------------------------------------------- */

static int unix_at(const char *path, struct sockaddr_un *to)
{
	*to = (struct sockaddr_un){ .sun_family = AF_UNIX };
	(void)snprintf(to->sun_path, sizeof(to->sun_path), "%s", path);
	return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

union passing {
	struct cmsghdr head;
	char room[CMSG_SPACE(sizeof(int))];
};

static int hold_give(char **w)
{
	union passing control = { .head = { .cmsg_len = CMSG_LEN(sizeof(int)),
					    .cmsg_level = SOL_SOCKET,
					    .cmsg_type = SCM_RIGHTS } };
	const struct timespec moment = { .tv_nsec = 5000000 };
	struct iovec bytes = { .iov_base = "g", .iov_len = 1 };
	struct msghdr m = { .msg_iov = &bytes,
			    .msg_iovlen = 1,
			    .msg_control = &control,
			    .msg_controllen = sizeof(control) };
	struct sockaddr_un to;
	int fd = unix_at(w[0], &to), r = 0;

	memcpy(CMSG_DATA(&control.head), &held, sizeof(held));
	while (connect(fd, (struct sockaddr *)&to, sizeof(to)))
		(void)nanosleep(&moment, NULL);
	if (sendmsg(fd, &m, 0) < 0)
		r = errno;
	(void)close(fd);
	return r;
}

static int receive_held(int from)
{
	union passing control;
	char byte;
	struct iovec bytes = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr m = { .msg_iov = &bytes,
			    .msg_iovlen = 1,
			    .msg_control = &control,
			    .msg_controllen = sizeof(control) };
	int fd;

	if (recvmsg(from, &m, MSG_CMSG_CLOEXEC) < 0)
		return errno;
	if (!CMSG_FIRSTHDR(&m) || CMSG_FIRSTHDR(&m)->cmsg_type != SCM_RIGHTS)
		return EBADMSG;
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&m)), sizeof(fd));
	take(fd);
	return 0;
}

static int hold_have(char **w)
{
	struct sockaddr_un at;
	int fd = unix_at(w[0], &at), one, r;

	(void)unlink(w[0]);
	if (bind(fd, (struct sockaddr *)&at, sizeof(at)) || listen(fd, 1))
		return errno;
	one = accept(fd, NULL, NULL);
	(void)close(fd);
	if (one < 0)
		return errno;
	r = receive_held(one);
	(void)close(one);
	return r;
}

/* For the next program. */
static int hold_keep(char **w)
{
	(void)w;
	return dup2(held, KEPT) < 0 ? errno : 0;
}

static int hold_kept(char **w)
{
	(void)w;
	held = KEPT;
	return 0;
}

static const struct {
	const char *word;
	int words;
	int (*does)(char **w);
} steps[] = {
	{ "hold", 3, hold_socket },
	{ "name", 2, hold_name },
	{ "name-any-family", 2, hold_name_unspecified },
	{ "listen", 0, hold_listen },
	{ "accept", 1, hold_accept },
	{ "to", 2, hold_to },
	{ "say", 2, hold_say },
	{ "put", 0, hold_put },
	{ "get", 1, hold_get },
	{ "answer", 0, hold_answer },
	{ "port", 1, hold_port },
	{ "option", 3, hold_option },
	{ "give", 1, hold_give },
	{ "have", 1, hold_have },
	{ "keep", 0, hold_keep },
	{ "kept", 0, hold_kept },
};

int actor_hold_words(const char *step)
{
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (strcmp(steps[i].word, step) == 0)
			return steps[i].words;
	return -1;
}

int actor_hold(const char *step, char **w)
{
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (strcmp(steps[i].word, step) == 0)
			return steps[i].does(w);
	return ENOSYS;
}
