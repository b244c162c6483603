/* SPDX-License-Identifier: BSD-2-Clause */
/* Facts about this end of a connection: its port, and its address in prefixes. */
#include "compile/fact.h"
#include "compile/walk.h"

/* Each run of ports is a fact of its own. */
static const struct formula *any_range(struct compilation *c, const struct expr *e,
				       const struct range_set *ports)
{
	const struct formula *f = &formula_false;

	for (size_t i = 0; i < ports->n; i++) {
		struct fact_range of = { POSTERN_FACT_LOCAL_PORT, (int64_t)ports->items[i].first,
					 (int64_t)ports->items[i].last };

		f = formula_or(c->arena, f, fact_range(c, e, of));
	}
	return f;
}

/* The ports that a comparison, or membership in a set of numbers, lets through. */
static int ports_of(const struct expr *e, bool *ret_known, struct range_set *ret)
{
	struct comparison of;
	int64_t n;
	int r = 0;

	*ret_known = true;
	if (e->kind == EXPR_METHOD && text_is(e->string, "contains") && e->n_args == 2 &&
	    e->args[0]->kind == EXPR_SET && e->args[1]->kind == EXPR_GET) {
		for (size_t i = 0; r == 0 && i < e->args[0]->n_args; i++)
			if (literal_number(e->args[0]->args[i], &n))
				r = numbers_of(EXPR_EQ, n, UINT16_MAX, ret);
		return r;
	}
	*ret_known = e->kind >= EXPR_EQ && e->kind <= EXPR_GE;
	if (!*ret_known)
		return 0;
	of = comparison_of(e);
	*ret_known = of.left->kind == EXPR_GET && literal_number(of.right, &n);
	return *ret_known ? numbers_of(of.op, n, UINT16_MAX, ret) : 0;
}

const struct formula *fact_ports(struct compilation *c, const struct expr *e)
{
	struct range_set ports = { 0 };
	const struct formula *f = NULL;
	bool known;

	if (compilation_fail(c, ports_of(e, &known, &ports)) != -ENOMEM && known) {
		range_set_normalise(&ports);
		f = any_range(c, e, &ports);
	}
	range_set_free(&ports);
	return e->kind == EXPR_NE ? formula_not(c->arena, f) : f;
}

static uint64_t half_of(const uint8_t *bytes)
{
	uint64_t n = 0;

	for (int i = 0; i < 8; i++)
		n = n << 8 | bytes[i];
	return n;
}

/* Bits past the prefix do not count, so they are not kept. */
static uint64_t kept_bits(uint64_t half, unsigned bits)
{
	if (bits >= 64)
		return half;
	return bits ? half & ~(UINT64_MAX >> bits) : 0;
}

static const struct formula *in_prefix(struct compilation *c, const struct expr *e,
				       const struct prefix *p)
{
	struct postern_fact f = { .kind = POSTERN_FACT_LOCAL_IP, .mask = p->bits };
	const struct formula *v4;

	if (p->bits == 0) {
		v4 = fact_flag(c, e, POSTERN_FACT_LOCAL_V4);
		return p->v4 ? v4 : formula_not(c->arena, v4);
	}
	if (p->v4) {
		f.flags = POSTERN_FACT_V4;
		f.high = (int64_t)(kept_bits(half_of(p->addr + 8) << 32, p->bits) >> 32);
		return fact_atom(c, e, &f);
	}
	f.low = (int64_t)kept_bits(half_of(p->addr), p->bits);
	f.high = (int64_t)kept_bits(half_of(p->addr + 8), p->bits > 64 ? p->bits - 64 : 0);
	return fact_atom(c, e, &f);
}

static const struct formula *in_either(struct compilation *c, const struct expr *e,
				       const struct prefix both[2])
{
	const struct formula *a = in_prefix(c, e, &both[0]);

	return formula_or(c->arena, a, in_prefix(c, e, &both[1]));
}

static const struct formula *address_method(struct compilation *c, const struct expr *e)
{
	static const struct prefix loopback[] = {
		{ .addr = { [12] = 127 }, .bits = 8, .v4 = true },
		{ .addr = { [15] = 1 }, .bits = 128 },
	};
	static const struct prefix multicast[] = {
		{ .addr = { [12] = 224 }, .bits = 4, .v4 = true },
		{ .addr = { 0xff }, .bits = 8 },
	};
	struct prefix p = { .v4 = text_is(e->string, "isIpv4") };

	if (p.v4 || text_is(e->string, "isIpv6"))
		return in_prefix(c, e, &p);
	if (text_is(e->string, "isLoopback"))
		return in_either(c, e, loopback);
	if (text_is(e->string, "isMulticast"))
		return in_either(c, e, multicast);
	if (text_is(e->string, "isInRange") && ip_literal(e->args[1], &p) == 0)
		return in_prefix(c, e, &p);
	return NULL;
}

static const struct formula *among(struct compilation *c, const struct expr *e)
{
	const struct formula *f = &formula_false;
	struct prefix p;

	for (size_t i = 0; i < e->args[0]->n_args; i++) {
		if (ip_literal(e->args[0]->args[i], &p))
			return NULL;
		f = formula_or(c->arena, f, in_prefix(c, e, &p));
	}
	return f;
}

const struct formula *fact_addresses(struct compilation *c, const struct expr *e)
{
	const struct formula *f = NULL;
	struct comparison of;
	struct prefix p;

	if (e->kind == EXPR_METHOD && e->args[0]->kind == EXPR_GET)
		return address_method(c, e);
	if (e->kind == EXPR_METHOD && text_is(e->string, "contains") && e->n_args == 2 &&
	    e->args[0]->kind == EXPR_SET && e->args[1]->kind == EXPR_GET)
		return among(c, e);
	if (e->kind != EXPR_EQ && e->kind != EXPR_NE)
		return NULL;
	of = comparison_of(e);
	if (of.left->kind == EXPR_GET && ip_literal(of.right, &p) == 0)
		f = in_prefix(c, e, &p);
	return e->kind == EXPR_NE ? formula_not(c->arena, f) : f;
}
