/* SPDX-License-Identifier: BSD-2-Clause */
/* Comparisons with literals, membership in sets of literals, and the methods of addresses. */
#include "compile/walk.h"

#define PORT_MAX 65535

static enum expr_kind flipped(enum expr_kind op)
{
	switch (op) {
	case EXPR_LT:
		return EXPR_GT;
	case EXPR_LE:
		return EXPR_GE;
	case EXPR_GT:
		return EXPR_LT;
	case EXPR_GE:
		return EXPR_LE;
	default:
		return op;
	}
}

struct comparison comparison_of(const struct expr *e)
{
	if (expr_reads(e->args[0]))
		return (struct comparison){ e->kind, e->args[0], e->args[1] };
	return (struct comparison){ flipped(e->kind), e->args[1], e->args[0] };
}

int numbers_of(enum expr_kind op, int64_t n, int64_t max, struct range_set *ret)
{
	int64_t first = 0, last = max;

	if (op == EXPR_EQ || op == EXPR_NE)
		first = last = n;
	else if (op == EXPR_LT)
		last = n > max ? max : n - (n > INT64_MIN);
	else if (op == EXPR_LE)
		last = n;
	else if (op == EXPR_GT)
		first = n < 0 ? 0 : n + (n < INT64_MAX);
	else
		first = n;
	first = first < 0 ? 0 : first;
	last = last > max ? max : last;
	if (op != EXPR_EQ && op != EXPR_NE)
		return first <= last ? range_set_add(ret, (range_key)first, (range_key)last) : 0;
	return n >= 0 && n <= max ? range_set_add(ret, (range_key)n, (range_key)n) : 0;
}

/* A test on port, uid or gid; takes the numbers over. */
static const struct formula *number_test(struct compilation *c, const struct expr *left,
					 struct range_set numbers)
{
	const struct formula *f;

	range_set_normalise(&numbers);
	if (!text_is(expr_attribute(left, VAR_RESOURCE), "port"))
		return principal_number(c, expr_attribute(left, VAR_PRINCIPAL), numbers);
	f = door_ports(c, numbers);
	range_set_free(&numbers);
	return f;
}

static bool is_number(const struct expr *e, int64_t *ret_max)
{
	struct text p = expr_attribute(e, VAR_PRINCIPAL);

	if (text_is(expr_attribute(e, VAR_RESOURCE), "port"))
		*ret_max = PORT_MAX;
	else if (text_is(p, "uid") || text_is(p, "gid"))
		*ret_max = UINT32_MAX;
	else
		return false;
	return true;
}

static const struct formula *compare_number(struct compilation *c, struct comparison of, int64_t n)
{
	struct range_set numbers = { 0 };
	int64_t max;

	if (!is_number(of.left, &max))
		return NULL;
	if (compilation_fail(c, numbers_of(of.op, n, max, &numbers)) == -ENOMEM) {
		range_set_free(&numbers);
		return NULL;
	}
	return number_test(c, of.left, numbers);
}

static bool is_text(const struct expr *e)
{
	return principal_has(expr_attribute(e, VAR_PRINCIPAL)) ||
	       text_is(expr_attribute(e, VAR_RESOURCE), "protocol");
}

/* Whether a protocol or a text of the principal is one of some texts. */
static const struct formula *text_test(struct compilation *c, const struct expr *left,
				       const struct text *texts, size_t n)
{
	unsigned protocols = 0;
	uint8_t protocol;

	if (!text_is(expr_attribute(left, VAR_RESOURCE), "protocol"))
		return principal_text(c, expr_attribute(left, VAR_PRINCIPAL), texts, n);
	for (size_t i = 0; i < n; i++)
		if (protocol_from_name(texts[i], &protocol) == 0)
			protocols |= 1u << protocol;
	return door_protocols(c, protocols);
}

/* Equality of whatever has it. NULL: no test known, or no memory. */
static const struct formula *equality(struct compilation *c, const struct expr *left,
				      const struct expr *right)
{
	struct prefix ip;

	if (right->kind == EXPR_STRING && is_text(left))
		return text_test(c, left, &right->string, 1);
	if (text_is(expr_attribute(left, VAR_RESOURCE), "ip") && ip_literal(right, &ip) == 0)
		return ip_in_prefix(c, &ip);
	if (left->kind == EXPR_VAR && left->var == VAR_RESOURCE && right->kind == EXPR_ENTITY)
		return door_kind(c, right->uid.id);
	return NULL;
}

