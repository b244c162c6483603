/* SPDX-License-Identifier: BSD-2-Clause */
/* The scope: what principal, action and resource a policy is about. */
#include "policy/parse.h"

#include <stdio.h>

#include <postern/limits.h>

/* One of the three parts, in their order. */
struct part {
	const char *name;
	const char *slot;
	enum word word;
};

static const struct part parts[] = {
	{ "principal", "?principal", WORD_PRINCIPAL },
	{ "action", NULL, WORD_ACTION },
	{ "resource", "?resource", WORD_RESOURCE },
};

static bool is_action(struct text type)
{
	static const char suffix[] = "::Action";
	size_t n = sizeof(suffix) - 1;

	return text_is(type, "Action") ||
	       (type.len > n && text_is((struct text){ type.s + type.len - n, n }, suffix));
}

/* An entity after `==` or `in`. */
static bool parse_entity(struct parser *p, const struct part *part, struct scope *ret)
{
	struct path path;

	if (p->tok.kind != TOKEN_WORD) {
		unexpected(p, "an entity, Type::\"id\"");
		return false;
	}
	if (!parse_path(p, &path))
		return false;
	if (!path.is_entity) {
		syntax_error(
			p, "syntax-entity", parser_span(p, path.first.off),
			part->slot ? "write Type::\"id\", or test the type alone: principal is Type"
				   : "write Action::\"id\"",
			"expected an entity, found the name `%s`", path.name.s);
		return false;
	}
	if (!part->slot && !is_action(path.name))
		syntax_error(p, "syntax-action", parser_span(p, path.first.off),
			     "write Action::\"id\"", "`%s` is not an action's type", path.name.s);
	return parser_push(p, ret->uids, ret->n_uids,
			   ((struct entity_uid){ .type = path.name, .id = path.id }));
}

static bool parse_scope_slot(struct parser *p, const struct part *part, struct scope *ret)
{
	struct text t = token_text(p, p->tok);

	if (!part->slot || !text_is(t, part->slot))
		syntax_error(p, "syntax-slot", token_span(p, p->tok),
			     part->slot ? "principal takes ?principal, resource takes ?resource"
					: "name the action: Action::\"id\"",
			     "`%.*s` cannot stand for the %s", (int)t.len, t.s, part->name);
	ret->slot = true;
	parser_advance(p);
	return true;
}

/* Takes opening parentheses, which may stand around an entity; the number of them, or -1. */
static int open_parentheses(struct parser *p)
{
	int n = 0;

	while (p->tok.kind == TOKEN_PAREN_OPEN) {
		if (++n > POSTERN_NESTING_MAX) {
			syntax_error(p, "syntax-nesting", token_span(p, p->tok), "remove them",
				     "more than %d parentheses", POSTERN_NESTING_MAX);
			return -1;
		}
		parser_advance(p);
	}
	return n;
}

static bool close_parentheses(struct parser *p, int n)
{
	while (n-- > 0)
		if (!parser_expect(p, TOKEN_PAREN_CLOSE, "`)`"))
			return false;
	return true;
}

static bool parse_action_list(struct parser *p, const struct part *part, struct scope *ret)
{
	parser_advance(p);
	ret->list = true;
	while (p->tok.kind != TOKEN_BRACKET_CLOSE) {
		int n = open_parentheses(p);

		if (n < 0 || !parse_entity(p, part, ret) || !close_parentheses(p, n))
			return false;
		if (!parser_accept(p, TOKEN_COMMA))
			break;
	}
	return parser_expect(p, TOKEN_BRACKET_CLOSE, "`,` or `]` after an action");
}

static bool parse_operand(struct parser *p, const struct part *part, struct scope *ret)
{
	int n = open_parentheses(p);
	bool read;

	if (n < 0)
		return false;
	if (p->tok.kind == TOKEN_SLOT) {
		read = parse_scope_slot(p, part, ret);
	} else if (p->tok.kind == TOKEN_BRACKET_OPEN) {
		if (part->slot || ret->kind == SCOPE_EQ) {
			syntax_error(
				p, "syntax-scope", token_span(p, p->tok),
				part->slot
					? "write one policy for each, or put them under one parent"
					: "write `action in […]`",
				"only `action in` takes a list");
			return false;
		}
		read = parse_action_list(p, part, ret);
	} else {
		read = parse_entity(p, part, ret);
	}
	return read && close_parentheses(p, n);
}

static bool parse_scope_is(struct parser *p, const struct part *part, struct scope *ret)
{
	struct path path;

	if (p->tok.word != WORD_IS)
		return true;
	if (!part->slot)
		syntax_error(p, "syntax-scope", token_span(p, p->tok),
			     "name actions: action in [Action::\"id\"]",
			     "`is` cannot test the action");
	parser_advance(p);
	if (!parse_path(p, &path))
		return false;
	if (path.is_entity)
		syntax_error(p, "syntax-is", parser_span(p, path.first.off),
			     "write `== Type::\"id\"`, or name the type alone",
			     "`is` takes a type, not an entity");
	ret->kind = SCOPE_IS;
	ret->type = path.name;
	return true;
}

