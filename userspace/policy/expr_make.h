/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Expressions made by hand, for policies that are rewritten. Nodes live in the arena; NULL for lack of memory, and a
 * NULL operand gives NULL, so that one check at the end is enough.
 */
#pragma once

#include "policy/policy.h"

/* Where new nodes are, and what they stand for in messages. */
struct making {
	struct arena *arena;
	struct span span;
};

struct expr *make_bool(const struct making *m, bool value);
struct expr *make_variable(const struct making *m, enum variable var);
/* Constants fold, here and in && and ||: within the profile nothing fails, so nothing is lost. */
struct expr *make_not(const struct making *m, struct expr *e);
/* EXPR_AND, EXPR_OR, EXPR_EQ, EXPR_LT: kinds with two operands. */
struct expr *make_two(const struct making *m, enum expr_kind kind, struct expr *a, struct expr *b);
struct expr *make_if(const struct making *m, struct expr *c, struct expr *a, struct expr *b);
struct expr *make_entity(const struct making *m, const struct entity_uid *uid);
/* `var is type` */
struct expr *make_is(const struct making *m, enum variable var, struct text type);
/* `var in E` of one entity, `var in [E, …]` of more, false of none. */
struct expr *make_in(const struct making *m, enum variable var, const struct entity_uid *uids,
		     size_t n);
/* `context.now < datetime("text")` */
struct expr *make_before(const struct making *m, struct text end);
/* All of them joined by || as a balanced tree, so that thousands nest little; false of none. */
struct expr *make_any(const struct making *m, struct expr *const *items, size_t n);