/* NULL from a test that is not known is a refusal; from lack of memory it stays NULL. */
static const struct formula *or_refused(struct compilation *c, const struct expr *e,
					const struct formula *f)
{
	return f || c->err == -ENOMEM ? f : walk_unsupported(c, e);
}

const struct formula *walk_compare(struct compilation *c, const struct expr *e)
{
	const struct formula *f = NULL;
	struct comparison of;
	int64_t n;

	if (e->kind < EXPR_EQ || e->kind > EXPR_GE)
		return walk_unsupported(c, e);
	of = comparison_of(e);
	if (literal_number(of.right, &n))
		f = compare_number(c, of, n);
	else if (e->kind == EXPR_EQ || e->kind == EXPR_NE)
		f = equality(c, of.left, of.right);
	f = or_refused(c, e, f);
	return e->kind == EXPR_NE ? formula_not(c->arena, f) : f;
}

static const struct formula *contains_number(struct compilation *c, const struct expr *set,
					     const struct expr *of)
{
	struct range_set numbers = { 0 };
	int64_t n, max;
	int r = 0;

	if (!is_number(of, &max))
		return NULL;
	for (size_t i = 0; r == 0 && i < set->n_args; i++)
		if (literal_number(set->args[i], &n))
			r = numbers_of(EXPR_EQ, n, max, &numbers);
	if (compilation_fail(c, r) == -ENOMEM) {
		range_set_free(&numbers);
		return NULL;
	}
	return number_test(c, of, numbers);
}

static const struct formula *contains_text(struct compilation *c, const struct expr *set,
					   const struct expr *of)
{
	struct text *texts = arena_array_of(c->arena, struct text, set->n_args);
	size_t n = 0;

	if (!texts) {
		compilation_fail(c, -ENOMEM);
		return NULL;
	}
	for (size_t i = 0; i < set->n_args; i++)
		if (set->args[i]->kind == EXPR_STRING)
			texts[n++] = set->args[i]->string;
	return text_test(c, of, texts, n);
}

static const struct formula *contains_ip(struct compilation *c, const struct expr *set)
{
	const struct formula *f = &formula_false;
	struct prefix ip;

	for (size_t i = 0; i < set->n_args; i++) {
		if (ip_literal(set->args[i], &ip))
			return NULL;
		f = formula_or(c->arena, f, ip_in_prefix(c, &ip));
	}
	return f;
}

static const struct formula *walk_contains(struct compilation *c, const struct expr *set,
					   const struct expr *of)
{
	int64_t max;

	if (set->kind != EXPR_SET)
		return NULL;
	if (is_number(of, &max))
		return contains_number(c, set, of);
	if (is_text(of))
		return contains_text(c, set, of);
	if (text_is(expr_attribute(of, VAR_RESOURCE), "ip"))
		return contains_ip(c, set);
	return NULL;
}

static const struct formula *ip_method(struct compilation *c, const struct expr *e)
{
	struct prefix range;

	if (text_is(e->string, "isIpv4"))
		return ip_family(c, true);
	if (text_is(e->string, "isIpv6"))
		return ip_family(c, false);
	if (text_is(e->string, "isLoopback"))
		return ip_loopback(c);
	if (text_is(e->string, "isMulticast"))
		return ip_multicast(c);
	if (text_is(e->string, "isInRange") && ip_literal(e->args[1], &range) == 0)
		return ip_in_prefix(c, &range);
	return NULL;
}

const struct formula *walk_method(struct compilation *c, const struct expr *e)
{
	const struct formula *f = NULL;

	if (text_is(e->string, "contains") && e->n_args == 2)
		f = walk_contains(c, e->args[0], e->args[1]);
	else if (text_is(expr_attribute(e->args[0], VAR_RESOURCE), "ip"))
		f = ip_method(c, e);
	return or_refused(c, e, f);
}
