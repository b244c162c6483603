/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Diagnostics: what code below daemon/ and cli/ says instead of logging. A message names its
 * place (file, line, column), the cause, and a hint: the next thing to try. Several are kept per
 * run; rendering shows the source line with a caret under the place.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* A text that messages point into. Not owned; it must outlive what points into it. */
struct source {
	const char *name; /* as the user knows it: "policies/base.cedar" */
	const char *text;
	size_t len;
};

/* A place: byte offset and length in a source. `src` NULL means no place is known. */
struct span {
	const struct source *src;
	uint32_t off;
	uint32_t len;
};

enum diag_level { DIAG_NOTE, DIAG_WARNING, DIAG_ERROR };

struct diag {
	enum diag_level level;
	const char *code; /* static, stable, kebab-case: "profile-arithmetic"; tests match on it */
	char *file; /* owned copy of the source's name, or NULL */
	uint32_t line, col; /* from 1; col counts bytes; 0 without a place */
	char *text; /* owned: the cause */
	char *hint; /* owned: what to write or do instead, or NULL */
	char *excerpt; /* owned: the source line, or NULL */
	uint32_t caret, width; /* where the caret goes in excerpt (from 0) and how wide it is */
};

struct diags {
	struct diag *items; /* owned */
	size_t n, cap;
	size_t errors, warnings;
	size_t limit; /* keep at most so many (0: 100); more are counted, not kept */
	int err; /* sticky -ENOMEM */
};

#define DIAGS_INIT ((struct diags){ 0 })

/* Releases all and returns to DIAGS_INIT; valid at rest. */
void diags_free(struct diags *d);

/* Adds one message at `where`. `hint` may be NULL. Never fails visibly: see diags.err. */
void diag_add(struct diags *d, enum diag_level level, const char *code, struct span where,
	      const char *hint, const char *fmt, ...) __attribute__((format(printf, 6, 7)));

/* Adds one that is made already: its texts are stolen, also when there is no room for it. */
void diags_take(struct diags *d, struct diag *m);

#define diag_error(d, code, where, hint, ...)                                                      \
	diag_add((d), DIAG_ERROR, (code), (where), (hint), __VA_ARGS__)
#define diag_warning(d, code, where, hint, ...)                                                    \
	diag_add((d), DIAG_WARNING, (code), (where), (hint), __VA_ARGS__)

/* An error that has no place in a text, e.g. of a file that cannot be read. */
#define NOWHERE ((struct span){ 0 })

/*
 * All messages, in order, as people read them:
 *   policies/base.cedar:3:9: error: text [code]
 *     3 | source line
 *       |         ^~~~
 *       = try: hint
 * `colour` adds ANSI colours.
 */
void diags_render(const struct diags *d, struct buf *out, bool colour);

/* Line and column (from 1, bytes) of an offset. */
void source_position(const struct source *src, uint32_t off, uint32_t *ret_line, uint32_t *ret_col);

#define _cleanup_diags_ _cleanup_(diags_free)
