/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the parts of the parser share: a recursive-descent parser with one token of lookahead.
 *
 * Functions that give a node answer NULL when they cannot go on; the message is then already in the diags, and the caller
 * gives up its own node too, up to the statement, which resumes after the next `;`. What is wrong but does not hinder
 * reading on (a reserved name, a bad escape) is only reported, and the statement is dropped at its end.
 */
#pragma once

#include "base/arena.h"
#include "policy/lex.h"
#include "policy/policy.h"

struct parser {
	struct arena *arena;
	const struct source *src; /* in the arena: spans point to it */
	struct diags *d;
	struct token tok; /* the next one, not yet taken */
	uint32_t end; /* where the last taken token ended */
	struct token
		long_string; /* the statement's first string over several lines; length 0: none yet */
	unsigned int depth; /* of expressions within expressions */
	bool slots; /* template slots may stand in expressions */
	size_t errors;
	int err; /* sticky: -ENOMEM */
};

/* parse.c: tokens, messages, memory */
void parser_advance(struct parser *p);
/* Takes the token if it is of that kind. */
bool parser_accept(struct parser *p, enum token_kind kind);
/* The same, else says that `what` was expected there. */
bool parser_expect(struct parser *p, enum token_kind kind, const char *what);
struct span parser_span(const struct parser *p,
			uint32_t from); /* from there to the last token's end */
struct span token_span(const struct parser *p, struct token t);
struct text token_text(const struct parser *p,
		       struct token t); /* borrowed from the source copy; no NUL after it */
struct text parser_text(struct parser *p, const char *s,
			size_t len); /* a copy; err on lack of memory */
/* Zeroed memory of the set; NULL and err on lack of it. */
void *parser_alloc(struct parser *p, size_t n);
/* Room for element `n` of an array that grows by doubling: the array, moved if needed, or NULL. */
void *parser_grow(struct parser *p, void *items, size_t n, size_t size);
#define parser_push(p, items, n, value)                                                            \
	({                                                                                         \
		__typeof__(items) grown_ = parser_grow((p), (items), (n), sizeof(*(items)));       \
		if (grown_) {                                                                      \
			(items) = grown_;                                                          \
			(items)[(n)++] = (value);                                                  \
		}                                                                                  \
		grown_ != NULL;                                                                    \
	})
#define syntax_error(p, code, where, hint, ...)                                                    \
	do {                                                                                       \
		(p)->errors++;                                                                     \
		diag_error((p)->d, (code), (where), (hint), __VA_ARGS__);                          \
	} while (0)

/* parse_hint.c: messages for a token that cannot stand where it does */
void unexpected(struct parser *p, const char *wanted);
/* The known word nearest to the token's, as a hint, or `otherwise`. `buf` holds the text. */
const char *nearest_word(const struct parser *p, struct token t, const char *const *known, size_t n,
			 const char *otherwise, char buf[static 96]);

/* parse_string.c: what a string token means. On a bad escape: reported, the rest of the string kept. */
bool parse_string_token(struct parser *p, struct text *ret);
bool parse_pattern_token(struct parser *p, struct pattern_part **ret, size_t *ret_n);

/* parse_name.c */
/* One identifier, which must not be reserved (reported). `role`: what it is to be ("an attribute name"). */
bool parse_name(struct parser *p, const char *role, struct text *ret);
/* A, A::B, or A::B::"id". */
struct path {
	struct text name; /* without white space */
	struct text id; /* of an entity */
	bool is_entity;
	bool single; /* one identifier */
	struct token first;
};
bool parse_path(struct parser *p, struct path *ret);
/* A name with its place, to find the ones that occur twice. */
struct named {
	struct text name;
	struct span span;
};
/* Reports every later one of equal names as "duplicate `what` `name`". */
void report_duplicates(struct parser *p, struct named *items, size_t n, const char *code,
		       const char *what);

/* parse_expr.c: operators */
struct expr *parse_expr(struct parser *p);
struct expr *parse_add(struct parser *p);
struct expr *parse_unary(struct parser *p);
/* parse_relation.c */
struct expr *parse_relation(struct parser *p);
/* parse_member.c, parse_primary.c */
struct expr *parse_member(struct parser *p);
struct expr *parse_accesses(struct parser *p, uint32_t from, struct expr *e);
bool parse_arguments(struct parser *p, enum token_kind close, const char *what, struct expr *e);
struct expr *parse_primary(struct parser *p);
/* A call of the function that the path names; the next token is its `(`. */
struct expr *parse_call(struct parser *p, const struct path *path);
/* Whether the number of arguments suits the method; unknown methods are reported too. */
void check_method(struct parser *p, struct token name, const struct expr *call);
/* The literal; what does not fit in 64 bits with its sign is reported. */
struct expr *expr_number(struct parser *p, uint32_t from, struct token number, bool negative);

/* Nodes. `from`: offset where the text of the node starts; it ends with the last taken token. */
struct expr *expr_new(struct parser *p, enum expr_kind kind, uint32_t from);
/* Adds an operand, keeping the height; false past EXPR_HEIGHT_MAX (reported) or without memory. */
bool expr_add(struct parser *p, struct expr *e, struct expr *arg);
struct expr *expr_unary(struct parser *p, enum expr_kind kind, uint32_t from, struct expr *a);
struct expr *expr_binary(struct parser *p, enum expr_kind kind, uint32_t from, struct expr *a,
			 struct expr *b);

/* parse_policy.c: one statement, NULL when it cannot be read to its end. */
struct policy *parse_policy(struct parser *p);
/* parse_scope.c: the three parts between the parentheses. */
bool parse_scope(struct parser *p, struct policy *ret);
