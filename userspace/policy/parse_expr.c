/* SPDX-License-Identifier: BSD-2-Clause */
/* Expressions: nodes, `if`, the chains of binary operators, and unary operators. */
#include "policy/parse.h"

#include <postern/limits.h>

enum { UNARY_RUN_MAX = 4 }; /* Cedar: at most `!!!!x` */

struct expr *expr_new(struct parser *p, enum expr_kind kind, uint32_t from)
{
	struct expr *e = parser_alloc(p, sizeof(*e));

	if (!e)
		return NULL;
	e->kind = kind;
	e->span = parser_span(p, from);
	e->height = 1;
	return e;
}

bool expr_add(struct parser *p, struct expr *e, struct expr *arg)
{
	if (arg->height >= EXPR_HEIGHT_MAX) {
		syntax_error(p, "syntax-nesting", arg->span,
			     "split the condition over several policies, or name values in a set: "
			     "[1, 2, 3].contains(x)",
			     "more than %d operators in a chain", EXPR_HEIGHT_MAX);
		return false;
	}
	if (e->height <= arg->height)
		e->height = (uint16_t)(arg->height + 1);
	return parser_push(p, e->args, e->n_args, arg);
}

struct expr *expr_unary(struct parser *p, enum expr_kind kind, uint32_t from, struct expr *a)
{
	struct expr *e = expr_new(p, kind, from);

	return e && expr_add(p, e, a) ? e : NULL;
}

struct expr *expr_binary(struct parser *p, enum expr_kind kind, uint32_t from, struct expr *a,
			 struct expr *b)
{
	struct expr *e = expr_unary(p, kind, from, a);

	return e && expr_add(p, e, b) ? e : NULL;
}

/* One precedence level of operators that may be chained; they group to the left. */
struct level {
	struct expr *(*operand)(struct parser *p);
	struct {
		enum token_kind token;
		enum expr_kind kind;
	} operators[2];
};

static struct expr *parse_chain(struct parser *p, const struct level *level)
{
	uint32_t from = p->tok.off;
	struct expr *left = level->operand(p);

	while (left) {
		bool first = p->tok.kind == level->operators[0].token;
		struct expr *right;

		if (!first && p->tok.kind != level->operators[1].token)
			break;
		parser_advance(p);
		right = level->operand(p);
		if (!right)
			return NULL;
		left = expr_binary(p, level->operators[first ? 0 : 1].kind, from, left, right);
	}
	return left;
}

static struct expr *parse_mul(struct parser *p)
{
	static const struct level level = {
		parse_unary, { { TOKEN_STAR, EXPR_MUL }, { TOKEN_STAR, EXPR_MUL } }
	};
	struct expr *e = parse_chain(p, &level);

	if (e && (p->tok.kind == TOKEN_SLASH || p->tok.kind == TOKEN_PERCENT) &&
	    p->src->text[p->tok.off + 1] != '*') {
		syntax_error(p, "syntax-arithmetic", token_span(p, p->tok),
			     "compare with a constant instead", "Cedar has no division");
		return NULL;
	}
	return e;
}

struct expr *parse_add(struct parser *p)
{
	static const struct level level = {
		parse_mul, { { TOKEN_PLUS, EXPR_ADD }, { TOKEN_MINUS, EXPR_SUB } }
	};

	return parse_chain(p, &level);
}

static struct expr *parse_and(struct parser *p)
{
	static const struct level level = { parse_relation,
					    { { TOKEN_AND, EXPR_AND }, { TOKEN_AND, EXPR_AND } } };

	return parse_chain(p, &level);
}

static struct expr *parse_or(struct parser *p)
{
	static const struct level level = { parse_and,
					    { { TOKEN_OR, EXPR_OR }, { TOKEN_OR, EXPR_OR } } };

	return parse_chain(p, &level);
}

static struct expr *parse_if(struct parser *p)
{
	static const char *const keywords[] = { "`then`", "`else`" };
	static const enum word words[] = { WORD_THEN, WORD_ELSE };
	uint32_t from = p->tok.off;
	struct expr *parts[3];
	struct expr *e;

	parser_advance(p);
	for (size_t i = 0; i < 3; i++) {
		if (i > 0 && p->tok.word != words[i - 1]) {
			unexpected(p, keywords[i - 1]);
			return NULL;
		}
		if (i > 0)
			parser_advance(p);
		parts[i] = parse_expr(p);
		if (!parts[i])
			return NULL;
	}
	e = expr_binary(p, EXPR_IF, from, parts[0], parts[1]);
	return e && expr_add(p, e, parts[2]) ? e : NULL;
}

struct expr *parse_expr(struct parser *p)
{
	struct expr *e;

	if (p->depth > POSTERN_NESTING_MAX) {
		syntax_error(p, "syntax-nesting", token_span(p, p->tok),
			     "split the condition over several policies",
			     "expressions nested more than %d deep", POSTERN_NESTING_MAX);
		return NULL;
	}
	p->depth++;
	e = p->tok.word == WORD_IF ? parse_if(p) : parse_or(p);
	p->depth--;
	return e;
}

/* Takes a run of one operator; `last` is where its last one stands. */
static unsigned int take_run(struct parser *p, enum token_kind kind, uint32_t starts[UNARY_RUN_MAX])
{
	uint32_t from = p->tok.off;
	unsigned int n = 0;

	for (; p->tok.kind == kind; n++) {
		if (n < UNARY_RUN_MAX)
			starts[n] = p->tok.off;
		parser_advance(p);
	}
	if (n > UNARY_RUN_MAX)
		syntax_error(p, "syntax-unary", parser_span(p, from),
			     "remove pairs of them, or put parentheses between",
			     "more than %d of `%c` in a row", UNARY_RUN_MAX, p->src->text[from]);
	return n > UNARY_RUN_MAX ? UNARY_RUN_MAX : n;
}

/*
 * A number after a minus is a negative literal, unless something is accessed in it: `-1.a` negates `1.a`. Only so can the
 * least integer be written, because a number alone must be below 2^63.
 */
static struct expr *parse_negative(struct parser *p, uint32_t from, bool *ret_literal)
{
	struct token number = p->tok;
	struct expr *e;

	parser_advance(p);
	*ret_literal = p->tok.kind != TOKEN_DOT && p->tok.kind != TOKEN_BRACKET_OPEN &&
		       p->tok.kind != TOKEN_PAREN_OPEN;
	e = expr_number(p, *ret_literal ? from : number.off, number, *ret_literal);
	return e && !*ret_literal ? parse_accesses(p, number.off, e) : e;
}

struct expr *parse_unary(struct parser *p)
{
	enum token_kind kind = p->tok.kind;
	uint32_t starts[UNARY_RUN_MAX] = { 0 };
	bool literal = false;
	unsigned int n;
	struct expr *e;

	if (kind != TOKEN_BANG && kind != TOKEN_MINUS)
		return parse_member(p);
	n = take_run(p, kind, starts);
	if (p->tok.kind == TOKEN_BANG || p->tok.kind == TOKEN_MINUS) {
		syntax_error(p, "syntax-unary", token_span(p, p->tok),
			     "put parentheses between: !(-x), -(!x)",
			     "`!` and `-` next to each other");
		return NULL;
	}
	if (kind == TOKEN_MINUS && p->tok.kind == TOKEN_NUMBER)
		e = parse_negative(p, starts[n - 1], &literal);
	else
		e = parse_member(p);
	for (unsigned int i = n - (literal ? 1 : 0); e && i > 0; i--)
		e = expr_unary(p, kind == TOKEN_BANG ? EXPR_NOT : EXPR_NEG, starts[i - 1], e);
	return e;
}
