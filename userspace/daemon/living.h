/* SPDX-License-Identifier: BSD-2-Clause */
/* Live processes and sockets as /proc has them: what the lock-out check asks about. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

#include <postern/event.h>

#include "base/vec.h"

/* A TCP or UDP socket of our network namespace. */
struct living_socket {
	uint8_t local[16], peer[16]; /* network order, IPv4 as ::ffff:a.b.c.d */
	uint16_t local_port, peer_port;
	uint8_t protocol; /* enum postern_protocol */
	bool v4;
	unsigned state; /* as TCP has them: 1 established, 10 listening */
	unsigned long inode;
};

struct living_sockets {
	VEC(struct living_socket) all;
};

enum { LIVING_ESTABLISHED = 1, LIVING_LISTENS = 10 };

/* Those of TCP and UDP. 0 or -ENOMEM; a table that is not there has none. */
int living_sockets_read(struct living_sockets *ret);

/* Inode numbers of the sockets that a process holds: calls `fn` with each. */
void living_holds(pid_t pid, void (*fn)(unsigned long inode, void *arg), void *arg);

/* The executable's path, "" when it cannot be told; and the parent process, 0 when there is none. */
void living_exe(pid_t pid, char ret[POSTERN_PATH_MAX]);
pid_t living_parent(pid_t pid);

/*
 * Who the process is, as the record of a decision about it would say. `cgroup` is the governed one:
 * -ENOENT when the process is not in it, or has gone; 0; -errno.
 */
int living_record(const char *cgroup, pid_t pid, struct postern_event *ret);
