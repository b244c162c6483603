/* SPDX-License-Identifier: BSD-2-Clause */
/* What the parts of the canonical printer share. */
#pragma once

#include "policy/policy.h"

/* How tightly a node binds, as in the grammar; an operand that binds less than its place needs gets parentheses. */
enum binding {
	BINDING_IF, /* anything may stand here */
	BINDING_OR,
	BINDING_AND,
	BINDING_RELATION,
	BINDING_ADD,
	BINDING_MUL,
	BINDING_UNARY,
	BINDING_MEMBER,
};

/* print_expr.c */
void print_operand(const struct expr *e, enum binding place, struct buf *out);

/* print_string.c: quotes included */
void print_string(struct text t, struct buf *out);
void print_pattern(const struct pattern_part *parts, size_t n, struct buf *out);
void print_uid(const struct entity_uid *uid, struct buf *out);
/* As an identifier where it can be one, else in quotes. */
void print_key(struct text name, struct buf *out);

/* print.c: one part of the scope; `slot` is what a template slot is written as */
void print_scope(const struct scope *s, const char *name, const char *slot, struct buf *out);
