/* SPDX-License-Identifier: BSD-2-Clause */
/* Why a bundle is not put in force: the word and exit status of org.postern.Controller.Refused. */
#pragma once

#include "bundle/bundle.h"

enum {
	REFUSED_FAILED = 1, /* the host could not: memory, disk, kernel */
	REFUSED_POLICY = 3,
	REFUSED_TRUST = 4,
	REFUSED_ROLLED_BACK = 6,
	REFUSED_SAFETY = 7, /* it would be, but should not */
};

struct refusal {
	const char *answer; /* static; NULL: not refused */
	int exit;
};

#define REFUSAL_NONE ((struct refusal){ 0 })

/* The refusal of a bundle_answer other than BUNDLE_OK. */
struct refusal refusal_of_answer(enum bundle_answer a);
/* What a function of bundle/ answered: a bundle_answer, or -errno. */
struct refusal refusal_of_trust(int r, struct diags *d);
/* The refusal for what the policies are: "policy", "tests", "apply", "size". */
struct refusal refusal_of_policy(const char *answer);
/* The refusal of what cannot be because there is nothing of the kind: "not-pending". */
struct refusal refusal_of_nothing(const char *answer);
/* The refusal of what comes too late: "too-late". */
struct refusal refusal_of_lapse(const char *answer);
/* The refusal of what somebody would regret: "lock-out". */
struct refusal refusal_of_safety(const char *answer);
/*
 * A host that could not: "memory", "storage", "kernel", "host"; with a diag that names the cause.
 */
struct refusal refusal_of_failure(const char *answer, int error, struct diags *d);
