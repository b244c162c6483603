/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Door of revoke/: live connections whose permission was withdrawn. What to do is a pure plan, made of
 * what the kernel side judged; doing it is destroying sockets over NETLINK_SOCK_DIAG, each in its own
 * network namespace. The only home of libnl.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include <postern/socket.h>

#include "base/buf.h"
#include "base/vec.h"

/* ---- the plan --------------------------------------------------------------------------------- */

enum revoke_step {
	REVOKE_DESTROY, /* TCP and connected UDP: the application gets ECONNABORTED */
	REVOKE_DROP, /* a kind that the kernel cannot destroy: its packets are dropped, nothing more */
};

struct revoke_cut {
	struct postern_sighting seen;
	enum revoke_step step;
};

/* Zero-initialised is empty. */
struct revoke_plan {
	VEC(struct revoke_cut) cuts;
};

/*
 * Adds what has to be done about one socket: nothing when it is allowed, and nothing where nothing
 * lives (a listener's every new peer is judged, a datagram socket without a peer sends nothing
 * unjudged, a closed one has nobody at its other end). 1 when added, 0, or -ENOMEM.
 */
int revoke_plan_add(struct revoke_plan *p, const struct postern_sighting *s);
/* By network namespace, then protocol, this end, the other end: the same sockets, the same plan. */
void revoke_plan_sort(struct revoke_plan *p);
void revoke_plan_free(struct revoke_plan *p);
#define _cleanup_revoke_plan_ _cleanup_(revoke_plan_free)

/* What only the caller knows, for people. */
struct revoke_words {
	uint32_t own_netns; /* not worth naming */
	/* the @id, or ""; and the program, or ""; both valid until the next call */
	const char *(*policy)(uint32_t image_id, uint32_t policy, void *arg);
	const char *(*program)(const struct postern_party *who, void *arg);
	const char *(*reason)(uint32_t reason); /* "no-process" */
	void *arg;
};

/*
 * One line without its end:
 *   tcp 10.0.0.5:43210 -> 10.0.0.9:5432 of /usr/bin/psql (pid 7, uid 1000): "no-db" forbids it
 */
void revoke_cut_text(const struct revoke_cut *c, const struct revoke_words *w, struct buf *out);

/* ---- doing it --------------------------------------------------------------------------------- */

enum revoke_result {
	REVOKE_CUT, /* destroyed */
	REVOKE_GONE, /* had ended by itself */
	REVOKE_LEFT, /* cannot be destroyed (see the step, or nobody holds its namespace any more): dropped only */
	REVOKE_FAILED, /* dropped only; the error says why */
};
enum { REVOKE_RESULTS = REVOKE_FAILED + 1 };

/* Keeps a socket open to each network namespace that it met. */
struct revoker;

/* 0 or -ENOMEM. */
int revoker_new(struct revoker **ret);
void revoker_free(struct revoker **r);
#define _cleanup_revoker_ _cleanup_(revoker_free)

/*
 * Does one step. *ret_error is 0, or the -errno of what failed; one failure says nothing about
 * others.
 */
enum revoke_result revoker_do(struct revoker *r, const struct revoke_cut *c, int *ret_error);
/* Lets namespaces go that it held open: after each plan. */
void revoker_rest(struct revoker *r);

/* Inode number of the caller's network namespace; 0 when it cannot be told. */
uint32_t revoke_own_netns(void);
