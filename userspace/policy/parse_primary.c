/* SPDX-License-Identifier: BSD-2-Clause */
/* Primaries: literals, variables, entities, calls, parentheses, sets and records. */
#include "policy/parse.h"

struct expr *expr_number(struct parser *p, uint32_t from, struct token number, bool negative)
{
	const char *digits = p->src->text + number.off;
	uint64_t value = 0, most = (uint64_t)INT64_MAX + (negative ? 1 : 0);
	bool fits = true;
	struct expr *e;

	for (uint32_t i = 0; i < number.len && fits; i++) {
		uint64_t digit = (uint64_t)(digits[i] - '0');

		fits = value <= (most - digit) / 10;
		value = value * 10 + digit;
	}
	e = expr_new(p, EXPR_LONG, from);
	if (!e)
		return NULL;
	if (fits)
		e->number = negative ? (int64_t)(0 - value) : (int64_t)value;
	else
		syntax_error(
			p, "syntax-number", token_span(p, number),
			"numbers are 64 bits with sign: -9223372036854775808 to 9223372036854775807",
			"the number is too large");
	return e;
}

static struct expr *parse_bool(struct parser *p)
{
	struct token t = p->tok;
	struct expr *e;

	parser_advance(p);
	e = expr_new(p, EXPR_BOOL, t.off);
	if (e)
		e->boolean = t.word == WORD_TRUE;
	return e;
}

static struct expr *parse_string(struct parser *p)
{
	uint32_t from = p->tok.off;
	struct text value;
	struct expr *e;

	if (!parse_string_token(p, &value))
		return NULL;
	e = expr_new(p, EXPR_STRING, from);
	if (e)
		e->string = value;
	return e;
}

static struct expr *parse_slot(struct parser *p)
{
	struct token t = p->tok;
	struct text text = token_text(p, t);
	struct expr *e;

	parser_advance(p);
	if (!text_is(text, "?principal") && !text_is(text, "?resource"))
		syntax_error(p, "syntax-slot", token_span(p, t),
			     "the slots are ?principal and ?resource",
			     "no template slot is called `%.*s`", (int)text.len, text.s);
	else if (!p->slots)
		syntax_error(p, "syntax-slot", token_span(p, t), "write `principal` or `resource`",
			     "template slots stand in the scope, not in conditions");
	e = expr_new(p, EXPR_SLOT, t.off);
	if (e)
		e->string = parser_text(p, text.s, text.len);
	return e;
}

/* A name that stands alone: one of the four variables, or a slip. */
static struct expr *parse_variable(struct parser *p, const struct path *path)
{
	static const char *const variables[] = { "principal", "action", "resource", "context" };
	enum word word = path->first.word;
	struct expr *e = expr_new(p, EXPR_VAR, path->first.off);
	char buf[96];

	if (!e)
		return NULL;
	if (path->single && word >= WORD_PRINCIPAL && word <= WORD_CONTEXT)
		e->var = VAR_PRINCIPAL + (word - WORD_PRINCIPAL);
	else if (!path->single)
		syntax_error(p, "syntax-variable", e->span,
			     "an entity ends with its id in quotes: User::\"alice\"",
			     "`%s` is no value", path->name.s);
	else if (!word_reserved(word)) /* else reported with the name */
		syntax_error(p, "syntax-variable", e->span,
			     nearest_word(p, path->first, variables, 4,
					  "the variables are principal, action, resource and "
					  "context; a string needs quotes",
					  buf),
			     "no variable is called `%s`", path->name.s);
	return e;
}

static struct expr *parse_named(struct parser *p)
{
	struct path path;
	struct expr *e;

