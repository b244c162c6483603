/* SPDX-License-Identifier: BSD-2-Clause */
/* Names: identifiers, paths of them, and entities. */
#include "policy/parse.h"

#include <errno.h>
#include <stdlib.h>

/* Reports a word that no name may be. */
static void check_reserved(struct parser *p, struct token t, const char *role)
{
	struct text text = token_text(p, t);

	if (word_reserved(t.word))
		syntax_error(
			p, "syntax-reserved", token_span(p, t),
			t.word == WORD_CEDAR
				? "choose another name: Cedar keeps `__cedar` for itself"
				: "choose another name; an attribute may also be written in quotes: "
				  "x[\"if\"]",
			"`%.*s` is reserved and cannot be %s", (int)text.len, text.s, role);
}

bool parse_name(struct parser *p, const char *role, struct text *ret)
{
	if (p->tok.kind != TOKEN_WORD) {
		unexpected(p, role);
		return false;
	}
	check_reserved(p, p->tok, role);
	*ret = parser_text(p, p->src->text + p->tok.off, p->tok.len);
	parser_advance(p);
	return ret->s != NULL;
}

/* Takes one component of a path. */
static void take_component(struct parser *p, struct buf *name)
{
	struct text t = token_text(p, p->tok);

	check_reserved(p, p->tok, "a name");
	if (name->len)
		buf_puts(name, "::");
	buf_put(name, t.s, t.len);
	parser_advance(p);
}

static bool end_path(struct parser *p, struct path *ret)
{
	if (p->tok.kind == TOKEN_STRING) {
		ret->is_entity = true;
		return parse_string_token(p, &ret->id);
	}
	if (p->tok.kind == TOKEN_BRACE_OPEN)
		syntax_error(p, "syntax-entity", token_span(p, p->tok),
			     "name the entity by its id: Type::\"id\"",
			     "entities cannot be written with attributes");
	else
		unexpected(p, "a name or the entity's id in quotes");
	return false;
}

bool parse_path(struct parser *p, struct path *ret)
{
	_cleanup_buf_ struct buf name = BUF_INIT;
	bool ended = false;

	*ret = (struct path){ .first = p->tok, .single = true };
	if (p->tok.kind != TOKEN_WORD) {
		unexpected(p, "a name");
		return false;
	}
	take_component(p, &name);
	while (!ended && parser_accept(p, TOKEN_PATH)) {
		ret->single = false;
		ended = p->tok.kind != TOKEN_WORD;
		if (!ended)
			take_component(p, &name);
		else if (!end_path(p, ret))
			return false;
	}
	if (buf_error(&name))
		p->err = -ENOMEM;
	else
		ret->name = parser_text(p, name.data, name.len);
	return p->err == 0;
}

static int by_name_and_place(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	int order = text_cmp(x->name, y->name);

	return order ? order : (x->span.off > y->span.off) - (x->span.off < y->span.off);
}

void report_duplicates(struct parser *p, struct named *items, size_t n, const char *code,
		       const char *what)
{
	if (n > 1)
		qsort(items, n, sizeof(items[0]), by_name_and_place);
	for (size_t i = 1; i < n; i++)
		if (text_eq(items[i - 1].name, items[i].name))
			syntax_error(p, code, items[i].span, "remove one of the two",
				     "duplicate %s `%.*s`", what, (int)items[i].name.len,
				     items[i].name.s);
}
