/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Policies, canonically: one annotation a line, one part of the scope a line, a condition on one line where it fits and
 * else one operand of its outermost `&&` or `||` a line. The layout follows from the tree alone.
 */
#include "policy/print.h"

enum { LINE_MOST = 80 };

static void print_annotation(const struct annotation *a, struct buf *out)
{
	buf_putc(out, '@');
	buf_put(out, a->name.s, a->name.len);
	if (a->has_value) {
		buf_putc(out, '(');
		print_string(a->value, out);
		buf_putc(out, ')');
	}
	buf_putc(out, '\n');
}

static void print_scope_operand(const struct scope *s, const char *slot, struct buf *out)
{
	if (s->slot) {
		buf_puts(out, slot);
		return;
	}
	if (s->list)
		buf_putc(out, '[');
	for (size_t i = 0; i < s->n_uids; i++) {
		if (i > 0)
			buf_puts(out, ", ");
		print_uid(&s->uids[i], out);
	}
	if (s->list)
		buf_putc(out, ']');
}

void print_scope(const struct scope *s, const char *name, const char *slot, struct buf *out)
{
	buf_puts(out, name);
	if (s->kind == SCOPE_IS || s->kind == SCOPE_IS_IN) {
		buf_puts(out, " is ");
		buf_put(out, s->type.s, s->type.len);
	}
	if (s->kind != SCOPE_ANY && s->kind != SCOPE_IS) {
		buf_puts(out, s->kind == SCOPE_EQ ? " == " : " in ");
		print_scope_operand(s, slot, out);
	}
}

/* The operands of a chain of one operator, one a line. The chain leans left, so its first operand is its deepest. */
static void print_chain(const struct expr *e, enum expr_kind kind, struct buf *out)
{
	bool and = kind == EXPR_AND;

	if (e->kind != kind) {
		buf_puts(out, "  ");
		print_operand(e, and? BINDING_AND : BINDING_OR, out);
		return;
	}
	print_chain(e->args[0], kind, out);
	buf_puts(out, and? " &&\n  " : " ||\n  ");
	print_operand(e->args[1], and? BINDING_RELATION : BINDING_AND, out);
}

static void print_condition(const struct condition *c, struct buf *out)
{
	size_t start = out->len;
	const char *word = c->unless ? "unless" : "when";

	buf_printf(out, "\n%s { ", word);
	policy_print_expr(c->body, out);
	buf_puts(out, " }");
	if (buf_error(out) || out->len - start <= LINE_MOST) /* the newline stands for the `;` */
		return;
	out->len = start;
	buf_printf(out, "\n%s\n{\n", word);
	if (c->body->kind == EXPR_AND || c->body->kind == EXPR_OR) {
		print_chain(c->body, c->body->kind, out);
	} else {
		buf_puts(out, "  ");
		policy_print_expr(c->body, out);
	}
	buf_puts(out, "\n}");
}

void policy_print(const struct policy *p, struct buf *out)
{
	for (size_t i = 0; i < p->n_annotations; i++)
		print_annotation(&p->annotations[i], out);
	buf_puts(out, p->effect == EFFECT_PERMIT ? "permit (\n  " : "forbid (\n  ");
	print_scope(&p->principal, "principal", "?principal", out);
	buf_puts(out, ",\n  ");
	print_scope(&p->action, "action", "", out);
	buf_puts(out, ",\n  ");
	print_scope(&p->resource, "resource", "?resource", out);
	buf_puts(out, "\n)");
	for (size_t i = 0; i < p->n_conditions; i++)
		print_condition(&p->conditions[i], out);
	buf_puts(out, ";\n");
}
