/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The reference evaluator: Cedar's meaning, written as its specification reads, so that whoever
 * doubts the compiled image can compare. It shares nothing with compile/ but the syntax tree.
 */
#pragma once

#include "policy/policy.h"
#include "policy/value.h"

/* One request while it is evaluated. */
struct evaluation {
	const struct request *request;
	const struct entity_set *entities;
	struct arena *arena;
	struct value principal, action, resource; /* entities */
	struct value principal_record, resource_record; /* their attributes */
	struct value context;
};

/* Turns the request into values. 0 or -ENOMEM. */
int evaluation_start(struct evaluation *ev, const struct request *request,
		     const struct entity_set *entities, struct arena *arena);

/* Value of an expression. 0, -EINVAL for an error of Cedar's, -ENOMEM. */
int expr_evaluate(struct evaluation *ev, const struct expr *e, struct value *ret);
/* The same for one that must be a boolean. */
int expr_evaluate_bool(struct evaluation *ev, const struct expr *e, bool *ret);

/* Function or method call by name on values. 0 or -EINVAL. */
int call_evaluate(struct text name, const struct value *args, size_t n, struct value *ret);

/* Whether entity `e` is `ancestor` or below it: Cedar's `in` on two entities. */
bool hierarchy_in(const struct evaluation *ev, const struct entity_uid *e,
		  const struct entity_uid *ancestor);

/* Whether one part of a scope admits an entity. 0, or -EINVAL for a template slot. */
int scope_admits(const struct evaluation *ev, const struct scope *s, const struct entity_uid *uid,
		 bool *ret);
