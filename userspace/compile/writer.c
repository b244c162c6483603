/* SPDX-License-Identifier: BSD-2-Clause */
/* Appending lines and bytes. */
#include "compile/writer.h"

int writer_init(struct writer *w, uint64_t seed)
{
	*w = (struct writer){ .seed = seed };
	if (intern_new(&w->texts))
		return -ENOMEM;
	writer_reserve(w, POSTERN_FIRST_FREE_LINE);
	return w->err;
}

void writer_deinit(struct writer *w)
{
	vec_free(&w->lines);
	intern_free(&w->texts);
	vec_free(&w->line_of_text);
	vec_free(&w->strings);
}

uint32_t writer_reserve(struct writer *w, size_t n)
{
	size_t first = w->lines.n;

	if (w->err)
		return 0;
	if (n > POSTERN_IMAGE_LINES_MAX - first)
		w->err = -E2BIG;
	else
		w->err = vec_reserve(&w->lines, first + n);
	if (w->err)
		return 0;
	if (n)
		memset(w->lines.items + first, 0, n * sizeof(*w->lines.items));
	w->lines.n += n;
	return (uint32_t)first;
}

void *writer_at(struct writer *w, uint32_t line)
{
	static struct postern_line sink[2]; /* a tree is two lines */

	return line < w->lines.n ? &w->lines.items[line] : sink;
}

uint32_t writer_bytes(struct writer *w, const void *bytes, size_t n)
{
	uint32_t first = writer_reserve(w, n ? (n + POSTERN_LINE - 1) / POSTERN_LINE : 1);

	if (!w->err && n)
		memcpy(&w->lines.items[first], bytes, n);
	return first;
}

uint32_t writer_text(struct writer *w, struct text text)
{
	uint32_t id, line;

	if (w->err)
		return 0;
	w->err = intern_put(w->texts, text.s, text.len, &id);
	if (w->err || id < w->line_of_text.n)
		return w->err ? 0 : w->line_of_text.items[id];
	line = writer_bytes(w, text.s, text.len);
	if (!w->err)
		w->err = vec_push(&w->line_of_text, line);
	return line;
}