	if (!parse_path(p, &path))
		return NULL;
	if (path.is_entity) {
		e = expr_new(p, EXPR_ENTITY, path.first.off);
		if (e)
			e->uid = (struct entity_uid){ .type = path.name, .id = path.id };
		return e;
	}
	if (p->tok.kind != TOKEN_PAREN_OPEN)
		return parse_variable(p, &path);
	if (path.single && path.first.word >= WORD_PRINCIPAL && path.first.word <= WORD_CONTEXT) {
		syntax_error(p, "syntax-function", parser_span(p, path.first.off),
			     "remove the parentheses; only functions and methods are called",
			     "`%s` is a variable and cannot be called", path.name.s);
		return NULL;
	}
	return parse_call(p, &path);
}

static struct expr *parse_parentheses(struct parser *p)
{
	struct expr *e;

	parser_advance(p);
	e = parse_expr(p);
	return e && parser_expect(p, TOKEN_PAREN_CLOSE, "an operator or `)`") ? e : NULL;
}

static struct expr *parse_set(struct parser *p)
{
	uint32_t from = p->tok.off;
	struct expr *e = expr_new(p, EXPR_SET, from);

	parser_advance(p);
	if (!e || !parse_arguments(p, TOKEN_BRACKET_CLOSE, "`,` or `]` after an element", e))
		return NULL;
	e->span = parser_span(p, from);
	return e;
}

/* One `key: value`. The key's place is noted, to find duplicates. */
static bool parse_record_entry(struct parser *p, struct expr *e, struct named *ret)
{
	uint32_t from = p->tok.off;
	struct expr *value;
	size_t n = e->n_args; /* of names too */

	if (p->tok.kind == TOKEN_STRING ? !parse_string_token(p, &ret->name)
					: !parse_name(p, "the name of an entry", &ret->name))
		return false;
	ret->span = parser_span(p, from);
	if (!parser_expect(p, TOKEN_COLON, "`:` after the name of an entry"))
		return false;
	value = parse_expr(p);
	e->names = value ? parser_grow(p, e->names, n, sizeof(e->names[0])) : NULL;
	if (!e->names || !expr_add(p, e, value))
		return false;
	e->names[n] = ret->name;
	e->n_names = n + 1;
	return true;
}

/* The entries up to the closing brace, their keys into *keys. */
static bool parse_record_entries(struct parser *p, struct expr *e, struct named **keys)
{
	size_t n = 0;

	while (p->tok.kind != TOKEN_BRACE_CLOSE) {
		struct named key;

		if (!parse_record_entry(p, e, &key) || !parser_push(p, *keys, n, key))
			return false;
		if (!parser_accept(p, TOKEN_COMMA))
			break;
	}
	return parser_expect(p, TOKEN_BRACE_CLOSE, "`,` or `}` after an entry");
}

static struct expr *parse_record(struct parser *p)
{
	uint32_t from = p->tok.off;
	struct expr *e = expr_new(p, EXPR_RECORD, from);
	struct named *keys = NULL;

	parser_advance(p);
	if (!e || !parse_record_entries(p, e, &keys))
		return NULL;
	e->span = parser_span(p, from);
	report_duplicates(p, keys, e->n_args, "syntax-key", "entry");
	return e;
}

struct expr *parse_primary(struct parser *p)
{
	struct token t = p->tok;

	switch (t.kind) {
	case TOKEN_NUMBER:
		parser_advance(p);
		return expr_number(p, t.off, t, false);
	case TOKEN_STRING:
		return parse_string(p);
	case TOKEN_SLOT:
		return parse_slot(p);
	case TOKEN_PAREN_OPEN:
		return parse_parentheses(p);
	case TOKEN_BRACKET_OPEN:
		return parse_set(p);
	case TOKEN_BRACE_OPEN:
		return parse_record(p);
	case TOKEN_WORD:
		if (t.word == WORD_TRUE || t.word == WORD_FALSE)
			return parse_bool(p);
		if (t.word != WORD_IF)
			return parse_named(p);
		syntax_error(p, "syntax-unexpected", token_span(p, t),
			     "put parentheses around it: (if … then … else …)",
			     "an `if` cannot be an operand");
		return NULL;
	default:
		unexpected(p, "a value");
		return NULL;
	}
}
