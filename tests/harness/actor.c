/* SPDX-License-Identifier: BSD-2-Clause */
/* See actor.h. */
#include "actor.h"
#include "actor_become.h"
#include "actor_hold.h"
#include "actor_live.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PORT_BASE 10

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

static socklen_t address_of(union address *to, int family, char **w)
{
	uint16_t port = htons((uint16_t)strtoul(w[1], NULL, PORT_BASE));

	memset(to, 0, sizeof(*to));
	to->any.sa_family = (sa_family_t)family;
	if (family == AF_INET6) {
		to->v6.sin6_port = port;
		(void)inet_pton(AF_INET6, w[0], &to->v6.sin6_addr);
		return sizeof(to->v6);
	}
	to->v4.sin_port = port;
	(void)inet_pton(AF_INET, w[0], &to->v4.sin_addr);
	return sizeof(to->v4);
}

static int connect_to(int socket_family, int family, int type, char **w)
{
	union address to;
	socklen_t len = address_of(&to, family, w);
	int fd = socket(socket_family, type | SOCK_CLOEXEC, 0), r;

	if (fd < 0)
		return errno;
	r = connect(fd, &to.any, len) ? errno : 0;
	(void)close(fd);
	return r;
}

static int send_to(int family, bool unspecified, char **w)
{
	union address to;
	socklen_t len = address_of(&to, family, w);
	int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0), r;

	if (fd < 0)
		return errno;
	if (unspecified)
		to.any.sa_family = AF_UNSPEC;
	r = sendto(fd, "x", 1, 0, &to.any, len) < 0 ? errno : 0;
	(void)close(fd);
	return r;
}

/* A control message makes the kernel ask the send hook, without an address, on a connected socket. */
static int send_controlled(int family, char **w)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control = { .head = { .cmsg_len = CMSG_LEN(sizeof(int)),
				.cmsg_level = family == AF_INET ? SOL_IP : SOL_IPV6,
				.cmsg_type = family == AF_INET ? IP_TTL : IPV6_HOPLIMIT } };
	struct iovec bytes = { .iov_base = "x", .iov_len = 1 };
	struct msghdr m = { .msg_iov = &bytes,
			    .msg_iovlen = 1,
			    .msg_control = &control,
			    .msg_controllen = sizeof(control.room) };
	union address to;
	socklen_t len = address_of(&to, family, w);
	int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0), hops = 9, r;

	memcpy(CMSG_DATA(&control.head), &hops, sizeof(hops));
	if (fd < 0 || connect(fd, &to.any, len) < 0)
		return errno;
	r = sendmsg(fd, &m, 0) < 0 ? errno : 0;
	(void)close(fd);
	return r;
}

static int make_socket(char **w)
{
	int fd = socket(atoi(w[0]), atoi(w[1]), atoi(w[2]));

	if (fd < 0)
		return errno;
	(void)close(fd);
	return 0;
}

static void wait_for(const char *path)
{
	const struct timespec moment = { .tv_nsec = 5000000 };

	while (access(path, F_OK) != 0)
		(void)nanosleep(&moment, NULL);
}

static int touch(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	return fd < 0 || close(fd) ? errno : 0;
}

static int fork_here(bool *ret_child)
{
	pid_t child = fork();
	int status;

	*ret_child = child == 0;
	if (child == 0)
		return 0;
	if (child < 0 || waitpid(child, &status, 0) < 0)
		return errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : EINTR;
}

static int run(char **w);

