/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Typing of one policy in one request environment: the kinds of principal and resource that one
 * action applies to. Cedar's validator repeats this for every environment of the schema, because
 * what is constant, and so never looked at, differs between them.
 */
#pragma once

#include "base/vec.h"
#include "policy/schema.h"
#include "policy/type.h"

/*
 * What is known to hold once a condition is true: that the entity of an expression has an
 * attribute. Cedar calls these capabilities. Lists share their tails and are never changed.
 */
struct known {
	const struct expr *of;
	struct text attribute;
	const struct known *next;
};

/* What typing an expression gives. */
struct answer {
	const struct type *type; /* NULL: it does not type-check, and that was reported */
	const struct known *known; /* holds when the expression is true */
};

struct type_checker {
	struct arena *arena; /* of the policy set: types stay in the tree */
	struct arena *scratch; /* of this policy: what is known */
	struct diags *d;
	const struct schema_action *action; /* the environment */
	bool quiet; /* count errors, report none */
	size_t errors;
	VEC(const struct expr *) reported; /* one message a place, not one an environment */
	const struct expr *service_for_accept; /* a place that asks `accept` for a Service, or NULL */
	int err; /* sticky -ENOMEM */
};

/*
 * The type of `e` where `prior` is known to hold. Marks every expression it looks at with its
 * type; what short-circuiting never reaches stays unmarked.
 */
struct answer type_expr(struct type_checker *c, const struct known *prior, struct expr *e);

/* The same, and it must be a Bool. */
struct answer type_condition(struct type_checker *c, const struct known *prior, struct expr *e);

/* By kind of expression; type_expr() dispatches. */
struct answer type_if(struct type_checker *c, const struct known *prior, struct expr *e);
struct answer type_and(struct type_checker *c, const struct known *prior, struct expr *e);
struct answer type_or(struct type_checker *c, const struct known *prior, struct expr *e);
struct answer type_equal(struct type_checker *c, const struct known *prior, struct expr *e);
struct answer type_order(struct type_checker *c, const struct known *prior, struct expr *e);
struct answer type_in(struct type_checker *c, const struct known *prior, struct expr *e);
struct answer type_is(struct type_checker *c, const struct known *prior, struct expr *e);
struct answer type_get(struct type_checker *c, const struct known *prior, struct expr *e);
struct answer type_has(struct type_checker *c, const struct known *prior, struct expr *e);
struct answer type_method(struct type_checker *c, const struct known *prior, struct expr *e);
struct answer type_call(struct type_checker *c, const struct known *prior, struct expr *e);

/* type_known.c */
const struct known *known_add(struct type_checker *c, const struct expr *of, struct text attribute,
			      const struct known *to);
const struct known *known_both(struct type_checker *c, const struct known *a,
			       const struct known *b);
const struct known *known_common(struct type_checker *c, const struct known *a,
				 const struct known *b);
bool known_has(const struct known *k, const struct expr *of, struct text attribute);

/* type_report.c: an error at `e`, once. */
void type_error(struct type_checker *c, const struct expr *e, const char *code, const char *hint,
		const char *fmt, ...) __attribute__((format(printf, 5, 6)));
/* "expected `wanted` here, but this is a Long", and what one does with a Long. */
struct answer type_unexpected(struct type_checker *c, const struct expr *e, const char *wanted,
			      const struct type *is);
/* "Long and String cannot be compared or stand in one set" */
struct answer type_mismatch(struct type_checker *c, const struct expr *e, const struct type *x,
			    const struct type *y);

static inline struct answer answer_of(const struct type *t)
{
	return (struct answer){ .type = t };
}

#define NO_TYPE ((struct answer){ 0 })
