/* SPDX-License-Identifier: BSD-2-Clause */
/* Making nodes; heights are kept, as the parser keeps them. */
#include "policy/expr_make.h"

#include <string.h>

#define TEXT(literal) ((struct text){ (literal), sizeof(literal) - 1 })

static struct expr *make(const struct making *m, struct expr value, struct expr *const *args,
			 size_t n)
{
	struct expr *e = arena_new_of(m->arena, struct expr);
	struct expr **kept = arena_array_of(m->arena, struct expr *, n);
	uint16_t height = 0;

	if (!e || !kept)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		if (!args[i])
			return NULL;
		kept[i] = args[i];
		height = args[i]->height > height ? args[i]->height : height;
	}
	*e = value;
	e->span = m->span;
	e->args = kept;
	e->n_args = n;
	e->height = (uint16_t)(height + 1);
	return e;
}

struct expr *make_bool(const struct making *m, bool value)
{
	return make(m, (struct expr){ .kind = EXPR_BOOL, .boolean = value }, NULL, 0);
}

struct expr *make_variable(const struct making *m, enum variable var)
{
	return make(m, (struct expr){ .kind = EXPR_VAR, .var = var }, NULL, 0);
}

struct expr *make_not(const struct making *m, struct expr *e)
{
	if (e && e->kind == EXPR_BOOL)
		return make_bool(m, !e->boolean);
	return make(m, (struct expr){ .kind = EXPR_NOT }, &e, 1);
}

/* What && and || come to when one side is a constant; NULL when they stay. */
static struct expr *fold(enum expr_kind kind, struct expr *a, struct expr *b)
{
	bool neutral = kind == EXPR_AND;

	if (!a || !b || (kind != EXPR_AND && kind != EXPR_OR))
		return NULL;
	if (a->kind == EXPR_BOOL)
		return a->boolean == neutral ? b : a;
	if (b->kind == EXPR_BOOL)
		return b->boolean == neutral ? a : b;
	return NULL;
}

struct expr *make_two(const struct making *m, enum expr_kind kind, struct expr *a, struct expr *b)
{
	struct expr *const args[] = { a, b }, *folded = fold(kind, a, b);

	if (folded)
		return folded;

	return make(m, (struct expr){ .kind = kind }, args, 2);
}

struct expr *make_if(const struct making *m, struct expr *c, struct expr *a, struct expr *b)
{
	struct expr *const args[] = { c, a, b };

	return make(m, (struct expr){ .kind = EXPR_IF }, args, 3);
}

struct expr *make_entity(const struct making *m, const struct entity_uid *uid)
{
	return make(m, (struct expr){ .kind = EXPR_ENTITY, .uid = *uid }, NULL, 0);
}

struct expr *make_is(const struct making *m, enum variable var, struct text type)
{
	struct expr *of = make_variable(m, var);

	return make(m, (struct expr){ .kind = EXPR_IS, .string = type }, &of, 1);
}

struct expr *make_in(const struct making *m, enum variable var, const struct entity_uid *uids,
		     size_t n)
{
	struct expr **items = arena_array_of(m->arena, struct expr *, n), *set;

	if (!items)
		return NULL;
	if (n == 0)
		return make_bool(m, false);
	for (size_t i = 0; i < n; i++)
		items[i] = make_entity(m, &uids[i]);
	set = n == 1 ? items[0] : make(m, (struct expr){ .kind = EXPR_SET }, items, n);
	return make_two(m, EXPR_IN, make_variable(m, var), set);
}

struct expr *make_before(const struct making *m, struct text end)
{
	struct expr *context = make_variable(m, VAR_CONTEXT), *now, *text, *datetime;

	now = make(m, (struct expr){ .kind = EXPR_GET, .string = TEXT("now") }, &context, 1);
	text = make(m, (struct expr){ .kind = EXPR_STRING, .string = end }, NULL, 0);
	datetime =
		make(m, (struct expr){ .kind = EXPR_CALL, .string = TEXT("datetime") }, &text, 1);
	return make_two(m, EXPR_LT, now, datetime);
}

struct expr *make_any(const struct making *m, struct expr *const *items, size_t n)
{
	if (n == 0)
		return make_bool(m, false);
	if (n == 1)
		return items[0];
	return make_two(m, EXPR_OR, make_any(m, items, n / 2),
			make_any(m, items + n / 2, n - n / 2));
}
