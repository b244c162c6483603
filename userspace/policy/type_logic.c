/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * `if`, `&&` and `||`: what a constant condition makes unreachable is not looked at, and what one
 * side proves holds in the other. The rules, and where nothing is concluded, are those of Cedar's
 * validator, so that both accept the same policies.
 */
#include <errno.h>

#include "policy/type_check.h"

static bool is_false(struct answer a)
{
	return a.type && a.type->kind == TYPE_FALSE;
}

static bool is_true(struct answer a)
{
	return a.type && a.type->kind == TYPE_TRUE;
}

static struct answer join_branches(struct type_checker *c, const struct expr *e, struct answer yes,
				   struct answer no)
{
	const struct type *t = NULL;
	int r;

	if (!yes.type || !no.type)
		return NO_TYPE;
	r = type_join(c->arena, yes.type, no.type, &t);
	if (r == -EINVAL)
		return type_mismatch(c, e, yes.type, no.type);
	if (r < 0)
		c->err = r;
	return (struct answer){ t, known_common(c, no.known, yes.known) };
}

struct answer type_if(struct type_checker *c, const struct known *prior, struct expr *e)
{
	struct answer test = type_condition(c, prior, e->args[0]);
	struct answer yes, no;

	if (is_false(test))
		return type_expr(c, prior, e->args[2]);
	yes = type_expr(c, known_both(c, prior, test.known), e->args[1]);
	yes.known = known_both(c, yes.known, test.known);
	if (is_true(test))
		return yes;
	no = type_expr(c, prior, e->args[2]);
	return test.type ? join_branches(c, e, yes, no) : NO_TYPE;
}

struct answer type_and(struct type_checker *c, const struct known *prior, struct expr *e)
{
	struct answer left = type_condition(c, prior, e->args[0]);
	struct answer right;

	if (is_false(left))
		return answer_of(&type_false);
	right = type_condition(c, known_both(c, prior, left.known), e->args[1]);
	if (!left.type || !right.type)
		return NO_TYPE;
	if (is_false(right))
		return answer_of(&type_false);
	if (is_true(right))
		return (struct answer){ left.type, known_both(c, left.known, right.known) };
	if (is_true(left))
		return right;
	return (struct answer){ &type_bool, known_both(c, left.known, right.known) };
}

struct answer type_or(struct type_checker *c, const struct known *prior, struct expr *e)
{
	struct answer left = type_condition(c, prior, e->args[0]);
	struct answer right;

	if (is_true(left))
		return left;
	right = type_condition(c, prior, e->args[1]);
	if (!left.type || !right.type)
		return NO_TYPE;
	if (is_true(right) || is_false(left))
		return right;
	if (is_false(right))
		return left;
	return (struct answer){ &type_bool, known_common(c, right.known, left.known) };
}
