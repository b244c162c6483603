/* SPDX-License-Identifier: BSD-2-Clause */
/* Parser: the doors, and the tokens, memory and places that its parts share. */
#include "policy/parse.h"

#include <errno.h>
#include <string.h>

#include <postern/limits.h>

#include "base/vec.h"

void parser_advance(struct parser *p)
{
	if (p->tok.kind == TOKEN_STRING && p->long_string.len == 0 &&
	    memchr(p->src->text + p->tok.off, '\n', p->tok.len))
		p->long_string = p->tok;
	p->end = p->tok.off + p->tok.len;
	p->tok = lex_next(p->src, p->end);
}

bool parser_accept(struct parser *p, enum token_kind kind)
{
	if (p->tok.kind != kind)
		return false;
	parser_advance(p);
	return true;
}

bool parser_expect(struct parser *p, enum token_kind kind, const char *what)
{
	if (parser_accept(p, kind))
		return true;
	unexpected(p, what);
	return false;
}

struct span parser_span(const struct parser *p, uint32_t from)
{
	return (struct span){ .src = p->src, .off = from, .len = p->end - from };
}

struct span token_span(const struct parser *p, struct token t)
{
	return (struct span){ .src = p->src, .off = t.off, .len = t.len };
}

struct text token_text(const struct parser *p, struct token t)
{
	return (struct text){ .s = p->src->text + t.off, .len = t.len };
}

void *parser_alloc(struct parser *p, size_t n)
{
	void *memory = arena_alloc(p->arena, n);

	if (!memory)
		p->err = -ENOMEM;
	return memory;
}

struct text parser_text(struct parser *p, const char *s, size_t len)
{
	struct text t = { .s = arena_strndup(p->arena, s, len), .len = len };

	if (!t.s)
		p->err = -ENOMEM;
	return t;
}

void *parser_grow(struct parser *p, void *items, size_t n, size_t size)
{
	void *moved;

	if ((n & (n - 1)) != 0) /* full only at 0, 1, 2, 4, 8, … elements */
		return items;
	moved = arena_array(p->arena, n ? 2 * n : 1, size);
	if (!moved)
		p->err = -ENOMEM;
	else if (n)
		memcpy(moved, items, n * size);
	return moved;
}

/* Goes on behind the line where the string starts: it lacked its end, and what it swallowed is text again. */
static void leave_long_string(struct parser *p)
{
	const char *start = p->src->text + p->long_string.off;
	const char *newline = memchr(start, '\n', p->long_string.len);

	p->end = (uint32_t)(newline - p->src->text);
	p->tok = lex_next(p->src, p->end);
}

/*
 * Resumes after a statement that could not be read: behind the next `;` that something follows which could start a
 * statement, so that a `;` within braces does not make the rest of its statement a second error. A statement that only
 * lacks its own `;` is followed by the next one at once.
 */
static void skip_statement(struct parser *p, uint32_t from)
{
	bool after = false;

	if (p->long_string.len)
		leave_long_string(p);
	for (; p->tok.kind != TOKEN_END; parser_advance(p)) {
		bool starts = p->tok.kind == TOKEN_AT || p->tok.kind == TOKEN_WORD;
		bool effect = p->tok.word == WORD_PERMIT || p->tok.word == WORD_FORBID;

		if (p->tok.off > from && ((after && starts) || p->tok.kind == TOKEN_AT || effect))
			return;
		after = p->tok.kind == TOKEN_SEMICOLON;
	}
}

static int append(struct policy_set *set, struct policy *policy)
{
	int r = vec_room((void **)&set->policies, &set->cap, set->n + 1, sizeof(set->policies[0]));

	if (r == 0)
		set->policies[set->n++] = policy;
	return r;
}

static int parse_statements(struct parser *p, struct policy_set *set)
{
	while (p->tok.kind != TOKEN_END && !p->err) {
		uint32_t from = p->tok.off;
		struct policy *policy = parse_policy(p);

		if (!policy && !p->err)
			skip_statement(p, from);
		if (!policy || p->errors)
			continue;
		if (set->n == POSTERN_POLICIES_MAX) {
			diag_error(p->d, "limit-policies", policy->span,
				   "merge policies, or split the bundle over hosts by audience",
				   "more than %d policies", POSTERN_POLICIES_MAX);
			return -E2BIG;
		}
		p->err = append(set, policy);
	}
	return p->err ? p->err : p->errors ? -EBADMSG : 0;
}

/* Position of the first byte that is not UTF-8, or the length. */
static size_t utf8_valid_length(const char *s, size_t len)
{
	uint32_t point;
	size_t at = 0, n;

	while (at < len && utf8_decode(s + at, len - at, &point, &n) == 0)
		at += n;
	return at;
}

/* A copy of the source that lives as long as the set, for the spans. */
static int keep_source(struct arena *arena, const struct source *src, const struct source **ret)
{
	struct source *copy = arena_new_of(arena, struct source);

	if (!copy)
		return -ENOMEM;
	copy->len = src->len;
	copy->text = arena_strndup(arena, src->text, src->len);
	copy->name = src->name ? arena_strndup(arena, src->name, strlen(src->name)) : NULL;
	if (!copy->text || (src->name && !copy->name))
		return -ENOMEM;
	*ret = copy;
	return 0;
}

static int parser_start(struct parser *p, struct policy_set *set, const struct source *src,
			struct diags *d)
{
	size_t valid;
	int r;

	if (src->len > POSTERN_BUNDLE_INFLATED_MAX) {
		diag_error(d, "limit-text", NOWHERE, "split the file",
			   "%s: %zu bytes of policies, more than %u",
			   src->name ? src->name : "text", src->len, POSTERN_BUNDLE_INFLATED_MAX);
		return -E2BIG;
	}
	valid = utf8_valid_length(src->text, src->len);
	if (valid < src->len) {
		diag_error(d, "syntax-utf8", ((struct span){ src, (uint32_t)valid, 1 }),
			   "save the file as UTF-8", "byte 0x%02x is not UTF-8",
			   (unsigned char)src->text[valid]);
		return -EBADMSG;
	}
	*p = (struct parser){ .arena = set->arena, .d = d };
	r = keep_source(set->arena, src, &p->src);
	if (r < 0)
		return r;
	p->tok = lex_next(p->src, 0);
	return 0;
}

int policy_parse(struct policy_set *set, const struct source *src, struct diags *d)
{
	size_t before = set->n;
	struct parser p;
	int r = parser_start(&p, set, src, d);

	if (r < 0)
		return r;
	r = parse_statements(&p, set);
	if (r < 0)
		set->n = before;
	else
		set->checked = false;
	return r;
}

int policy_parse_expr(struct policy_set *set, const struct source *src, struct diags *d,
		      struct expr **ret)
{
	struct parser p;
	struct expr *e;
	int r = parser_start(&p, set, src, d);

	if (r < 0)
		return r;
	p.slots = true;
	e = parse_expr(&p);
	if (e && !p.errors && p.tok.kind != TOKEN_END)
		unexpected(&p, "an operator or the end of the expression");
	if (p.err || p.errors)
		return p.err ? p.err : -EBADMSG;
	*ret = e;
	return 0;
}
