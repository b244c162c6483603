/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Door of control/: the controller's end of the socket, and the only home of libevent. Who asks is
 * what the kernel says (SO_PEERCRED, SO_PEERGROUPS), never what a message says; what one asker may
 * take up is bounded. Knows no policy: methods are a table that the daemon gives.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "wire/wire.h"

/* ---- the loop -------------------------------------------------------------------------------- */

struct loop;

/* A new loop without anything to wait for. 0 or -ENOMEM. */
int loop_new(struct loop **ret);
/* Releases it with all that was added. Servers on it must be gone. */
void loop_free(struct loop **l);
#define _cleanup_loop_ _cleanup_(loop_free)

/* Runs until loop_stop(). 0 or -EIO. */
int loop_run(struct loop *l);
/* Ends loop_run() after the callback that calls it. */
void loop_stop(struct loop *l);

/*
 * Calls `fn` when the signal arrives; every `ms` milliseconds; when `fd` (borrowed) is readable.
 * 0 or -ENOMEM.
 */
int loop_signal(struct loop *l, int signo, void (*fn)(void *arg), void *arg);
int loop_timer(struct loop *l, unsigned ms, void (*fn)(void *arg), void *arg);
int loop_fd(struct loop *l, int fd, void (*fn)(void *arg), void *arg);
/* The same, but not before `ms` milliseconds have passed since it was called last: in a flood, much at once. */
int loop_fd_paced(struct loop *l, int fd, unsigned ms, void (*fn)(void *arg), void *arg);
/* Once: when `fd` is readable, or after `ms` milliseconds, whichever comes first. 0 or -ENOMEM. */
int loop_once(struct loop *l, int fd, unsigned ms, void (*fn)(void *arg), void *arg);

/* ---- who may what ---------------------------------------------------------------------------- */

enum control_role {
	CONTROL_NOBODY, /* may ask what this is, and use the methods that are for everybody */
	CONTROL_READER, /* status, events, explanations */
	CONTROL_ADMIN, /* changes what is enforced */
};

const char *control_role_name(enum control_role r); /* "admin"; static */

struct control_peer {
	pid_t pid;
	uid_t uid;
	enum control_role role;
	/*
	 * The process that connected, borrowed: while it is not readable, `pid` is that process and
	 * no later one. -1 when it was gone already.
	 */
	int pidfd;
	uint64_t connection; /* number of the connection; no other one ever has it */
};

/* ---- calls ----------------------------------------------------------------------------------- */

/* One call under way. It ends with control_reply(), control_fail(), or with its connection. */
struct control_call;

/* Who asks. Borrowed from the call. */
const struct control_peer *control_call_peer(const struct control_call *c);
/* Whether the asker wants more than one reply. */
bool control_call_more(const struct control_call *c);
/* The state that control_stream() gave the call, or NULL. */
void *control_call_state(const struct control_call *c);

/*
 * The last reply; steals `parameters` (NULL means lack of memory, and closes the connection). The
 * call is gone afterwards.
 */
void control_reply(struct control_call *c, json_t *parameters);
/* An error by its full name ("org.postern.Controller.Refused") instead. */
void control_fail(struct control_call *c, const char *error, json_t *parameters);
/* Parameters that are missing or of a wrong type: org.varlink.service.InvalidParameter. */
void control_fail_parameter(struct control_call *c, const char *parameter);

/* One reply of several (with `continues`); only for calls that want more. Steals `parameters`. */
void control_continue(struct control_call *c, json_t *parameters);
/* Whether the asker keeps up: false once it has much unread. */
bool control_has_room(const struct control_call *c);

/*
 * A descriptor that came with the call, by its number in the order of sending, while its handler begins: the caller's
 * from then on. -EBADF when there is none of that number. As sd-varlink passes them: a member of the parameters
 * has the number.
 */
int control_call_take_fd(struct control_call *c, size_t number);

/*
 * Keeps a call open: `pump` sends what there is while control_has_room(). It runs soon, whenever
 * the asker has read enough again, and with control_pump(). `done` releases `state` when the call
 * ends, however it ends.
 */
void control_stream(struct control_call *c, void (*pump)(struct control_call *c),
		    void (*done)(void *state), void *state);

/* ---- the server ------------------------------------------------------------------------------ */

/* `parameters` are an object and borrowed. The handler must end the call or make it a stream. */
struct control_method {
	const char *name; /* "GetStatus" */
	enum control_role role; /* at least; CONTROL_NOBODY: everybody, about themselves */
	void (*handler)(struct control_call *c, const json_t *parameters, void *arg);
};

struct control_config {
	const char *path; /* of the socket */
	const char *group; /* readers; may be unknown on this host: then there are none but admins */
	bool everybody_reads; /* every local user is a reader */
	bool everybody_connects; /* every local user may connect, as nobody if they are no more */
	const char *version; /* of the program, for GetInfo */
	const struct control_method *methods; /* of WIRE_INTERFACE; borrowed */
	size_t n_methods;
	void *arg; /* of the handlers */
};

struct control_server;

/*
 * Listens. A socket file that nobody answers on is replaced; one that somebody answers on is
 * -EADDRINUSE, and a file that is no socket is -EEXIST. `path`, `version` and `methods` must
 * outlive the server. 0 or -errno.
 */
int control_listen(struct loop *l, const struct control_config *cfg, struct control_server **ret);
/* Closes all connections and removes the socket file. */
void control_close(struct control_server **s);
#define _cleanup_control_server_ _cleanup_(control_close)

/* Number of the newest connection: later ones have higher numbers. 0: there was none. */
uint64_t control_newest(const struct control_server *s);

/* Lets every stream send what is new. */
void control_pump(struct control_server *s);

/* Connections now, and calls and refusals so far: what quotas and bad input came to. */
struct control_counts {
	size_t connections;
	uint64_t calls, not_allowed, bad_input, over_quota;
};

/* Fills the counts. */
void control_count(const struct control_server *s, struct control_counts *ret);
