/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Facts with the expressions of the device's. The controller evaluates those, so only shapes that
 * conditions on context can have are taken, each with the arguments that it must have; types are the
 * evaluator's to check, as for any expression.
 */
#include "worker/pack.h"

#include <string.h>

enum { NODES_MAX = 4096, ARGS_MAX = 1024 };

/* The least and most arguments of what a condition on the device may be made of; most 0: leaf. */
static const struct shape {
	bool known;
	uint32_t least, most;
} shapes[] = {
	[EXPR_BOOL] = { true, 0, 0 },	    [EXPR_LONG] = { true, 0, 0 },
	[EXPR_STRING] = { true, 0, 0 },	    [EXPR_VAR] = { true, 0, 0 },
	[EXPR_SET] = { true, 0, ARGS_MAX }, [EXPR_IF] = { true, 3, 3 },
	[EXPR_OR] = { true, 2, 2 },	    [EXPR_AND] = { true, 2, 2 },
	[EXPR_NOT] = { true, 1, 1 },	    [EXPR_NEG] = { true, 1, 1 },
	[EXPR_EQ] = { true, 2, 2 },	    [EXPR_NE] = { true, 2, 2 },
	[EXPR_LT] = { true, 2, 2 },	    [EXPR_LE] = { true, 2, 2 },
	[EXPR_GT] = { true, 2, 2 },	    [EXPR_GE] = { true, 2, 2 },
	[EXPR_GET] = { true, 1, 1 },	    [EXPR_CALL] = { true, 1, 1 },
	[EXPR_METHOD] = { true, 1, 2 },
};

enum { SHAPES = sizeof(shapes) / sizeof(shapes[0]) };

static void put_expr(struct buf *out, const struct expr *e)
{
	put_u32(out, e->kind);
	put_u32(out, e->boolean);
	put_u32(out, e->var);
	put_u64(out, (uint64_t)e->number);
	put_text(out, e->string);
	put_u32(out, (uint32_t)e->n_args);
	for (size_t i = 0; i < e->n_args; i++)
		put_expr(out, e->args[i]);
}

void put_facts(struct buf *out, const struct image_facts *facts)
{
	put_u32(out, (uint32_t)facts->n);
	for (size_t i = 0; i < facts->n; i++) {
		buf_put(out, &facts->fact[i], sizeof(facts->fact[i]));
		put_u32(out, facts->device[i] != NULL);
		if (facts->device[i])
			put_expr(out, facts->device[i]);
	}
}

/* How much an expression may still take up. */
struct bounds {
	uint32_t nodes, height;
};

static struct expr *take_expr(struct parcel *p, struct bounds *b)
{
	struct expr *e = b->nodes && b->height ? take_array(p, struct expr, 1) : NULL;
	uint32_t kind = take_below(p, SHAPES), n;

	if (!e || !shapes[kind].known) {
		p->broken = true;
		return NULL;
	}
	b->nodes--;
	b->height--;
	e->kind = (enum expr_kind)kind;
	e->boolean = take_bool(p);
	e->var = (enum variable)take_below(p, VAR_CONTEXT + 1);
	e->number = (int64_t)take_u64(p);
	e->string = take_text(p);
	n = take_u32(p);
	if (n < shapes[kind].least || n > shapes[kind].most)
		p->broken = true;
	e->args = take_array(p, struct expr *, p->broken ? 0 : n);
	for (; e->args && e->n_args < n && !p->broken; e->n_args++)
		e->args[e->n_args] = take_expr(p, b);
	b->height++;
	return e;
}

static void take_fact(struct parcel *p, struct image_facts *ret)
{
	struct bounds b = { NODES_MAX, EXPR_HEIGHT_MAX };
	const void *fact = take_bytes(p, sizeof(ret->fact[0]));

	if (!fact)
		return;
	memcpy(&ret->fact[ret->n], fact, sizeof(ret->fact[0]));
	ret->device[ret->n] = take_bool(p) ? take_expr(p, &b) : NULL;
	ret->n++;
}

void take_facts(struct parcel *p, struct image_facts *ret)
{
	uint32_t n = take_below(p, POSTERN_FACTS_MAX + 1);

	while (ret->n < n && !p->broken)
		take_fact(p, ret);
}
