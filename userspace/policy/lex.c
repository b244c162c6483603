/* SPDX-License-Identifier: BSD-2-Clause */
/* Lexer: longest token first, no state but the offset. */
#include "policy/lex.h"

#include <string.h>

struct cursor {
	const char *s;
	uint32_t len;
	uint32_t at;
};

static const char *const words[] = {
	[WORD_TRUE] = "true",
	[WORD_FALSE] = "false",
	[WORD_IF] = "if",
	[WORD_THEN] = "then",
	[WORD_ELSE] = "else",
	[WORD_IN] = "in",
	[WORD_IS] = "is",
	[WORD_HAS] = "has",
	[WORD_LIKE] = "like",
	[WORD_CEDAR] = "__cedar",
	[WORD_PRINCIPAL] = "principal",
	[WORD_ACTION] = "action",
	[WORD_RESOURCE] = "resource",
	[WORD_CONTEXT] = "context",
	[WORD_PERMIT] = "permit",
	[WORD_FORBID] = "forbid",
	[WORD_WHEN] = "when",
	[WORD_UNLESS] = "unless",
};

enum word lex_word(const char *s, size_t len)
{
	for (enum word w = 0; w < WORD_OTHER; w++)
		if (words[w][0] == s[0] && strlen(words[w]) == len && memcmp(words[w], s, len) == 0)
			return w;
	return WORD_OTHER;
}

static bool starts_word(char c)
{
	return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool lex_is_name(const char *s, size_t len)
{
	if (len == 0 || !starts_word(s[0]))
		return false;
	for (size_t i = 1; i < len; i++)
		if (!starts_word(s[i]) && !is_digit(s[i]))
			return false;
	return !word_reserved(lex_word(s, len));
}

/* Unicode's White_Space property, which is what the official grammar skips between tokens. */
static bool is_space(uint32_t point)
{
	switch (point) {
	case 0x09 ... 0x0d:
	case 0x20:
	case 0x85:
	case 0xa0:
	case 0x1680:
	case 0x2000 ... 0x200a:
	case 0x2028:
	case 0x2029:
	case 0x202f:
	case 0x205f:
	case 0x3000:
		return true;
	default:
		return false;
	}
}

/* Length of the white space character at the cursor, or 0. */
static size_t space_at(const struct cursor *c)
{
	uint32_t point;
	size_t n;

	if (c->at == c->len || utf8_decode(c->s + c->at, c->len - c->at, &point, &n) < 0)
		return 0;
	return is_space(point) ? n : 0;
}

static bool comment_at(const struct cursor *c)
{
	return c->len - c->at >= 2 && c->s[c->at] == '/' && c->s[c->at + 1] == '/';
}

static void skip_blank(struct cursor *c)
{
	size_t n;

	for (;;) {
		if (comment_at(c))
			while (c->at < c->len && c->s[c->at] != '\n' && c->s[c->at] != '\r')
				c->at++;
		n = space_at(c);
		if (n == 0)
			return;
		c->at += (uint32_t)n;
	}
}

static uint32_t word_length(const struct cursor *c)
{
	uint32_t n = 1;

	while (c->at + n < c->len && (starts_word(c->s[c->at + n]) || is_digit(c->s[c->at + n])))
		n++;
	return n;
}

static uint32_t number_length(const struct cursor *c)
{
	uint32_t n = 1;

	while (c->at + n < c->len && is_digit(c->s[c->at + n]))
		n++;
	return n;
}

/*
 * Length of the string at the cursor. A string may span lines, but a backslash at the end of a line ends no string;
 * without a closing quote the token is bad and reaches to the end of its line.
 */
static uint32_t string_length(const struct cursor *c, enum token_kind *ret_kind)
{
	uint32_t i = c->at + 1;
	const char *newline;

	while (i < c->len && c->s[i] != '"') {
		if (c->s[i] == '\\') {
			i++;
			if (i == c->len || c->s[i] == '\n')
				break;
		}
		i++;
	}
	if (i < c->len && c->s[i] == '"') {
		*ret_kind = TOKEN_STRING;
		return i + 1 - c->at;
	}
	*ret_kind = TOKEN_BAD;
	newline = memchr(c->s + c->at, '\n', c->len - c->at);
	return newline ? (uint32_t)(newline - c->s) - c->at : c->len - c->at;
}

/* A punctuation mark; `n` bytes of it are in the text. */
static enum token_kind mark(const char *s, uint32_t left, uint32_t *n)
{
	static const struct {
		char text[3];
		enum token_kind kind;
	} marks[] = {
		/* longer ones first */
		{ "::", TOKEN_PATH },	     { "==", TOKEN_EQ },
		{ "!=", TOKEN_NE },	     { "<=", TOKEN_LE },
		{ ">=", TOKEN_GE },	     { "||", TOKEN_OR },
		{ "&&", TOKEN_AND },	     { "@", TOKEN_AT },
		{ ".", TOKEN_DOT },	     { ",", TOKEN_COMMA },
		{ ";", TOKEN_SEMICOLON },    { ":", TOKEN_COLON },
		{ "(", TOKEN_PAREN_OPEN },   { ")", TOKEN_PAREN_CLOSE },
		{ "{", TOKEN_BRACE_OPEN },   { "}", TOKEN_BRACE_CLOSE },
		{ "[", TOKEN_BRACKET_OPEN }, { "]", TOKEN_BRACKET_CLOSE },
		{ "<", TOKEN_LT },	     { ">", TOKEN_GT },
		{ "+", TOKEN_PLUS },	     { "-", TOKEN_MINUS },
		{ "*", TOKEN_STAR },	     { "/", TOKEN_SLASH },
		{ "%", TOKEN_PERCENT },	     { "!", TOKEN_BANG },
		{ "=", TOKEN_ASSIGN },
	};

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		*n = marks[i].text[1] ? 2 : 1;
		if (*n <= left && memcmp(marks[i].text, s, *n) == 0)
			return marks[i].kind;
	}
	*n = 0;
	return TOKEN_BAD;
}

/* One whole character that starts no token, so that an excerpt never shows half of one. */
static uint32_t bad_length(const struct cursor *c)
{
	uint32_t point;
	size_t n;

	if (utf8_decode(c->s + c->at, c->len - c->at, &point, &n) < 0)
		return 1;
	return (uint32_t)n;
}

struct token lex_next(const struct source *src, uint32_t off)
{
	struct cursor c = { .s = src->text, .len = (uint32_t)src->len, .at = off };
	struct token t = { .kind = TOKEN_END, .word = WORD_OTHER };

	skip_blank(&c);
	t.off = c.at;
	if (c.at == c.len)
		return t;
	if (starts_word(c.s[c.at])) {
		t.kind = TOKEN_WORD;
		t.len = word_length(&c);
		t.word = lex_word(c.s + c.at, t.len);
	} else if (is_digit(c.s[c.at])) {
		t.kind = TOKEN_NUMBER;
		t.len = number_length(&c);
	} else if (c.s[c.at] == '"') {
		t.len = string_length(&c, &t.kind);
	} else if (c.s[c.at] == '?' && c.len - c.at > 1 && starts_word(c.s[c.at + 1])) {
		t.kind = TOKEN_SLOT;
		c.at++;
		t.len = 1 + word_length(&c);
	} else {
		t.kind = mark(c.s + c.at, c.len - c.at, &t.len);
		if (t.kind == TOKEN_BAD)
			t.len = bad_length(&c);
	}
	return t;
}
