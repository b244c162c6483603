/* SPDX-License-Identifier: BSD-2-Clause */
/* Expressions, canonically: on one line, with the fewest parentheses that keep the tree. */
#include <inttypes.h>

#include "policy/lex.h"
#include "policy/print.h"

enum { UNARY_RUN_MAX = 4 }; /* as the parser accepts */

/* Binary operators: what stands between, how the whole binds, and what its operands must bind like. */
static const struct operator
{
	const char *text;
	enum binding binding, left, right;
}
operators[] = {
	[EXPR_OR] = { " || ", BINDING_OR, BINDING_OR, BINDING_AND },
	[EXPR_AND] = { " && ", BINDING_AND, BINDING_AND, BINDING_RELATION },
	[EXPR_EQ] = { " == ", BINDING_RELATION, BINDING_ADD, BINDING_ADD },
	[EXPR_NE] = { " != ", BINDING_RELATION, BINDING_ADD, BINDING_ADD },
	[EXPR_LT] = { " < ", BINDING_RELATION, BINDING_ADD, BINDING_ADD },
	[EXPR_LE] = { " <= ", BINDING_RELATION, BINDING_ADD, BINDING_ADD },
	[EXPR_GT] = { " > ", BINDING_RELATION, BINDING_ADD, BINDING_ADD },
	[EXPR_GE] = { " >= ", BINDING_RELATION, BINDING_ADD, BINDING_ADD },
	[EXPR_IN] = { " in ", BINDING_RELATION, BINDING_ADD, BINDING_ADD },
	[EXPR_ADD] = { " + ", BINDING_ADD, BINDING_ADD, BINDING_MUL },
	[EXPR_SUB] = { " - ", BINDING_ADD, BINDING_ADD, BINDING_MUL },
	[EXPR_MUL] = { " * ", BINDING_MUL, BINDING_MUL, BINDING_UNARY },
};

static enum binding binding_of(const struct expr *e)
{
	switch (e->kind) {
	case EXPR_IF:
		return BINDING_IF;
	case EXPR_IS:
	case EXPR_HAS:
	case EXPR_LIKE:
		return BINDING_RELATION;
	case EXPR_NOT:
	case EXPR_NEG:
		return BINDING_UNARY;
	case EXPR_LONG:
		return e->number < 0 ? BINDING_UNARY : BINDING_MEMBER;
	default:
		if (e->kind < sizeof(operators) / sizeof(operators[0]) && operators[e->kind].text)
			return operators[e->kind].binding;
		return BINDING_MEMBER;
	}
}

static void print_list(struct expr *const *items, size_t n, struct buf *out)
{
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_puts(out, ", ");
		print_operand(items[i], BINDING_IF, out);
	}
}

static void print_record(const struct expr *e, struct buf *out)
{
	buf_putc(out, '{');
	for (size_t i = 0; i < e->n_args; i++) {
		buf_puts(out, i > 0 ? ", " : " ");
		print_key(e->names[i], out);
		buf_puts(out, ": ");
		print_operand(e->args[i], BINDING_IF, out);
	}
	buf_puts(out, e->n_args ? " }" : "}");
}

static void print_if(const struct expr *e, struct buf *out)
{
	static const char *const keywords[] = { "if ", " then ", " else " };

	for (size_t i = 0; i < 3; i++) {
		buf_puts(out, keywords[i]);
		print_operand(e->args[i], BINDING_IF, out);
	}
}

/*
 * A run of `!` or of `-`, at most as long as Cedar reads. The minus of a negative number belongs to the run; a number
 * without one needs parentheses, or the last minus would become part of it.
 */
static void print_unary(const struct expr *e, struct buf *out)
{
	const struct expr *x = e;
	unsigned int run = 0;

	for (; x->kind == e->kind && run < UNARY_RUN_MAX; run++) {
		buf_putc(out, e->kind == EXPR_NOT ? '!' : '-');
		x = x->args[0];
	}
	if (e->kind == EXPR_NEG && x->kind == EXPR_LONG && (x->number >= 0 || run < UNARY_RUN_MAX))
		buf_printf(out, x->number < 0 ? "%" PRId64 : "(%" PRId64 ")", x->number);
	else
		print_operand(x, BINDING_MEMBER, out);
}