/* `== E` or `in E` after the variable or its `is`. */
static bool parse_comparison(struct parser *p, const struct part *part, struct scope *ret)
{
	bool is = ret->kind == SCOPE_IS;

	if (p->tok.kind == TOKEN_EQ || p->tok.kind == TOKEN_ASSIGN) {
		if (p->tok.kind == TOKEN_ASSIGN)
			syntax_error(p, "syntax-assign", token_span(p, p->tok), "compare with `==`",
				     "`=` is not an operator");
		else if (is)
			syntax_error(p, "syntax-scope", token_span(p, p->tok),
				     "leave `is` away: the entity names its type",
				     "`is` and `==` cannot stand together");
		ret->kind = SCOPE_EQ;
	} else if (p->tok.word == WORD_IN) {
		ret->kind = is ? SCOPE_IS_IN : SCOPE_IN;
	} else {
		return true;
	}
	parser_advance(p);
	return parse_operand(p, part, ret);
}

/* The variable at its place: in their order, all three. */
static bool parse_scope_variable(struct parser *p, const struct part *part)
{
	static const char *const names[] = { "principal", "action", "resource" };
	struct text t = token_text(p, p->tok);
	char wanted[32], buf[96];

	(void)snprintf(wanted, sizeof(wanted), "`%s`", part->name);
	if (p->tok.kind == TOKEN_PAREN_CLOSE) {
		syntax_error(p, "syntax-scope", token_span(p, p->tok),
			     "write permit (principal, action, resource)", "the scope lacks `%s`",
			     part->name);
		return false;
	}
	if (p->tok.kind != TOKEN_WORD) {
		unexpected(p, wanted);
		return false;
	}
	if (p->tok.word != part->word)
		syntax_error(p, "syntax-scope", token_span(p, p->tok),
			     p->tok.word >= WORD_PRINCIPAL && p->tok.word <= WORD_CONTEXT
				     ? "the order is principal, action, resource"
				     : nearest_word(p, p->tok, names, 3,
						    "the scope is principal, action, resource",
						    buf),
			     "expected `%s`, found `%.*s`", part->name, (int)t.len, t.s);
	parser_advance(p);
	if (p->tok.kind != TOKEN_COLON)
		return true;
	syntax_error(p, "syntax-scope", token_span(p, p->tok), "write `principal is Type`",
		     "types are not written with `:`");
	return false;
}

static bool parse_part(struct parser *p, const struct part *part, struct scope *ret)
{
	uint32_t from = p->tok.off;

	*ret = (struct scope){ .type = { .s = "" } };
	if (!parse_scope_variable(p, part) || !parse_scope_is(p, part, ret) ||
	    !parse_comparison(p, part, ret))
		return false;
	ret->span = parser_span(p, from);
	if (p->tok.word == WORD_IS) {
		syntax_error(p, "syntax-scope", token_span(p, p->tok),
			     "write `is` first: principal is T in E", "`is` after `%s`",
			     ret->kind == SCOPE_EQ ? "==" : "in");
		return false;
	}
	if (p->tok.kind >= TOKEN_NE && p->tok.kind <= TOKEN_GE) {
		syntax_error(p, "syntax-scope", token_span(p, p->tok),
			     "move the comparison to `when { … }`",
			     "the scope takes only `==`, `in` and `is`");
		return false;
	}
	return true;
}

/* The `,` or `)` after part `i`. */
static bool end_part(struct parser *p, size_t i)
{
	if (i < 2 && p->tok.kind == TOKEN_PAREN_CLOSE)
		return true; /* the next part says what is missing */
	if (i < 2)
		return parser_expect(p, TOKEN_COMMA, "`,`");
	if (parser_accept(p, TOKEN_COMMA) && p->tok.kind == TOKEN_WORD) {
		struct text t = token_text(p, p->tok);

		syntax_error(p, "syntax-scope", token_span(p, p->tok),
			     "test anything else in `when { … }`",
			     "the scope ends with resource, found `%.*s`", (int)t.len, t.s);
		return false;
	}
	return parser_expect(p, TOKEN_PAREN_CLOSE, "`)`");
}

bool parse_scope(struct parser *p, struct policy *ret)
{
	struct scope *const scopes[] = { &ret->principal, &ret->action, &ret->resource };

	for (size_t i = 0; i < 3; i++)
		if (!parse_part(p, &parts[i], scopes[i]) || !end_part(p, i))
			return false;
	return true;
}
