// SPDX-License-Identifier: BSD-2-Clause
/*
 * Both ends of a loopback conversation, for the demo and the end-to-end stories. A copy under another name is another
 * program to a policy.
 *
 *   peer listen PORT                      TCP and UDP, IPv4 and IPv6; prints "ready"; until a signal ends it
 *   peer connect tcp|udp ADDRESS PORT     one connection: "connected", or the error, and exit status 1
 *   peer send udp ADDRESS PORT            one datagram without connecting
 *   peer exec PROGRAM WORD...             becomes another program
 *   peer await FIFO WORD...               does one of these once something was written to the FIFO
 *   peer overwrite FILE                   changes its last byte through a mapping
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

struct address {
	struct sockaddr_storage any;
	socklen_t len;
};

static int address_of(const char *text, const char *port, struct address *ret)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)&ret->any;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&ret->any;
	unsigned long number = strtoul(port, NULL, 10);

	memset(ret, 0, sizeof(*ret));
	if (number == 0 || number > 65535)
		return -EINVAL;
	if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons((uint16_t)number);
		ret->len = sizeof(*v4);
		return 0;
	}
	if (inet_pton(AF_INET6, text, &v6->sin6_addr) != 1)
		return -EINVAL;
	v6->sin6_family = AF_INET6;
	v6->sin6_port = htons((uint16_t)number);
	ret->len = sizeof(*v6);
	return 0;
}

static int type_of(const char *protocol)
{
	return strcmp(protocol, "udp") == 0 ? SOCK_DGRAM : SOCK_STREAM;
}

static int report(int r, const char *good)
{
	(void)puts(r < 0 ? strerror(errno) : good);
	return r < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int run_connect(char **words)
{
	struct address a;
	int fd, r;

	if (address_of(words[1], words[2], &a) < 0)
		return 2;
	fd = socket(a.any.ss_family, type_of(words[0]) | SOCK_CLOEXEC, 0);
	r = fd < 0 ? -1 : connect(fd, (struct sockaddr *)&a.any, a.len);
	if (r == 0 && type_of(words[0]) == SOCK_DGRAM)
		r = (int)send(fd, "x", 1, 0);
	return report(r, "connected");
}

static int run_send(char **words)
{
	struct address a;
	int fd;

	if (address_of(words[1], words[2], &a) < 0)
		return 2;
	fd = socket(a.any.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	return report(fd < 0 ? -1 : (int)sendto(fd, "x", 1, 0, (struct sockaddr *)&a.any, a.len),
		      "sent");
}

/* One listening socket; -1 where the machine has no such family. */
static int listener(const char *any, const char *port, int type)
{
	struct address a;
	int fd, on = 1;

	if (address_of(any, port, &a) < 0)
		return -1;
	fd = socket(a.any.ss_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -1;
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (a.any.ss_family == AF_INET6)
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&a.any, a.len) < 0 ||
	    (type == SOCK_STREAM && listen(fd, 64) < 0)) {
		(void)close(fd);
		return -1;
	}
	return fd;
}

static void serve(int fd, int type)
{
	char bytes[512];
	int peer;

	if (type == SOCK_DGRAM) {
		(void)!recv(fd, bytes, sizeof(bytes), 0);
		return;
	}
	peer = accept4(fd, NULL, NULL, SOCK_CLOEXEC);
	if (peer >= 0)
		(void)close(peer);
}

static int run_listen(char **words)
{
	static const char *const any[] = { "0.0.0.0", "::" };
	static const int types[] = { SOCK_STREAM, SOCK_DGRAM };
	struct pollfd fds[4];
	int i;

	for (i = 0; i < 4; i++)
		fds[i] = (struct pollfd){ listener(any[i / 2], words[0], types[i % 2]), POLLIN, 0 };
	if (fds[0].fd < 0)
		return report(-1, "");
	(void)puts("ready");
	(void)fflush(stdout);
	while (poll(fds, 4, -1) > 0) {
		for (i = 0; i < 4; i++) {
			if (fds[i].revents & POLLIN)
				serve(fds[i].fd, types[i % 2]);
		}
	}
	return report(-1, "");
}

/* Until somebody has written to it. */
static void await(const char *fifo)
{
	int fd = open(fifo, O_RDONLY | O_CLOEXEC);
	char byte;

	(void)!read(fd, &byte, 1);
	(void)close(fd);
}

static int run_overwrite(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	struct stat st = { .st_size = 0 };
	char *bytes = MAP_FAILED;

	if (fd >= 0 && fstat(fd, &st) == 0)
		bytes = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (bytes == MAP_FAILED)
		return report(-1, "");
	bytes[st.st_size - 1] ^= 1;
	return report(munmap(bytes, (size_t)st.st_size), "overwritten");
}

int main(int argc, char **argv)
{
	if (argc > 3 && strcmp(argv[1], "await") == 0) {
		await(argv[2]);
		argc -= 2;
		argv += 2;
	}
	if (argc == 3 && strcmp(argv[1], "overwrite") == 0)
		return run_overwrite(argv[2]);
	if (argc == 3 && strcmp(argv[1], "listen") == 0)
		return run_listen(argv + 2);
	if (argc == 5 && strcmp(argv[1], "connect") == 0)
		return run_connect(argv + 2);
	if (argc == 5 && strcmp(argv[1], "send") == 0)
		return run_send(argv + 2);
	if (argc >= 3 && strcmp(argv[1], "exec") == 0) {
		(void)execv(argv[2], argv + 2);
		return report(-1, "");
	}
	(void)fputs(
		"usage: peer listen PORT | connect tcp|udp ADDRESS PORT | send udp ADDRESS PORT | exec PROGRAM WORD...\n",
		stderr);
	return 2;
}
