/* SPDX-License-Identifier: BSD-2-Clause */
/* The policies that an explanation is about: the one that decided, or the permits that came nearest. */
#pragma once

#include "policy/explain_check.h"

/* One request being explained. */
struct explaining {
	const struct policy_views *views;
	device_hint_fn *hint; /* may be NULL */
	struct evaluation ev;
};

/* A policy as the reported view has it, with what held of it. */
struct candidate {
	const struct policy *policy;
	struct checks checks;
};

typedef VEC(struct candidate) candidates;

/* A policy of the set as the reported view has it; NULL for one that phases added. */
const struct policy *candidate_form(const struct policy_views *v, const struct policy *p);
/* 0 or -errno; *ret is to be freed in either case. */
int candidate_make(struct explaining *x, const struct policy *p, struct candidate *ret);
void candidate_free(struct candidate *c);
/* The first thing to do about it; "" for none. */
const char *candidate_remedy(const struct candidate *c);

/* The permits for the request's action, nearest first. 0 or -errno; *ret is to be freed in either case. */
int candidates_nearest(struct explaining *x, candidates *ret);
void candidates_free(candidates *c);
