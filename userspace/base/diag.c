/* SPDX-License-Identifier: BSD-2-Clause */
/* Collecting diagnostics: places become line, column and excerpt while the source still exists. */
#include "base/diag.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/vec.h"

enum {
	LIMIT_DEFAULT = 100,
	EXCERPT_MOST = 160, /* bytes shown of a longer line, e.g. of a JSON file in one line */
	EXCERPT_BEFORE = 60, /* of which so many before the place */
};

static void diag_free(struct diag *m)
{
	free(m->file);
	free(m->text);
	free(m->hint);
	free(m->excerpt);
}

void diags_free(struct diags *d)
{
	for (size_t i = 0; i < d->n; i++)
		diag_free(&d->items[i]);
	free(d->items);
	*d = DIAGS_INIT;
}

/* Start of the line that holds byte `off`. */
static size_t line_start(const struct source *src, size_t off)
{
	while (off > 0 && src->text[off - 1] != '\n')
		off--;
	return off;
}

static size_t line_end(const struct source *src, size_t off)
{
	while (off < src->len && src->text[off] != '\n')
		off++;
	return off > 0 && src->text[off - 1] == '\r' ? off - 1 : off;
}

void source_position(const struct source *src, uint32_t off, uint32_t *ret_line, uint32_t *ret_col)
{
	size_t at = off < src->len ? off : src->len;
	uint32_t line = 1;

	for (size_t i = 0; i < at; i++)
		if (src->text[i] == '\n')
			line++;
	*ret_line = line;
	*ret_col = (uint32_t)(at - line_start(src, at)) + 1;
}

static bool is_continuation(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/* Narrows [*from, *to) to the bytes shown around `at`, without cutting a UTF-8 sequence. */
static void clip(const struct source *src, size_t at, size_t *from, size_t *to)
{
	if (*to - *from <= EXCERPT_MOST)
		return;
	if (at - *from > EXCERPT_BEFORE)
		*from = at - EXCERPT_BEFORE;
	while (*from < at && is_continuation(src->text[*from]))
		(*from)++;
	if (*to - *from > EXCERPT_MOST)
		*to = *from + EXCERPT_MOST;
	while (*to > *from && *to < src->len && is_continuation(src->text[*to]))
		(*to)--;
}

/* Copies the line of the place into `m`, with the caret's place in it. 0 or -ENOMEM. */
static int take_excerpt(struct diag *m, struct span where)
{
	const struct source *src = where.src;
	size_t at = where.off < src->len ? where.off : src->len;
	size_t from = line_start(src, at);
	size_t to = line_end(src, at);
	size_t width;

	if (to < at)
		to = at; /* the place is the line's own end */
	clip(src, at, &from, &to);
	width = where.len < to - at ? where.len : to - at;
	m->excerpt = strndup(src->text + from, to - from);
	m->caret = (uint32_t)(at - from);
	m->width = width ? (uint32_t)width : 1;
	source_position(src, where.off, &m->line, &m->col);
	return m->excerpt ? 0 : -ENOMEM;
}

static int fill_place(struct diag *m, struct span where)
{
	if (!where.src)
		return 0;
	if (where.src->name) {
		m->file = strdup(where.src->name);
		if (!m->file)
			return -ENOMEM;
	}
	return where.src->text ? take_excerpt(m, where) : 0;
}

__attribute__((format(printf, 3, 0))) static int fill_words(struct diag *m, const char *hint,
							    const char *fmt, va_list ap)
{
	if (vasprintf(&m->text, fmt, ap) < 0) {
		m->text = NULL;
		return -ENOMEM;
	}
	if (!hint)
		return 0;
	m->hint = strdup(hint);
	return m->hint ? 0 : -ENOMEM;
}

static void count(struct diags *d, enum diag_level level)
{
	d->errors += level == DIAG_ERROR;
	d->warnings += level == DIAG_WARNING;
}

void diag_add(struct diags *d, enum diag_level level, const char *code, struct span where,
	      const char *hint, const char *fmt, ...)
{
	struct diag m = { .level = level, .code = code };
	va_list ap;
	int r;

	count(d, level);
	if (d->n >= (d->limit ? d->limit : LIMIT_DEFAULT))
		return;
	va_start(ap, fmt);
	r = fill_words(&m, hint, fmt, ap);
	va_end(ap);
	if (r == 0)
		r = fill_place(&m, where);
	if (r == 0)
		r = vec_push(d, m);
	if (r < 0) {
		diag_free(&m);
		d->err = r;
	}
}

void diags_take(struct diags *d, struct diag *m)
{
	count(d, m->level);
	if (m->text && d->n < (d->limit ? d->limit : LIMIT_DEFAULT) && vec_push(d, *m) == 0)
		return;
	diag_free(m);
}
