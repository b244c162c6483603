/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A deployment on its way through its worker: opened, judged, loaded, bound, compiled. Each step is
 * a question that nobody has to wait for.
 */
#pragma once

#include "daemon/deployment.h"

/* How far it is to go. */
enum making_goal {
	MAKE_IMAGE, /* compiled, with what the host knows now */
	MAKE_READER, /* a worker that has read the texts, to explain them */
};

struct making {
	struct deployment *dep; /* borrowed */
	enum making_goal goal;
	/*
	 * Whose worker, if it is idle, may go on with this one when it begins, or NULL: it has read what is likely to
	 * be much the same. Only for what is large; a small one is read as fast by a worker that has read nothing.
	 */
	struct deployment *before;
	int64_t now_ms; /* of the bundle's tests */
	/*
	 * Asked once what the bundle says of itself is known, before its policies are looked at.
	 * NULL for one that was taken before; then its tests are not run again either.
	 */
	struct refusal (*judge)(struct making *m, struct diags *d);
	void *arg; /* of judge */
	struct diags *d; /* borrowed: warnings, and reasons of a refusal */
	/* what comes of it: */
	bool done;
	struct refusal refused;
	struct host_binding *binding; /* owned: of the image that is being compiled */
	/* private: */
	char digest[65]; /* of the payload: reckoned while the worker opens it */
	int digested; /* 0 or -errno */
	int asked; /* the question under way */
	bool reused; /* of a worker that was there before */
};

/* Starts it, with a worker if there is none. It may be done at once. */
void making_begin(struct making *m);
/* Goes on if the worker has answered, or its time is over: when dep->worker is readable, or so many milliseconds later. */
void making_step(struct making *m);
/* From begin to end, waiting. */
void making_run(struct making *m);
/* Ends what is under way. */
void making_stop(struct making *m);
