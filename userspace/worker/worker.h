/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Door of worker/: everything that reads the texts of a bundle (inflating, parsing, checking, its
 * tests, compiling, explaining) happens in a process of its own, which is this program started anew:
 * a fresh image has no descriptor, secret or heap of the controller's in it. Before it reads a byte
 * it gives up every capability, the file system (Landlock), new system calls (seccomp), and all
 * memory, time and output above a limit. What comes back is taken apart like anything from a
 * stranger: each length is checked, each image validated by whoever loads it.
 *
 * Questions and answers are one packet each on a socket; their bodies are in two memory files.
 */
#pragma once

#include "bundle/bundle.h"
#include "compile/compile.h"
#include "policy/policy.h"

/* ---- the process ----------------------------------------------------------------------------- */

struct worker;

/* Starts one. 0 or -errno. */
int worker_start(struct worker **ret);
/* Ends it, whatever it does. */
void worker_end(struct worker **w);
#define _cleanup_worker_ _cleanup_(worker_end)

/* Readable when there is an answer, or none will come. Borrowed. */
int worker_fd(const struct worker *w);
/* Milliseconds that the question under way may still take: 0 means take the answer now. */
unsigned worker_left_ms(const struct worker *w);
/* Waits until the answer is there, or its time is over. */
void worker_wait(const struct worker *w);

/* What a worker is called in argv[0], and all that it does: does not return. */
#define WORKER_NAME "postern-worker"
_Noreturn void worker_serve(void);

/* ---- questions ------------------------------------------------------------------------------- */

/*
 * One at a time, in this order: open, load, and then any of the others, often. Each is 0 or -errno;
 * without an answer in time the worker is good for nothing but worker_end(). Then it may be asked to
 * open the next payload: what that has as the one before had it is not read, and not compiled, again.
 * Both were verified, and a worker has no more rights for the second than it had for the first; but what
 * subverted it with the first can lie about the second, until another worker reads that.
 */

/* What a verified payload says of itself. */
int worker_ask_open(struct worker *w, const void *payload, size_t len);
/* Its policies: parsed, checked, and tested as of `now_ms` if `test`. */
int worker_ask_load(struct worker *w, int64_t now_ms, bool test);
/* The image of the policies on the host that the binding describes. */
int worker_ask_compile(struct worker *w, const struct binding *b);
/* Why a request is decided as it is: with the nearest permits, at most so many. */
int worker_ask_explain(struct worker *w, const struct request *req, unsigned nearest);
/* What would take a denial away, in one phrase. */
int worker_ask_remedy(struct worker *w, const struct request *req);
/* What the reference evaluator decides, and by which policy. */
int worker_ask_decide(struct worker *w, const struct request *req);

/* ---- answers --------------------------------------------------------------------------------- */

enum worker_answer {
	WORKER_OK,
	WORKER_E_PAYLOAD, /* no bundle: see *ret of worker_take_open() */
	WORKER_E_POLICY, /* does not parse, or does not type-check */
	WORKER_E_TESTS, /* fails its own tests */
	WORKER_E_APPLY, /* needs what no host has yet */
	WORKER_E_SIZE, /* does not fit */
	WORKER_E_MEMORY, /* of the worker */
	WORKER_ANSWERS,
};

/*
 * Each takes the answer to the question of its name: one of the above, with diags; or -EAGAIN while
 * there is none; or another -errno when the worker failed, with a diag that names the cause. Texts
 * are clean: UTF-8 without control characters. Then, and only after WORKER_OK, *ret is set.
 */

/* *ret has no policies, files, entities or tests, and no digest. Owned by the caller. */
int worker_take_open(struct worker *w, struct diags *d, struct bundle **ret);

/* What a controller has to know of policies that it never reads. */
struct worker_policy {
	struct text id, advice; /* advice.s NULL: none */
};

struct worker_policies {
	struct arena *arena; /* owned: all of this */
	struct worker_policy *items; /* by their numbers in images */
	size_t n;
	size_t written; /* of them, in the bundle itself */
	struct policy_names names; /* what a host is to be asked about */
	struct entity_set identities; /* the Identities, for logins */
};

/* Owned by the caller. */
int worker_take_load(struct worker *w, struct diags *d, struct worker_policies **ret);
/* Releases it; NULL is left alone. */
void worker_policies_free(struct worker_policies **p);
#define _cleanup_worker_policies_ _cleanup_(worker_policies_free)

/*
 * The image is not validated yet. `facts` have their expressions in *ret_arena (owned); image->facts
 * and image->policies are empty.
 */
int worker_take_compile(struct worker *w, struct diags *d, struct image **ret,
			struct image_facts *ret_facts, struct arena **ret_arena);

/* The explanation, and what the reference evaluator decides. */
int worker_take_explain(struct worker *w, struct diags *d, struct buf *out, enum verdict *ret);
/* Nothing is put out where there is nothing to say. */
int worker_take_remedy(struct worker *w, struct diags *d, struct buf *out);
/* The policy's id; nothing for a default deny. */
int worker_take_decide(struct worker *w, struct diags *d, struct buf *out, enum verdict *ret);