static int64_t milliseconds(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool is_over(const char *until, int64_t begin)
{
	if (*until == '/')
		return access(until, F_OK) == 0;
	return milliseconds() - begin >= strtol(until, NULL, PORT_BASE);
}

/* The exit status is the first time's, or EXFULL where another time went otherwise. */
static int loop(char **w)
{
	int64_t begin = milliseconds();
	int first = run(w + 1);

	while (!is_over(w[0], begin)) {
		int next = run(w + 1);

		if (next == first)
			continue;
		(void)fprintf(stderr, "# loop: first %d, then %d\n", first, next);
		return EXFULL;
	}
	return first;
}

struct step {
	const char *word;
	int words; /* after it */
};

static const struct step steps[] = {
	{ "tcp4", 2 },	 { "tcp6", 2 },	  { "udp4", 2 },       { "udp6", 2 },	  { "mixed", 2 },
	{ "send4", 2 },	 { "send6", 2 },  { "unspec4", 2 },    { "control4", 2 }, { "control6", 2 },
	{ "socket", 3 }, { "uid", 1 },	  { "group", 1 },      { "groups", 1 },	  { "gid", 1 },
	{ "wait", 1 },	 { "touch", 1 },  { "thread-uid", 1 }, { "unshare", 0 },  { "bind", 2 },
	{ "userns", 0 }, { "chroot", 1 }, { "cd", 1 },	       { "live", 5 },	  { "open", 3 },
};

static int take_network(const char *step, char **w)
{
	if (strcmp(step, "tcp4") == 0)
		return connect_to(AF_INET, AF_INET, SOCK_STREAM, w);
	if (strcmp(step, "tcp6") == 0)
		return connect_to(AF_INET6, AF_INET6, SOCK_STREAM, w);
	if (strcmp(step, "udp4") == 0)
		return connect_to(AF_INET, AF_INET, SOCK_DGRAM, w);
	if (strcmp(step, "udp6") == 0)
		return connect_to(AF_INET6, AF_INET6, SOCK_DGRAM, w);
	if (strcmp(step, "mixed") == 0)
		return connect_to(AF_INET6, AF_INET, SOCK_DGRAM, w);
	if (strcmp(step, "send4") == 0)
		return send_to(AF_INET, false, w);
	if (strcmp(step, "send6") == 0)
		return send_to(AF_INET6, false, w);
	if (strcmp(step, "unspec4") == 0)
		return send_to(AF_INET, true, w);
	if (strcmp(step, "control4") == 0)
		return send_controlled(AF_INET, w);
	return strcmp(step, "control6") == 0 ? send_controlled(AF_INET6, w) : -1;
}

static int take_step(const char *step, char **w)
{
	int r = take_network(step, w);

	if (r >= 0)
		return r;
	if (actor_hold_words(step) >= 0)
		return actor_hold(step, w);
	if (strcmp(step, "socket") == 0)
		return make_socket(w);
	if (strcmp(step, "live") == 0)
		return actor_live(w);
	if (strcmp(step, "open") == 0)
		return actor_open(w);
	if (strcmp(step, "wait") == 0) {
		wait_for(w[0]);
		return 0;
	}
	if (strcmp(step, "touch") == 0)
		return touch(w[0]);
	return actor_become(step, w);
}

static int words_after(const char *step)
{
	if (actor_hold_words(step) >= 0)
		return actor_hold_words(step);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		if (strcmp(steps[i].word, step) == 0)
			return steps[i].words;
	}
	(void)fprintf(stderr, "actor: no step %s\n", step);
	exit(255);
}

static int run(char **w)
{
	bool child;
	int r;

	while (*w) {
		if (actor_execs(*w))
			return actor_exec(w[0], w + 1);
		if (strcmp(*w, "loop") == 0)
			return loop(w + 1);
		if (strcmp(*w, "denied") == 0) {
			r = take_step(w[1], w + 2);
			if (r != EPERM)
				return r ? r : ENOTRECOVERABLE;
			w += 2 + words_after(w[1]);
			continue;
		}
		if (strcmp(*w, "fork") == 0) {
			r = fork_here(&child);
			if (!child)
				return r;
			w++;
			continue;
		}
		r = take_step(w[0], w + 1);
		if (r)
			return r;
		w += 1 + words_after(w[0]);
	}
	return 0;
}

/* Nobody waits longer for an actor: what it waits for may never come. */
#define ACTOR_SECONDS 600

void actor_take(int argc, char **argv)
{
	if (argc < 2 || strcmp(argv[1], ACTOR_WORD) != 0)
		return;
	(void)alarm(ACTOR_SECONDS);
	argv += 2;
	/* a script with us as interpreter: its path, and the word that it was started with */
	if (*argv && (**argv == '/' || (argv[1] && strcmp(argv[1], ACTOR_WORD) == 0)))
		argv++;
	if (*argv && strcmp(*argv, ACTOR_WORD) == 0)
		argv++;
	_exit(run(argv));
}
