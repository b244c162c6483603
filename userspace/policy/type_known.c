/* SPDX-License-Identifier: BSD-2-Clause */
/* What is known to hold: lists of (expression, attribute), and when two expressions are the same. */
#include <errno.h>

#include "policy/type_check.h"

static bool same_pattern(const struct expr *a, const struct expr *b)
{
	if (a->n_pattern != b->n_pattern)
		return false;
	for (size_t i = 0; i < a->n_pattern; i++) {
		if (a->pattern[i].star != b->pattern[i].star ||
		    !text_eq(a->pattern[i].literal, b->pattern[i].literal))
			return false;
	}
	return true;
}

/* Whether two expressions are written alike, places and spelling of strings aside. */
static bool same_expr(const struct expr *a, const struct expr *b)
{
	if (a == b)
		return true;
	if (a->kind != b->kind || a->boolean != b->boolean || a->var != b->var ||
	    a->number != b->number || a->n_args != b->n_args || a->n_names != b->n_names ||
	    !text_eq(a->string, b->string) || !text_eq(a->uid.type, b->uid.type) ||
	    !text_eq(a->uid.id, b->uid.id) || !same_pattern(a, b))
		return false;
	for (size_t i = 0; i < a->n_names; i++) {
		if (!text_eq(a->names[i], b->names[i]))
			return false;
	}
	for (size_t i = 0; i < a->n_args; i++) {
		if (!same_expr(a->args[i], b->args[i]))
			return false;
	}
	return true;
}

bool known_has(const struct known *k, const struct expr *of, struct text attribute)
{
	for (; k; k = k->next) {
		if (text_eq(k->attribute, attribute) && same_expr(k->of, of))
			return true;
	}
	return false;
}

const struct known *known_add(struct type_checker *c, const struct expr *of, struct text attribute,
			      const struct known *to)
{
	struct known *k = arena_new_of(c->scratch, struct known);

	if (!k) {
		c->err = -ENOMEM;
		return to;
	}
	*k = (struct known){ .of = of, .attribute = attribute, .next = to };
	return k;
}

const struct known *known_both(struct type_checker *c, const struct known *a, const struct known *b)
{
	const struct known *all = b;

	if (!b)
		return a;
	for (; a; a = a->next) {
		if (!known_has(b, a->of, a->attribute))
			all = known_add(c, a->of, a->attribute, all);
	}
	return all;
}

const struct known *known_common(struct type_checker *c, const struct known *a,
				 const struct known *b)
{
	const struct known *common = NULL;

	for (; a; a = a->next) {
		if (known_has(b, a->of, a->attribute))
			common = known_add(c, a->of, a->attribute, common);
	}
	return common;
}
