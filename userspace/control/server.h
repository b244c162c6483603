/* SPDX-License-Identifier: BSD-2-Clause */
/* A server, its connections, and the one call that each may have under way. */
#pragma once

#include <event2/event.h>
#include <sys/uio.h>

#include "control/control.h"

enum {
	CONNECTIONS_PER_UID = 16,
	CONNECTIONS_MAX = 256, /* of all who are not admins */
	STRANGERS_MAX = 128, /* of all who are neither admins nor readers: these keep their room */
	STRANGER_SECONDS =
		150, /* that such a connection may take to its next whole call: longer than a login waits */
	CALLS_PER_TURN = 16, /* of one connection, before it is the others' turn */
	MESSAGE_MAX = 64 << 10, /* bytes of one call */
	MESSAGE_MAX_ADMIN = 48 << 20, /* of an admin's: a bundle in base64 */
	UNREAD_MAX = 256 << 10, /* replies that an asker has not read, before we wait for it */
	DESCRIPTORS_MAX = 4, /* that wait for a connection's next call */
};

/* Owned; -1: taken. */
struct descriptors {
	int fd[DESCRIPTORS_MAX];
	size_t n;
};

struct control_call {
	bool open; /* under way */
	bool more, oneway; /* as asked */
	void (*pump)(struct control_call *c); /* a stream's; else NULL */
	void (*done)(void *state);
	void *state;
};

struct connection {
	struct control_server *server; /* borrowed */
	struct connection *next, *prev;
	int fd; /* owned */
	struct event *readable, *writable; /* owned */
	struct buf in, out;
	size_t sent; /* of out */
	struct control_peer peer;
	struct control_call call;
	struct descriptors descriptors; /* that came since the last call */
	uint64_t until; /* boot ns: a stranger's next whole call must be there */
	bool ended; /* nothing more will come: what did is answered */
	bool closing; /* once all is sent */
	bool broken; /* now */
};

struct control_server {
	struct event_base *base; /* borrowed from the loop */
	struct control_config cfg;
	gid_t group; /* of readers; (gid_t)-1: there is none */
	uint64_t last_connection; /* number of the newest */
	int fd; /* listening; owned */
	struct event *acceptable; /* owned */
	struct connection *first;
	struct control_counts counts;
};

/* peer.c: who is at the other end, with a pidfd that is owned by the caller. 0 or -errno. */
int peer_of(const struct control_server *s, int fd, struct control_peer *ret);

/* connection.c: takes a connected descriptor and the peer's pidfd over. 0 or -ENOMEM. */
int connection_new(struct control_server *s, int fd, const struct control_peer *peer);
void connection_free(struct connection *c);
/* Sends one message, in time; steals it. NULL breaks the connection. */
void connection_send(struct connection *c, json_t *message);
/* Takes calls up that have arrived and pumps a stream. May free the connection. */
void connection_advance(struct connection *c);
/* Bytes that a message of this connection may have. */
size_t connection_limit(const struct connection *c);

/*
 * descriptors.c: receives bytes, and an admin's descriptors with them. How many bytes, or -errno; -EMFILE: more
 * descriptors came than wait for a call, or came from somebody who may send none: those are left where they are.
 */
ssize_t descriptors_receive(struct connection *c, struct iovec *bytes);
void descriptors_close(struct descriptors *d);

/* ending.c: closes a connection without waiting for what came with it. For whoever is no admin. */
void ending_close(int fd);

/* call.c: handles one message, borrowed; descriptors that it has not taken are closed. */
void call_begin(struct connection *c, const json_t *message);
/* Ends a call that its connection outlives, or not. */
void call_end(struct control_call *call);
/* The connection that a call is part of. */
struct connection *call_connection(const struct control_call *call);

/* service.c: org.varlink.service. Whether `method` is one of its methods; then it is answered. */
bool service_answer(struct control_call *call, const char *method, const json_t *parameters);
