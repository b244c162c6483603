/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Ordinary operations on sockets, one line of output each: what is printed must be the same with every
 * hook attached under an allowing policy as with none. Nothing that differs from run to run is printed.
 */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

/* Which addresses a run of the same operations uses. */
struct kind {
	const char *name; /* begins each line */
	int family; /* of the socket */
	int type;
	const char *loopback, *any, *foreign; /* texts of addresses: ours, all, nobody's */
};

extern const struct kind kinds[];

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
	struct sockaddr_storage room;
};

/* The address of a text in the socket's family; IPv4 texts become mapped in an IPv6 socket. */
union address address_of(const struct kind *k, const char *text, uint16_t port);
socklen_t length_of(const struct kind *k);

/* Begins the lines that follow. */
void operation_subject(const char *name);
/* Prints "SUBJECT WORD: RESULT" where a result below 0 is the name of errno. Passes it on. */
int operation(const char *word, long result);
/* The same for a number that is no result. */
void operation_value(const char *word, long value);

/* Subjects: what they do is in the file of their name. */
void try_binding(const struct kind *k);
void try_connecting(const struct kind *k);
void try_sending(const struct kind *k);
void try_serving(const struct kind *k);
void try_options(const struct kind *k);
void try_nowhere(void);
void try_mixing(void);
void try_unix(void);
void try_privileged(void);