static void print_has(const struct expr *e, struct buf *out)
{
	print_operand(e->args[0], BINDING_ADD, out);
	buf_puts(out, " has ");
	for (size_t i = 0; i < e->n_names; i++) {
		if (i > 0)
			buf_putc(out, '.');
		print_key(e->names[i], out);
	}
}

static void print_is(const struct expr *e, struct buf *out)
{
	print_operand(e->args[0], BINDING_ADD, out);
	buf_puts(out, " is ");
	buf_put(out, e->string.s, e->string.len);
	if (e->n_args < 2)
		return;
	buf_puts(out, " in ");
	print_operand(e->args[1], BINDING_ADD, out);
}

static void print_get(const struct expr *e, struct buf *out)
{
	bool dot = lex_is_name(e->string.s, e->string.len);

	print_operand(e->args[0], BINDING_MEMBER, out);
	buf_putc(out, dot ? '.' : '[');
	print_key(e->string, out);
	if (!dot)
		buf_putc(out, ']');
}

static void print_call(const struct expr *e, struct buf *out)
{
	size_t first = e->kind == EXPR_METHOD ? 1 : 0;

	if (first) {
		print_operand(e->args[0], BINDING_MEMBER, out);
		buf_putc(out, '.');
	}
	buf_put(out, e->string.s, e->string.len);
	buf_putc(out, '(');
	/* without arguments there may be no array */
	print_list(first ? e->args + first : e->args, e->n_args - first, out);
	buf_putc(out, ')');
}

static void print_variable(enum variable v, struct buf *out)
{
	static const char *const names[] = {
		[VAR_PRINCIPAL] = "principal",
		[VAR_ACTION] = "action",
		[VAR_RESOURCE] = "resource",
		[VAR_CONTEXT] = "context",
	};

	buf_puts(out, names[v]);
}

static void print_binary(const struct expr *e, struct buf *out)
{
	const struct operator* op = & operators[e->kind];

	print_operand(e->args[0], op->left, out);
	buf_puts(out, op->text);
	print_operand(e->args[1], op->right, out);
}

static void print_node(const struct expr *e, struct buf *out)
{
	switch (e->kind) {
	case EXPR_BOOL:
		buf_puts(out, e->boolean ? "true" : "false");
		break;
	case EXPR_LONG:
		buf_printf(out, "%" PRId64, e->number);
		break;
	case EXPR_STRING:
		print_string(e->string, out);
		break;
	case EXPR_ENTITY:
		print_uid(&e->uid, out);
		break;
	case EXPR_VAR:
		print_variable(e->var, out);
		break;
	case EXPR_SLOT:
		buf_put(out, e->string.s, e->string.len);
		break;
	case EXPR_SET:
		buf_putc(out, '[');
		print_list(e->args, e->n_args, out);
		buf_putc(out, ']');
		break;
	case EXPR_RECORD:
		print_record(e, out);
		break;
	case EXPR_IF:
		print_if(e, out);
		break;
	case EXPR_NOT:
	case EXPR_NEG:
		print_unary(e, out);
		break;
	case EXPR_IS:
		print_is(e, out);
		break;
	case EXPR_HAS:
		print_has(e, out);
		break;
	case EXPR_LIKE:
		print_operand(e->args[0], BINDING_ADD, out);
		buf_puts(out, " like ");
		print_pattern(e->pattern, e->n_pattern, out);
		break;
	case EXPR_GET:
		print_get(e, out);
		break;
	case EXPR_CALL:
	case EXPR_METHOD:
		print_call(e, out);
		break;
	default:
		print_binary(e, out);
	}
}

void print_operand(const struct expr *e, enum binding place, struct buf *out)
{
	bool parentheses = binding_of(e) < place;

	if (parentheses)
		buf_putc(out, '(');
	print_node(e, out);
	if (parentheses)
		buf_putc(out, ')');
}

void policy_print_expr(const struct expr *e, struct buf *out)
{
	print_operand(e, BINDING_IF, out);
}
