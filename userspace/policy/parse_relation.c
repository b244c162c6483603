/* SPDX-License-Identifier: BSD-2-Clause */
/* Relations: comparisons, `in`, `has`, `like` and `is`. They do not chain: `a < b < c` needs parentheses. */
#include "policy/parse.h"

/* The kind of relation that the token makes between two operands. */
static bool relation_kind(struct token t, enum expr_kind *ret)
{
	switch (t.kind) {
	case TOKEN_EQ:
	case TOKEN_ASSIGN: /* reported where it is taken */
		*ret = EXPR_EQ;
		return true;
	case TOKEN_NE:
		*ret = EXPR_NE;
		return true;
	case TOKEN_LT:
		*ret = EXPR_LT;
		return true;
	case TOKEN_LE:
		*ret = EXPR_LE;
		return true;
	case TOKEN_GT:
		*ret = EXPR_GT;
		return true;
	case TOKEN_GE:
		*ret = EXPR_GE;
		return true;
	default:
		*ret = EXPR_IN;
		return t.word == WORD_IN;
	}
}

static bool starts_relation(struct token t)
{
	enum expr_kind kind;

	return relation_kind(t, &kind) || t.word == WORD_HAS || t.word == WORD_LIKE ||
	       t.word == WORD_IS;
}

static void take_operator(struct parser *p)
{
	struct token t = p->tok;

	parser_advance(p);
	if (t.kind == TOKEN_ASSIGN)
		syntax_error(p, "syntax-assign", token_span(p, t), "compare with `==`",
			     "`=` is not an operator");
}

/* The path of `has`: an attribute in quotes, or names with dots between. */
static bool parse_has_path(struct parser *p, struct expr *e)
{
	struct text name;

	if (p->tok.kind == TOKEN_STRING)
		return parse_string_token(p, &name) && parser_push(p, e->names, e->n_names, name);
	do {
		if (!parse_name(p, "an attribute name", &name) ||
		    !parser_push(p, e->names, e->n_names, name))
			return false;
	} while (parser_accept(p, TOKEN_DOT));
	return true;
}

/* What follows the path of `has` or the pattern of `like` must not make it an expression. */
static bool check_ended(struct parser *p, const char *code, const char *hint, const char *why)
{
	switch (p->tok.kind) {
	case TOKEN_DOT:
	case TOKEN_PAREN_OPEN:
	case TOKEN_BRACKET_OPEN:
	case TOKEN_PATH:
	case TOKEN_PLUS:
	case TOKEN_MINUS:
	case TOKEN_STAR:
		syntax_error(p, code, token_span(p, p->tok), hint, "%s", why);
		return false;
	default:
		return true;
	}
}

static struct expr *parse_has(struct parser *p, uint32_t from, struct expr *left)
{
	struct expr *e;

	parser_advance(p);
	e = expr_unary(p, EXPR_HAS, from, left);
	if (!e || !parse_has_path(p, e))
		return NULL;
	e->span = parser_span(p, from);
	return check_ended(p, "syntax-has", "write `x has a`, `x has a.b` or `x has \"a b\"`",
			   "`has` takes an attribute, not an expression")
		       ? e
		       : NULL;
}

static struct expr *parse_like(struct parser *p, uint32_t from, struct expr *left)
{
	struct expr *e;

	parser_advance(p);
	e = expr_unary(p, EXPR_LIKE, from, left);
	if (!e)
		return NULL;
	if (p->tok.kind != TOKEN_STRING) {
		unexpected(p, "a pattern in quotes");
		return NULL;
	}
	if (!parse_pattern_token(p, &e->pattern, &e->n_pattern))
		return NULL;
	e->span = parser_span(p, from);
	return check_ended(p, "syntax-pattern", "write the whole pattern in one string",
			   "`like` takes a pattern, not an expression")
		       ? e
		       : NULL;
}

static struct expr *parse_is(struct parser *p, uint32_t from, struct expr *left)
{
	struct path path;
	struct expr *e, *in;

	parser_advance(p);
	if (!parse_path(p, &path))
		return NULL;
	if (path.is_entity)
		syntax_error(p, "syntax-is", parser_span(p, path.first.off),
			     "compare with `==`, or name the type alone",
			     "`is` takes a type, not an entity");
	if (!check_ended(p, "syntax-is", "write `x is Type`",
			 "`is` takes a type, not an expression"))
		return NULL;
	e = expr_unary(p, EXPR_IS, from, left);
	if (!e)
		return NULL;
	e->string = path.name;
	if (p->tok.word == WORD_IN) {
		parser_advance(p);
		in = parse_add(p);
		if (!in || !expr_add(p, e, in))
			return NULL;
		e->span = parser_span(p, from);
	}
	return e;
}

static struct expr *parse_one_relation(struct parser *p)
{
	uint32_t from = p->tok.off;
	struct expr *left = parse_add(p), *right;
	enum expr_kind kind;

	if (!left)
		return NULL;
	if (p->tok.word == WORD_HAS)
		return parse_has(p, from, left);
	if (p->tok.word == WORD_LIKE)
		return parse_like(p, from, left);
	if (p->tok.word == WORD_IS)
		return parse_is(p, from, left);
	if (!relation_kind(p->tok, &kind))
		return left;
	take_operator(p);
	right = parse_add(p);
	return right ? expr_binary(p, kind, from, left, right) : NULL;
}

struct expr *parse_relation(struct parser *p)
{
	struct expr *e = parse_one_relation(p);

	if (!e || !starts_relation(p->tok))
		return e;
	syntax_error(p, "syntax-chain", token_span(p, p->tok),
		     "join them with `&&`, or put parentheses: (a < b) == c",
		     "relations cannot follow each other");
	return NULL;
}
