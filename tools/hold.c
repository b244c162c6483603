// SPDX-License-Identifier: BSD-2-Clause
/*
 * Live connections, held, and what becomes of them: for stories and measurements of the cut. A copy under another name
 * is another program to a policy.
 *
 *   hold serve PORT                      echoes over TCP and UDP, IPv4 and IPv6; prints "ready"; until a signal ends it
 *   hold idle tcp|udp ADDRESS PORT N     N connections; "held N"; then one line as each ends
 *   hold busy tcp|udp ADDRESS PORT N     the same, with a byte to and fro on each all the time
 *
 * Such a line has the errno's name ("ECONNABORTED", "EOF" when the other end closed, "SILENT" when a byte has not come
 * back for 400 ms) and the CLOCK_REALTIME nanosecond at which it was noticed.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MOST = 4096, EVERY_MS = 20, SILENCE_NS = 400000000 };

static uint64_t now_ns(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_REALTIME, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static socklen_t address_of(const char *text, const char *port, struct sockaddr_storage *ret)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)ret;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)ret;
	in_port_t number = htons((uint16_t)strtoul(port, NULL, 10));

	memset(ret, 0, sizeof(*ret));
	if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = number;
		return sizeof(*v4);
	}
	if (inet_pton(AF_INET6, text, &v6->sin6_addr) != 1)
		return 0;
	v6->sin6_family = AF_INET6;
	v6->sin6_port = number;
	return sizeof(*v6);
}

/* ---- serving ---------------------------------------------------------------------------------- */

static struct pollfd fds[MOST];
static nfds_t n_fds;

static void watch_fd(int fd)
{
	if (fd >= 0 && n_fds < MOST)
		fds[n_fds++] = (struct pollfd){ fd, POLLIN, 0 };
	else if (fd >= 0)
		(void)close(fd);
}

static int serve_on(const char *any, const char *port, int type)
{
	struct sockaddr_storage a;
	socklen_t len = address_of(any, port, &a);
	int fd = socket(a.ss_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), on = 1;

	if (fd < 0)
		return -1;
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (a.ss_family == AF_INET6)
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&a, len) == 0 &&
	    (type != SOCK_STREAM || listen(fd, 1024) == 0))
		return fd;
	(void)close(fd);
	return -1;
}

/* False when that connection has ended. */
static bool echo(int fd)
{
	struct sockaddr_storage from;
	socklen_t len = sizeof(from);
	char bytes[512];
	ssize_t n =
		recvfrom(fd, bytes, sizeof(bytes), MSG_DONTWAIT, (struct sockaddr *)&from, &len);

	if (n <= 0)
		return n < 0 && errno == EAGAIN;
	(void)sendto(fd, bytes, (size_t)n, MSG_NOSIGNAL | MSG_DONTWAIT,
		     len ? (struct sockaddr *)&from : NULL, len);
	return true;
}

static int serve(const char *port)
{
	enum { LISTENERS = 2 };
	nfds_t i;

	watch_fd(serve_on("0.0.0.0", port, SOCK_STREAM));
	watch_fd(serve_on("::", port, SOCK_STREAM));
	if (n_fds != LISTENERS)
		return EXIT_FAILURE;
	watch_fd(serve_on("0.0.0.0", port, SOCK_DGRAM));
	watch_fd(serve_on("::", port, SOCK_DGRAM));
	(void)puts("ready");
	(void)fflush(stdout);
	while (poll(fds, n_fds, -1) >= 0) {
		for (i = n_fds; i-- > 0;) {
			if (!fds[i].revents)
				continue;
			if (i < LISTENERS)
				watch_fd(accept4(fds[i].fd, NULL, NULL, SOCK_CLOEXEC));
			else if (!echo(fds[i].fd) && i >= 2 * LISTENERS) {
				(void)close(fds[i].fd);
				fds[i] = fds[--n_fds];
			}
		}
	}
	return EXIT_FAILURE;
}

/* ---- holding ---------------------------------------------------------------------------------- */

static uint64_t heard_ns[MOST]; /* when the last byte came back */

static bool open_all(char **words, bool udp)
{
	struct sockaddr_storage a;
	socklen_t len = address_of(words[1], words[2], &a);
	long want = strtol(words[3], NULL, 10), i;

	for (i = 0; i < want && i < MOST; i++) {
		int fd = socket(a.ss_family, (udp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC, 0);

		if (fd < 0 || connect(fd, (struct sockaddr *)&a, len) < 0) {
			(void)printf("%s\n", strerrorname_np(errno));
			return false;
		}
		watch_fd(fd);
	}
	(void)printf("held %ld\n", i);
	(void)fflush(stdout);
	return true;
}

/* Why a connection has ended, or NULL. */
static const char *end_of(size_t i, uint64_t now)
{
	char bytes[512];
	ssize_t n = recv(fds[i].fd, bytes, sizeof(bytes), MSG_DONTWAIT);

	if (n > 0)
		heard_ns[i] = now;
	if (n == 0)
		return "EOF";
	if (n < 0 && errno != EAGAIN)
		return strerrorname_np(errno);
	return NULL;
}

static void drop(size_t i, const char *why, uint64_t now)
{
	(void)printf("%s %llu\n", why, (unsigned long long)now);
	(void)close(fds[i].fd);
	fds[i] = fds[--n_fds];
	heard_ns[i] = heard_ns[n_fds];
}

static void look(bool busy)
{
	nfds_t i;

	for (i = n_fds; i-- > 0;) {
		uint64_t now = now_ns();
		const char *why = fds[i].revents ? end_of(i, now) : NULL;

		if (!why && busy && now - heard_ns[i] > SILENCE_NS)
			why = "SILENT";
		/* whoever asks first is told the error, and nobody after him */
		if (!why && busy && send(fds[i].fd, "x", 1, MSG_NOSIGNAL | MSG_DONTWAIT) < 0 &&
		    errno != EAGAIN && errno != EPERM)
			why = strerrorname_np(errno);
		if (why)
			drop(i, why, now);
	}
	(void)fflush(stdout);
}

static int hold(char **words, bool busy)
{
	const struct timespec pause = { .tv_nsec = EVERY_MS * 1000000 };
	size_t i;

	if (!open_all(words, strcmp(words[0], "udp") == 0))
		return EXIT_FAILURE;
	for (i = 0; i < n_fds; i++)
		heard_ns[i] = now_ns();
	while (n_fds > 0 && poll(fds, n_fds, busy ? 0 : -1) >= 0) {
		look(busy);
		if (busy)
			(void)nanosleep(&pause, NULL);
	}
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "serve") == 0)
		return serve(argv[2]);
	if (argc == 6 && (strcmp(argv[1], "idle") == 0 || strcmp(argv[1], "busy") == 0))
		return hold(argv + 2, argv[1][0] == 'b');
	(void)fputs("usage: hold serve PORT | idle|busy tcp|udp ADDRESS PORT N\n", stderr);
	return 2;
}
