/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From syntax to formulas. Each function answers NULL only for lack of memory; what this version
 * cannot compile becomes a diag, -EOPNOTSUPP in compilation.err, and the constant false.
 */
#pragma once

#include "compile/compilation.h"

/* Variables that an expression reads, as bits 1 << VAR_…. */
unsigned expr_reads(const struct expr *e);

/* The attribute's name when the expression is `var.name`; else an empty text. */
struct text expr_attribute(const struct expr *e, enum variable var);

/* A literal integer, also a negated one. */
bool literal_number(const struct expr *e, int64_t *ret);

/* A comparison with what it reads on the left. */
struct comparison {
	enum expr_kind op;
	const struct expr *left, *right;
};
struct comparison comparison_of(const struct expr *e);

/* Adds the numbers 0…max for which `x op n` holds; for EXPR_NE those for which it does not. 0 or -ENOMEM. */
int numbers_of(enum expr_kind op, int64_t n, int64_t max, struct range_set *ret);

/* All policies of the set that decide something, into compilation.rules. 0 or compilation.err. */
int walk_policies(struct compilation *c);

const struct formula *walk_expr(struct compilation *c, const struct expr *e);
const struct formula *walk_compare(struct compilation *c, const struct expr *e);
const struct formula *walk_method(struct compilation *c, const struct expr *e);
const struct formula *walk_scopes(struct compilation *c, const struct policy *p);
const struct formula *walk_unsupported(struct compilation *c, const struct expr *e);

/* `principal in Type::"id"`, and tests on the principal's attributes. */
const struct formula *principal_in(struct compilation *c, const struct entity_uid *uid);
const struct formula *principal_text(struct compilation *c, struct text attribute,
				     const struct text *values, size_t n);
const struct formula *principal_like(struct compilation *c, struct text attribute,
				     const struct expr *like);
const struct formula *principal_number(struct compilation *c, struct text attribute,
				       struct range_set set);
const struct formula *principal_preexisting(struct compilation *c);
bool principal_has(struct text attribute);

/* Doors: what is asked for besides the address. */
const struct formula *door_actions(struct compilation *c, unsigned actions);
const struct formula *door_ports(struct compilation *c, struct range_set ports);
const struct formula *door_protocols(struct compilation *c, unsigned protocols);
const struct formula *door_service(struct compilation *c, const struct endpoint_set *e);
const struct formula *door_kind(struct compilation *c, struct text kind);
const struct formula *door_endpoint(struct compilation *c);

/* Addresses. */
const struct formula *resource_in(struct compilation *c, const struct entity_uid *uid);
const struct formula *ip_in_prefix(struct compilation *c, const struct prefix *p);
const struct formula *ip_family(struct compilation *c, bool v4);
const struct formula *ip_loopback(struct compilation *c);
const struct formula *ip_multicast(struct compilation *c);
/* The range of an `ip("…")` literal. 0 or -EINVAL. */
int ip_literal(const struct expr *e, struct prefix *ret);
