/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lexer: the tokens of Cedar text, one at a time. The token rules are those of the grammar of the official parser
 * (cedar-policy 4, grammar.lalrpop): Unicode white space, `//` comments, ASCII identifiers.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"

enum token_kind {
	TOKEN_END,
	TOKEN_BAD, /* bytes that no token starts with, or a string without its closing quote */
	TOKEN_WORD, /* identifiers and keywords, see .word */
	TOKEN_NUMBER,
	TOKEN_STRING, /* with its quotes, still escaped */
	TOKEN_SLOT, /* ?name */
	TOKEN_AT,
	TOKEN_DOT,
	TOKEN_COMMA,
	TOKEN_SEMICOLON,
	TOKEN_COLON,
	TOKEN_PATH, /* :: */
	TOKEN_PAREN_OPEN,
	TOKEN_PAREN_CLOSE,
	TOKEN_BRACE_OPEN,
	TOKEN_BRACE_CLOSE,
	TOKEN_BRACKET_OPEN,
	TOKEN_BRACKET_CLOSE,
	TOKEN_EQ,
	TOKEN_NE,
	TOKEN_LT,
	TOKEN_LE,
	TOKEN_GT,
	TOKEN_GE,
	TOKEN_OR,
	TOKEN_AND,
	TOKEN_PLUS,
	TOKEN_MINUS,
	TOKEN_STAR,
	TOKEN_SLASH,
	TOKEN_PERCENT,
	TOKEN_BANG,
	TOKEN_ASSIGN,
};

/* Words with a meaning of their own. Those up to WORD_CEDAR are reserved: no identifier may be one. */
enum word {
	WORD_TRUE,
	WORD_FALSE,
	WORD_IF,
	WORD_THEN,
	WORD_ELSE,
	WORD_IN,
	WORD_IS,
	WORD_HAS,
	WORD_LIKE,
	WORD_CEDAR, /* __cedar */
	WORD_PRINCIPAL,
	WORD_ACTION,
	WORD_RESOURCE,
	WORD_CONTEXT,
	WORD_PERMIT,
	WORD_FORBID,
	WORD_WHEN,
	WORD_UNLESS,
	WORD_OTHER,
};

struct token {
	enum token_kind kind;
	enum word word; /* TOKEN_WORD: which; else WORD_OTHER */
	uint32_t off, len;
};

/* The first token at or after `off`; TOKEN_END with length 0 at the end. */
struct token lex_next(const struct source *src, uint32_t off);

/* Which word the bytes are. */
enum word lex_word(const char *s, size_t len);
static inline bool word_reserved(enum word w)
{
	return w <= WORD_CEDAR;
}

/* Whether the bytes are one identifier that may be used as a name: not empty, not reserved. */
bool lex_is_name(const char *s, size_t len);

/*
 * The code point at s[0..len) (len > 0) and its length in bytes. 0 or -EILSEQ for bytes that are not UTF-8
 * (RFC 3629: no overlong forms, no surrogates).
 */
int utf8_decode(const char *s, size_t len, uint32_t *ret_point, size_t *ret_len);

/* Writes a code point as UTF-8; returns its length in bytes, at most 4. */
size_t utf8_encode(uint32_t point, char *out);
