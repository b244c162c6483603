/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a policy says about one principal dimension in one place: one test on a subject's text,
 * number or name. All predicates of a dimension together make its classes.
 */
#pragma once

#include "compile/ranges.h"
#include "policy/policy.h"

enum predicate_kind {
	PREDICATE_TEXT, /* the text is one of `texts` */
	PREDICATE_PATTERN, /* the text is prefix, anything, suffix */
	PREDICATE_PARENT, /* `texts[0]` is among the parents of this dimension's entity type */
	PREDICATE_RANGE, /* the number is in `range` */
	PREDICATE_TEAM, /* the identity is in `team` */
	PREDICATE_YES, /* the flag is set */
};

struct predicate {
	enum predicate_kind kind;
	const struct text *texts; /* in the compilation's arena or the policy set's */
	size_t n_texts;
	struct text prefix, suffix;
	struct range_set range; /* owned, normalised */
	const struct entity *team;
};
