// SPDX-License-Identifier: BSD-2-Clause
/* Families in each other's sockets, dual stacks, ports that need a privilege. */
#include "operation.h"

#include <arpa/inet.h>
#include <grp.h>
#include <poll.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#define PORT 7341
#define UID_NOBODY 65534

static const struct kind four = { "four", AF_INET, 0, "127.0.0.1", "0.0.0.0", "203.0.113.1" },
			 six = { "six", AF_INET6, 0, "::1", "::", "2001:db8::1" };

static void try_families(int type)
{
	union address a4 = address_of(&four, "127.0.0.1", PORT), a6 = address_of(&six, "::1", PORT);
	int fd4 = socket(AF_INET, type, 0), fd6 = socket(AF_INET6, type, 0);

	operation("bind IPv4 to IPv6", bind(fd4, &a6.any, sizeof(a6.v6)));
	operation("bind IPv6 to IPv4", bind(fd6, &a4.any, sizeof(a4.v4)));
	operation("connect IPv4 to IPv6", connect(fd4, &a6.any, sizeof(a6.v6)));
	operation("connect IPv6 to IPv4", connect(fd6, &a4.any, sizeof(a4.v4)));
	operation("sendto IPv6 from IPv4",
		  sendto(fd4, "x", 1, MSG_NOSIGNAL, &a6.any, sizeof(a6.v6)));
	operation("sendto IPv4 from IPv6",
		  sendto(fd6, "x", 1, MSG_NOSIGNAL, &a4.any, sizeof(a4.v4)));
	(void)close(fd4);
	(void)close(fd6);
}

/* An IPv6 wildcard takes IPv4 too, unless told not to. */
static void try_both(int type, int only)
{
	union address a4 = address_of(&four, "127.0.0.1", PORT),
		      any6 = address_of(&six, "::", PORT),
		      any4 = address_of(&four, "0.0.0.0", PORT);
	int server = socket(AF_INET6, type, 0), client = socket(AF_INET, type, 0),
	    other = socket(AF_INET, type, 0);
	struct pollfd p = { server, POLLIN, 0 };

	operation_value("IPV6_V6ONLY", only);
	(void)setsockopt(server, SOL_IPV6, IPV6_V6ONLY, &only, sizeof(only));
	operation("bind to all", bind(server, &any6.any, sizeof(any6.v6)));
	operation("bind IPv4 beside it", bind(other, &any4.any, sizeof(any4.v4)));
	if (type == SOCK_STREAM)
		operation("listen", listen(server, 4));
	operation("connect over IPv4", connect(client, &a4.any, sizeof(a4.v4)));
	operation("send", send(client, "x", 1, MSG_NOSIGNAL));
	operation("is it heard", poll(&p, 1, only ? 50 : 1000));
	(void)close(other);
	(void)close(client);
	(void)close(server);
}

void try_mixing(void)
{
	static const int types[] = { SOCK_STREAM, SOCK_DGRAM };

	for (int i = 0; i < 2; i++) {
		operation_subject(i ? "udp-mixed" : "tcp-mixed");
		try_families(types[i]);
		try_both(types[i], 0);
		try_both(types[i], 1);
	}
	operation_subject("kinds");
	operation("socket AF_INET raw of TCP as root",
		  close(socket(AF_INET, SOCK_RAW, IPPROTO_TCP)));
	operation("socket of no family", socket(77, SOCK_STREAM, 0));
	operation("socket AF_UNSPEC", socket(AF_UNSPEC, SOCK_STREAM, 0));
	operation("socketpair of AF_INET", socketpair(AF_INET, SOCK_STREAM, 0, (int[2]){ 0 }));
}

static void as_nobody(void)
{
	static const uint16_t ports[] = { 1, 80, 1023, 1024, 65535 };
	char word[64];

	if (setgroups(0, NULL) || setresgid(UID_NOBODY, UID_NOBODY, UID_NOBODY) ||
	    setresuid(UID_NOBODY, UID_NOBODY, UID_NOBODY))
		return;
	for (int type = SOCK_STREAM; type <= SOCK_DGRAM; type++) {
		for (size_t i = 0; i < sizeof(ports) / sizeof(ports[0]); i++) {
			union address a = address_of(&four, "127.0.0.1", ports[i]);
			int fd = socket(AF_INET, type, 0);

			(void)snprintf(word, sizeof(word), "type %d: bind to port %u", type,
				       ports[i]);
			operation(word, bind(fd, &a.any, sizeof(a.v4)));
			(void)close(fd);
		}
	}
	operation("raw socket", socket(AF_INET, SOCK_RAW, IPPROTO_ICMP));
	operation("SO_BINDTODEVICE",
		  setsockopt(socket(AF_INET, SOCK_DGRAM, 0), SOL_SOCKET, SO_MARK, &(int){ 1 }, 4));
}

void try_privileged(void)
{
	int pid;

	operation_subject("nobody");
	(void)fflush(stdout);
	pid = fork();
	if (pid == 0) {
		as_nobody();
		(void)fflush(stdout);
		_exit(0);
	}
	(void)waitpid(pid, NULL, 0);
}
