// SPDX-License-Identifier: BSD-2-Clause
/* See operation.h. Runs everything; with the word "nowhere", only what is known to differ. */
#include "operation.h"

#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

const struct kind kinds[] = {
	{ "tcp4", AF_INET, SOCK_STREAM, "127.0.0.1", "0.0.0.0", "203.0.113.1" },
	{ "tcp6", AF_INET6, SOCK_STREAM, "::1", "::", "2001:db8::1" },
	{ "tcp-mapped", AF_INET6, SOCK_STREAM, "::ffff:127.0.0.1", "::ffff:0.0.0.0",
	  "::ffff:203.0.113.1" },
	{ "udp4", AF_INET, SOCK_DGRAM, "127.0.0.1", "0.0.0.0", "203.0.113.1" },
	{ "udp6", AF_INET6, SOCK_DGRAM, "::1", "::", "2001:db8::1" },
	{ "udp-mapped", AF_INET6, SOCK_DGRAM, "::ffff:127.0.0.1", "::ffff:0.0.0.0",
	  "::ffff:203.0.113.1" },
	{ 0 },
};

static const char *subject = "";

void operation_subject(const char *name)
{
	subject = name;
}

int operation(const char *word, long result)
{
	int e = errno;

	if (result < 0)
		(void)printf("%s %s: %s\n", subject, word, strerrorname_np(e));
	else
		(void)printf("%s %s: %ld\n", subject, word, result);
	errno = e;
	return (int)result;
}

void operation_value(const char *word, long value)
{
	(void)printf("%s %s = %ld\n", subject, word, value);
}

union address address_of(const struct kind *k, const char *text, uint16_t port)
{
	union address a = { .any.sa_family = (sa_family_t)k->family };

	if (k->family == AF_INET) {
		a.v4.sin_port = htons(port);
		(void)inet_pton(AF_INET, text, &a.v4.sin_addr);
	} else {
		a.v6.sin6_port = htons(port);
		(void)inet_pton(AF_INET6, text, &a.v6.sin6_addr);
	}
	return a;
}

socklen_t length_of(const struct kind *k)
{
	return k->family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
}

int main(int argc, char **argv)
{
	(void)signal(SIGPIPE, SIG_IGN);
	if (argc == 2 && strcmp(argv[1], "nowhere") == 0) {
		try_nowhere();
		return 0;
	}
	for (const struct kind *k = kinds; k->name; k++) {
		operation_subject(k->name);
		try_binding(k);
		try_connecting(k);
		try_sending(k);
		try_serving(k);
		try_options(k);
	}
	try_mixing();
	try_unix();
	try_privileged();
	return 0;
}
