/* SPDX-License-Identifier: BSD-2-Clause */
/* Accesses: attributes, methods, and calls of functions. Cedar knows their names when it parses, so the parser does. */
#include "policy/parse.h"

#include "base/suggest.h"

/* Methods of the language, which have a number of arguments. */
static const struct {
	const char *name;
	size_t n_args;
} methods[] = {
	{ "contains", 1 }, { "containsAll", 1 }, { "containsAny", 1 },
	{ "isEmpty", 0 },  { "getTag", 1 },	 { "hasTag", 1 },
};

/* Methods of the extension types: their arguments are the type checker's business. */
static const char *const extension_methods[] = {
	"lessThan",	 "lessThanOrEqual", "greaterThan", "greaterThanOrEqual", "isIpv4",
	"isIpv6",	 "isLoopback",	    "isMulticast", "isInRange",		 "offset",
	"durationSince", "toDate",	    "toTime",	   "toMilliseconds",	 "toSeconds",
	"toMinutes",	 "toHours",	    "toDays",
};

static const char *const functions[] = { "ip", "decimal", "datetime", "duration", "unknown" };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool is_one_of(struct text t, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (text_is(t, names[i]))
			return true;
	return false;
}

static bool is_method(struct text name, size_t *ret_args)
{
	for (size_t i = 0; i < COUNT(methods); i++) {
		*ret_args = methods[i].n_args;
		if (text_is(name, methods[i].name))
			return true;
	}
	return false;
}

static void unknown_method(struct parser *p, struct token name)
{
	const char *known[COUNT(methods) + COUNT(extension_methods)];
	struct text t = token_text(p, name);
	char buf[96];

	for (size_t i = 0; i < COUNT(known); i++)
		known[i] = i < COUNT(methods) ? methods[i].name
					      : extension_methods[i - COUNT(methods)];
	if (is_one_of(t, functions, COUNT(functions)))
		syntax_error(p, "syntax-method", token_span(p, name),
			     "write it as a function: ip(\"10.0.0.1\")",
			     "`%.*s` is a function, not a method", (int)t.len, t.s);
	else
		syntax_error(p, "syntax-method", token_span(p, name),
			     nearest_word(p, name, known, COUNT(known),
					  "see contains, containsAny, isInRange, isLoopback", buf),
			     "no method is called `%.*s`", (int)t.len, t.s);
}

void check_method(struct parser *p, struct token name, const struct expr *call)
{
	size_t wanted, given = call->n_args - 1;

	if (is_one_of(call->string, extension_methods, COUNT(extension_methods)))
		return;
	if (!is_method(call->string, &wanted))
		unknown_method(p, name);
	else if (given != wanted)
		syntax_error(p, "syntax-arguments", call->span,
			     wanted ? "write x.contains(y)" : "write x.isEmpty()",
			     "`%s` takes %s, not %zu", call->string.s,
			     wanted ? "one argument" : "no argument", given);
}

/* Expressions with commas between up to the closing token, which is taken; a comma may follow the last. */
bool parse_arguments(struct parser *p, enum token_kind close, const char *what, struct expr *e)
{
	while (p->tok.kind != close) {
		struct expr *arg = parse_expr(p);

		if (!arg || !expr_add(p, e, arg))
			return false;
		if (!parser_accept(p, TOKEN_COMMA))
			break;
	}
	return parser_expect(p, close, what);
}

struct expr *parse_call(struct parser *p, const struct path *path)
{
	struct expr *e = expr_new(p, EXPR_CALL, path->first.off);
	struct span where = parser_span(p, path->first.off);
	char buf[96];
	size_t n;

	parser_advance(p);
	if (!e || !parse_arguments(p, TOKEN_PAREN_CLOSE, "`,` or `)` after an argument", e))
		return NULL;
	e->string = path->name;
	e->span = parser_span(p, path->first.off);
	if (is_one_of(path->name, functions, COUNT(functions)))
		return e;
	if (is_method(path->name, &n) ||
	    is_one_of(path->name, extension_methods, COUNT(extension_methods)))
		syntax_error(p, "syntax-function", where, "write it after a value: x.method(…)",
			     "`%s` is a method, not a function", path->name.s);
	else
		syntax_error(p, "syntax-function", where,
			     nearest_word(p, path->first, functions, 4,
					  "the functions are ip, datetime, duration and decimal",
					  buf),
			     "no function is called `%s`", path->name.s);
	return e;
}

static struct expr *parse_index(struct parser *p, uint32_t from, struct expr *e)
{
	struct expr *get;

	parser_advance(p);
	get = expr_unary(p, EXPR_GET, from, e);
	if (!get)
		return NULL;
	if (p->tok.kind != TOKEN_STRING) {
		unexpected(p, "an attribute name in quotes");
		return NULL;
	}
	if (!parse_string_token(p, &get->string) || !parser_expect(p, TOKEN_BRACKET_CLOSE, "`]`"))
		return NULL;
	get->span = parser_span(p, from);
	return get;
}

static struct expr *parse_dot(struct parser *p, uint32_t from, struct expr *e)
{
	struct expr *access;
	struct token name;

	parser_advance(p);
	name = p->tok;
	access = expr_unary(p, EXPR_GET, from, e);
	if (!access || !parse_name(p, "an attribute name", &access->string))
		return NULL;
	if (parser_accept(p, TOKEN_PAREN_OPEN)) {
		access->kind = EXPR_METHOD;
		if (!parse_arguments(p, TOKEN_PAREN_CLOSE, "`,` or `)` after an argument", access))
			return NULL;
	}
	access->span = parser_span(p, from);
	if (access->kind == EXPR_METHOD)
		check_method(p, name, access);
	return access;
}

struct expr *parse_accesses(struct parser *p, uint32_t from, struct expr *e)
{
	while (e) {
		if (p->tok.kind == TOKEN_DOT) {
			e = parse_dot(p, from, e);
		} else if (p->tok.kind == TOKEN_BRACKET_OPEN) {
			e = parse_index(p, from, e);
		} else if (p->tok.kind == TOKEN_PAREN_OPEN) {
			syntax_error(p, "syntax-function", parser_span(p, from),
				     "only functions and methods are called: ip(…), x.contains(…)",
				     "this cannot be called");
			return NULL;
		} else {
			break;
		}
	}
	return e;
}

struct expr *parse_member(struct parser *p)
{
	uint32_t from = p->tok.off;

	return parse_accesses(p, from, parse_primary(p));
}
