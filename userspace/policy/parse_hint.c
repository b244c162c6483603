/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages for a token that cannot stand where it does: what was meant, as far as one token tells. */
#include "policy/parse.h"

#include <stdio.h>
#include <string.h>

#include "base/suggest.h"

struct habit {
	const char *text; /* as written from the habit of another language */
	const char *hint;
};

/* Bytes that are no token of Cedar. `text` is the start of the bad token. */
static const struct habit bad_tokens[] = {
	{ "&", "write `&&` for a logical and" },
	{ "|", "write `||` for a logical or" },
	{ "'", "write strings in double quotes: \"text\"" },
	{ "`", "write strings in double quotes: \"text\"" },
	{ "\xe2\x80\x9c", "replace the typographic quotes by plain ones: \"text\"" },
	{ "\xe2\x80\x9d", "replace the typographic quotes by plain ones: \"text\"" },
	{ "\xe2\x80\x98", "write strings in plain double quotes: \"text\"" },
	{ "\xe2\x80\x99", "write strings in plain double quotes: \"text\"" },
	{ "#", "comments start with //" },
	{ "?", "there is no `? :`; write if … then … else …" },
	{ "\xef\xbb\xbf", "save the file without a byte order mark" },
	{ "\\", "escapes belong inside strings" },
};

static const struct habit words_meant[] = {
	{ "and", "write `&&` for a logical and" },
	{ "AND", "write `&&` for a logical and" },
	{ "or", "write `||` for a logical or" },
	{ "OR", "write `||` for a logical or" },
	{ "not", "write `!` for a logical not" },
	{ "NOT", "write `!` for a logical not" },
	{ "IN", "keywords are lower case: in" },
	{ "True", "keywords are lower case: true" },
	{ "False", "keywords are lower case: false" },
	{ "contains", "write it as a method: [1, 2].contains(x)" },
	{ "matches", "write `like` with a pattern: x like \"a*\"" },
	{ "endif", "an `if` ends with its else branch" },
};

static const char *bad_token_hint(struct text t)
{
	for (size_t i = 0; i < sizeof(bad_tokens) / sizeof(bad_tokens[0]); i++) {
		size_t n = strlen(bad_tokens[i].text);

		if (t.len >= n && memcmp(bad_tokens[i].text, t.s, n) == 0)
			return bad_tokens[i].hint;
	}
	return "remove it";
}

static const char *word_hint(struct text t)
{
	for (size_t i = 0; i < sizeof(words_meant) / sizeof(words_meant[0]); i++)
		if (text_is(t, words_meant[i].text))
			return words_meant[i].hint;
	return NULL;
}

static const char *token_hint(const struct parser *p)
{
	static const char *const hints[] = {
		[TOKEN_END] = "finish the policy; it ends with `;`",
		[TOKEN_ASSIGN] = "compare with `==`",
		[TOKEN_SEMICOLON] = "`;` ends a policy; close what is open before it",
		[TOKEN_SLOT] = "template slots stand only after `==` or `in` of the scope",
		[TOKEN_PERCENT] = "there is no `%` in Cedar",
		[TOKEN_COMMA] = "give a value before the comma, or remove it",
		[TOKEN_PAREN_CLOSE] =
			"close what is open before it, or give the value that is missing",
		[TOKEN_BRACE_CLOSE] =
			"close what is open before it, or give the value that is missing",
		[TOKEN_BRACKET_CLOSE] =
			"close what is open before it, or give the value that is missing",
	};
	const char *hint = NULL;

	if (p->tok.kind == TOKEN_WORD)
		hint = word_hint(token_text(p, p->tok));
	else if (p->tok.kind == TOKEN_SLASH && p->src->text[p->tok.off + 1] == '*')
		hint = "comments start with // and end with the line";
	else if (p->tok.kind < sizeof(hints) / sizeof(hints[0]))
		hint = hints[p->tok.kind];
	return hint ? hint : "remove it, or write what is missing before it";
}

/* A string without its end, or bytes that start no token. */
static void bad_token(struct parser *p)
{
	struct text t = token_text(p, p->tok);
	struct span where = token_span(p, p->tok);

	if (t.s[0] == '"') {
		syntax_error(
			p, "syntax-string", where,
			"close it with \", and write \\\" and \\\\ for these characters inside",
			"string without an end");
		return;
	}
	if (t.len == 1 && ((unsigned char)t.s[0] < 0x20 || t.s[0] == 0x7f))
		syntax_error(p, "syntax-token", where, "remove it", "control character 0x%02x",
			     (unsigned char)t.s[0]);
	else
		syntax_error(p, "syntax-token", where, bad_token_hint(t),
			     "`%.*s` is not part of the language", (int)t.len, t.s);
}

/* What follows a string over several lines does not fit: most likely the string lacks its end. */
static void unexpected_after_string(struct parser *p)
{
	struct span where = token_span(p, p->long_string);
	const char *start = p->src->text + where.off;
	const char *newline = memchr(start, '\n', where.len);

	where.len = (uint32_t)(newline - start);
	syntax_error(p, "syntax-string", where,
		     "close it with \", or write \\n for a line break inside",
		     "the string does not end on its line, and what follows it does not fit");
}

void unexpected(struct parser *p, const char *wanted)
{
	struct span where = token_span(p, p->tok);
	struct text t = token_text(p, p->tok);
	int shown = t.len > 40 ? 40 : (int)t.len;

	if (p->err)
		return;
	if (p->long_string.len) {
		unexpected_after_string(p);
	} else if (p->tok.kind == TOKEN_BAD) {
		bad_token(p);
	} else if (p->tok.kind == TOKEN_END) {
		where.off =
			p->end; /* where the missing text belongs, not behind comments and blank lines */
		syntax_error(p, "syntax-end", where, token_hint(p),
			     "the text ends where %s is expected", wanted);
	} else if (p->tok.kind == TOKEN_WORD && p->tok.word <= WORD_LIKE) {
		syntax_error(p, "syntax-unexpected", where, token_hint(p),
			     "expected %s, found the keyword `%.*s`", wanted, shown, t.s);
	} else {
		while (shown > 0 && shown < (int)t.len &&
		       ((unsigned char)t.s[shown] & 0xc0) == 0x80)
			shown--;
		syntax_error(p, "syntax-unexpected", where, token_hint(p),
			     "expected %s, found `%.*s%s`", wanted, shown, t.s,
			     shown < (int)t.len ? "…" : "");
	}
}

const char *nearest_word(const struct parser *p, struct token t, const char *const *known, size_t n,
			 const char *otherwise, char buf[static 96])
{
	struct text typed = token_text(p, t);
	const char *near = word_hint(typed);

	if (near)
		return near;
	if (typed.len >= 48)
		return otherwise;
	(void)snprintf(buf, 96, "%.*s", (int)typed.len, typed.s);
	near = suggest(buf, known, n);
	for (char *c = buf; *c && !near; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c - 'A' + 'a');
	if (!near)
		near = suggest(buf, known, n);
	if (!near)
		return otherwise;
	(void)snprintf(buf, 96, "write `%s`", near);
	return buf;
}
