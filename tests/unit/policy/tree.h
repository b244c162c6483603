/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Syntax trees as text that says everything about them but the layout they were written in: two trees are equal if and
 * only if their texts are.
 */
#pragma once

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "policy/policy.h"

static inline void tree_text(struct text t, struct buf *out)
{
	buf_putc(out, '"');
	for (size_t i = 0; i < t.len; i++) {
		unsigned char c = (unsigned char)t.s[i];

		if (c > 0x20 && c < 0x7f && !strchr("\"\\<", c))
			buf_putc(out, (char)c);
		else
			buf_printf(out, "<%02x>", c);
	}
	buf_putc(out, '"');
}

static inline const char *tree_operator(enum expr_kind kind)
{
	static const char *const names[] = {
		[EXPR_SET] = "set",   [EXPR_RECORD] = "record", [EXPR_IF] = "if",
		[EXPR_OR] = "||",     [EXPR_AND] = "&&",	[EXPR_NOT] = "!",
		[EXPR_NEG] = "neg",   [EXPR_EQ] = "==",		[EXPR_NE] = "!=",
		[EXPR_LT] = "<",      [EXPR_LE] = "<=",		[EXPR_GT] = ">",
		[EXPR_GE] = ">=",     [EXPR_ADD] = "+",		[EXPR_SUB] = "-",
		[EXPR_MUL] = "*",     [EXPR_IN] = "in",		[EXPR_IS] = "is",
		[EXPR_HAS] = "has",   [EXPR_LIKE] = "like",	[EXPR_GET] = "get",
		[EXPR_CALL] = "call", [EXPR_METHOD] = "method", [EXPR_SLOT] = "slot",
	};

	return names[kind];
}

static inline void tree_expr(const struct expr *e, struct buf *out)
{
	static const char *const variables[] = { "principal", "action", "resource", "context" };

	switch (e->kind) {
	case EXPR_BOOL:
		buf_puts(out, e->boolean ? "true" : "false");
		return;
	case EXPR_LONG:
		buf_printf(out, "%" PRId64, e->number);
		return;
	case EXPR_STRING:
		tree_text(e->string, out);
		return;
	case EXPR_ENTITY:
		buf_printf(out, "%s::", e->uid.type.s);
		tree_text(e->uid.id, out);
		return;
	case EXPR_VAR:
		buf_puts(out, variables[e->var]);
		return;
	default:
		buf_printf(out, "(%s", tree_operator(e->kind));
	}
	if (e->string.s) {
		buf_putc(out, ' ');
		tree_text(e->string, out);
	}
	for (size_t i = 0; i < e->n_pattern; i++) {
		buf_putc(out, ' ');
		if (e->pattern[i].star)
			buf_putc(out, '*');
		else
			tree_text(e->pattern[i].literal, out);
	}
	for (size_t i = 0; i < e->n_names; i++) {
		buf_putc(out, ' ');
		tree_text(e->names[i], out);
	}
	for (size_t i = 0; i < e->n_args; i++) {
		buf_putc(out, ' ');
		tree_expr(e->args[i], out);
	}
	buf_putc(out, ')');
}

static inline void tree_scope(const struct scope *s, struct buf *out)
{
	static const char *const kinds[] = { "any", "==", "in", "is", "is-in" };

	buf_printf(out, " (%s", kinds[s->kind]);
	if (s->type.len) {
		buf_putc(out, ' ');
		tree_text(s->type, out);
	}
	buf_puts(out, s->slot ? " slot" : "");
	buf_puts(out, s->list ? " list" : "");
	for (size_t i = 0; i < s->n_uids; i++) {
		buf_printf(out, " %s::", s->uids[i].type.s);
		tree_text(s->uids[i].id, out);
	}
	buf_putc(out, ')');
}

static inline void tree_policy(const struct policy *p, struct buf *out)
{
	buf_puts(out, p->effect == EFFECT_PERMIT ? "permit" : "forbid");
	for (size_t i = 0; i < p->n_annotations; i++) {
		buf_printf(out, " @%s", p->annotations[i].name.s);
		if (p->annotations[i].has_value)
			tree_text(p->annotations[i].value, out);
	}
	tree_scope(&p->principal, out);
	tree_scope(&p->action, out);
	tree_scope(&p->resource, out);
	for (size_t i = 0; i < p->n_conditions; i++) {
		buf_puts(out, p->conditions[i].unless ? " unless " : " when ");
		tree_expr(p->conditions[i].body, out);
	}
}
