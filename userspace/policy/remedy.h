/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What would satisfy a condition that stands in the way: of those on session, person, device and time, which somebody can
 * do something about. Conditions on who asks for what have no remedy: then it is simply not permitted.
 */
#pragma once

#include "policy/evaluate.h"
#include "policy/explain.h"

struct remedy {
	struct evaluation *ev;
	device_hint_fn *hint; /* may be NULL */
	const struct policy *policy; /* that the condition is of */
	struct buf *out;
};

/* How a condition compares: an attribute with a literal in milliseconds. */
struct limit {
	struct text section, name; /* of context; no section: an attribute of context itself */
	bool utc; /* now.toTime() */
	bool most; /* the attribute must be at most (or less than) the literal; else at least (or more) */
	int64_t ms;
};

/* Adds what would make `e` be `wanted`, as a phrase, and answers whether there was anything to say. */
bool remedy_of(struct remedy *r, const struct expr *e, bool wanted);

/* remedy_limit.c: the condition as a limit, when it has to be `wanted`; false for any other condition. */
bool limit_of(const struct expr *e, bool wanted, struct limit *ret);

/* One file each: a phrase for one test of that section. */
bool remedy_session(struct remedy *r, const struct expr *e, bool wanted);
bool remedy_person(struct remedy *r, const struct expr *e, bool wanted);
bool remedy_device(struct remedy *r, const struct expr *e, bool wanted);
bool remedy_time(struct remedy *r, const struct expr *e, bool wanted);

/* The section and name of `context.section.name`; empty texts for anything else. */
void context_attribute(const struct expr *e, struct text *section, struct text *name);
