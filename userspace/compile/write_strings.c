/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of strings: open addressing over lines of four places, at most half full, and short
 * probes: with a seed that makes them long, the table is made anew with another one.
 */
#include "compile/writer.h"

enum { PROBE_MAX = 8, TRIES = 64 };

void writer_string(struct writer *w, uint32_t kind, uint32_t node, struct text text, uint32_t value)
{
	struct string_entry e = { kind, node, (uint32_t)text.len, 0, value };

	/* A longer text is never looked up: who has one is locked down. */
	if (text.len > POSTERN_STRING_MAX)
		return;
	e.line = writer_text(w, text);
	if (!w->err)
		w->err = vec_push(&w->strings, e);
}

struct table {
	struct postern_string *places; /* owned */
	uint32_t mask; /* lines - 1 */
	uint32_t probe; /* lines that a lookup must look at */
	uint64_t seed;
};

static struct postern_string string_of(const struct writer *w, const struct string_entry *e,
				       uint64_t seed)
{
	struct postern_text text = {
		.addr = (uint64_t)(uintptr_t)&w->lines.items[e->line],
		.len = e->len,
	};
	struct postern_string s = {
		.tag = POSTERN_TAG(e->kind, e->node, e->len),
		.line = e->line,
		.value = e->value,
	};

	s.hash = postern_hash(seed, s.tag, &text);
	return s;
}

static bool place(struct table *t, struct postern_string s)
{
	for (uint32_t i = 0; i < PROBE_MAX * 4; i++) {
		struct postern_string *at =
			&t->places[(size_t)((s.hash + i / 4) & t->mask) * 4 + i % 4];

		if (at->line)
			continue;
		*at = s;
		if (i / 4 + 1 > t->probe)
			t->probe = i / 4 + 1;
		return true;
	}
	return false;
}

static bool fill(const struct writer *w, struct table *t)
{
	memset(t->places, 0, ((size_t)t->mask + 1) * POSTERN_LINE);
	t->probe = 1;
	for (size_t i = 0; i < w->strings.n; i++)
		if (!place(t, string_of(w, &w->strings.items[i], t->seed)))
			return false;
	return true;
}

/* Tries seeds, and from time to time a larger table. */
static int build(const struct writer *w, struct table *t)
{
	size_t lines = 1;

	while (lines * 2 < w->strings.n)
		lines *= 2;
	for (int try = 0; try < TRIES; try++, t->seed = t->seed * 0x9e3779b97f4a7c15ull + 1) {
		if (try % 4 == 3)
			lines *= 2;
		if (lines > POSTERN_IMAGE_LINES_MAX)
			return -E2BIG;
		free(t->places);
		t->mask = (uint32_t)lines - 1;
		t->places = calloc(lines, POSTERN_LINE);
		if (!t->places)
			return -ENOMEM;
		if (fill(w, t))
			return 0;
	}
	return -E2BIG;
}

void writer_strings(struct writer *w)
{
	struct table t = { .seed = w->seed };
	struct postern_header *h;
	uint32_t line;

	if (w->err)
		return;
	w->err = build(w, &t);
	if (!w->err) {
		line = writer_bytes(w, t.places, ((size_t)t.mask + 1) * POSTERN_LINE);
		h = writer_at(w, 0);
		h->seed = t.seed;
		h->strings_line = line;
		h->strings_mask = t.mask;
		h->strings_probe = t.probe;
	}
	free(t.places);
}
