/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Strings and patterns. The escapes are Rust's, as the official parser takes them: \n \r \t \\ \0 \' \" \x7f \u{1f600}
 * (one to six hexadecimal digits, underscores between them), and in patterns \* for the character.
 */
#include "policy/parse.h"

#include <string.h>

/* A string token being read; `at` goes through the bytes between the quotes. */
struct reader {
	struct parser *p;
	const char *s;
	size_t at, end;
	uint32_t off; /* of the token */
};

static void bad_escape(struct reader *r, size_t from, const char *hint, const char *why)
{
	struct span where = { .src = r->p->src, .off = r->off + (uint32_t)from };

	where.len = (uint32_t)((r->at < r->end ? r->at : r->end) - from);
	syntax_error(r->p, "syntax-escape", where, hint, "%s", why);
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Two digits after \x; only ASCII can be written so. */
static bool hex_escape(struct reader *r, size_t from, uint32_t *ret)
{
	uint32_t value = 0;

	for (int i = 0; i < 2; i++) {
		int digit = r->at < r->end ? hex_value(r->s[r->at]) : -1;

		if (digit < 0) {
			bad_escape(r, from, "write two hexadecimal digits, e.g. \\x41",
				   "\\x without two hexadecimal digits");
			return false;
		}
		value = value * 16 + (uint32_t)digit;
		r->at++;
	}
	if (value > 0x7f) {
		bad_escape(r, from, "write \\u{…} for a character beyond ASCII",
			   "\\x stands for an ASCII character, at most \\x7f");
		return false;
	}
	*ret = value;
	return true;
}

static const char *unicode_digits(struct reader *r, uint32_t *ret)
{
	uint32_t value = 0;
	int digits = 0;

	if (r->at == r->end || r->s[r->at] != '{')
		return "\\u without `{`";
	for (r->at++; r->at < r->end && r->s[r->at] != '}'; r->at++) {
		int digit = hex_value(r->s[r->at]);

		if (r->s[r->at] == '_' && digits > 0)
			continue;
		if (digit < 0)
			return "\\u{…} with something that is no hexadecimal digit";
		if (++digits > 6)
			return "\\u{…} with more than six digits";
		value = value * 16 + (uint32_t)digit;
	}
	if (r->at == r->end)
		return "\\u{ without `}`";
	r->at++;
	if (digits == 0)
		return "\\u{} without a digit";
	if (value > 0x10ffff || (value >= 0xd800 && value < 0xe000))
		return "\\u{…} that is no Unicode character";
	*ret = value;
	return NULL;
}

static bool unicode_escape(struct reader *r, size_t from, uint32_t *ret)
{
	const char *why = unicode_digits(r, ret);

	if (why)
		bad_escape(r, from, "write one to six hexadecimal digits, e.g. \\u{e9}", why);
	return !why;
}

/* An escape whose backslash is at `from` and taken. */
static bool read_escape(struct reader *r, uint32_t *ret)
{
	static const char names[] = "nrt\\0'\"", values[] = "\n\r\t\\\0'\"";
	size_t from = r->at - 1, n = 1;
	uint32_t point = 0;
	const char *known = memchr(names, r->s[r->at], sizeof(names) - 1);

	if (known) {
		r->at++;
		*ret = (unsigned char)values[known - names];
		return true;
	}
	(void)utf8_decode(r->s + r->at, r->end - r->at, &point, &n);
	r->at += n;
	if (point == 'x')
		return hex_escape(r, from, ret);
	if (point == 'u')
		return unicode_escape(r, from, ret);
	bad_escape(r, from,
		   point == '*' ? "`*` needs no backslash here; \\* is for patterns of `like`"
				: "write \\\\ for a backslash",
		   "unknown escape");
	return false;
}

/* What the next character of a string or pattern is. */
enum piece { PIECE_CHARACTER, PIECE_STAR_CHARACTER, PIECE_BAD };

static enum piece read_piece(struct reader *r, bool pattern, uint32_t *ret)
{
	size_t n = 1;

	if (r->s[r->at] == '\\') {
		r->at++;
		if (pattern && r->s[r->at] == '*') {
			r->at++;
			return PIECE_STAR_CHARACTER;
		}
		return read_escape(r, ret) ? PIECE_CHARACTER : PIECE_BAD;
	}
	(void)utf8_decode(r->s + r->at, r->end - r->at, ret, &n);
	r->at += n;
	if (*ret != '\r')
		return PIECE_CHARACTER;
	bad_escape(r, r->at - 1, "end lines with a newline alone, or write \\r",
		   "carriage return in a string");
	return PIECE_BAD;
}

static struct reader reader_of(struct parser *p)
{
	return (struct reader){ .p = p,
				.s = p->src->text + p->tok.off,
				.at = 1,
				.end = p->tok.len - 1,
				.off = p->tok.off };
}

bool parse_string_token(struct parser *p, struct text *ret)
{
	struct reader r = reader_of(p);
	char *out = parser_alloc(p, p->tok.len); /* no escape is shorter than what it stands for */
	size_t n = 0;

	if (!out)
		return false;
	while (r.at < r.end) {
		uint32_t point = 0;

		if (read_piece(&r, false, &point) == PIECE_CHARACTER)
			n += utf8_encode(point, out + n);
	}
	*ret = (struct text){ .s = out, .len = n };
	parser_advance(p);
	return true;
}

/* The literal run that `out` gathers, ended by a NUL of its own. */
static bool add_literal(struct parser *p, struct pattern_part **parts, size_t *n, struct text run)
{
	if (run.len == 0)
		return true;
	return parser_push(p, *parts, *n, ((struct pattern_part){ .literal = run }));
}

bool parse_pattern_token(struct parser *p, struct pattern_part **ret, size_t *ret_n)
{
	struct reader r = reader_of(p);
	char *out = parser_alloc(
		p, 2 * (size_t)p->tok.len); /* each star in the text leaves room for a NUL */
	struct pattern_part *parts = NULL;
	struct text run = { .s = out };
	size_t n = 0;

	if (!out)
		return false;
	while (r.at < r.end) {
		uint32_t point = '*';
		enum piece piece = read_piece(&r, true, &point);

		if (piece == PIECE_STAR_CHARACTER || (piece == PIECE_CHARACTER && point != '*')) {
			run.len += utf8_encode(point, out + run.len);
		} else if (piece == PIECE_CHARACTER) {
			if (!add_literal(p, &parts, &n, run) ||
			    !parser_push(p, parts, n, ((struct pattern_part){ .star = true })))
				return false;
			out += run.len + 1;
			run = (struct text){ .s = out };
		}
	}
	if (!add_literal(p, &parts, &n, run))
		return false;
	*ret = parts;
	*ret_n = n;
	parser_advance(p);
	return true;
}
