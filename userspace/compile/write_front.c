/* SPDX-License-Identifier: BSD-2-Clause */
/* Writing the front of a tree, and the run of steps under each high half: in one word where a tree takes two. */
#include "compile/writer.h"

/* From so many keys on a front pays: a quarter of a MiB, and as much for the first steps of its runs. */
#define FRONT_KEYS 16384
#define RUN_WORDS_MAX (16 * POSTERN_RUN_LINES)

struct front {
	struct writer *w;
	const struct step_function *f;
	VEC(uint32_t) words; /* of all runs */
	uint32_t *entries; /* owned */
};

static bool can_be(const struct step_function *f)
{
	if (f->n <= FRONT_KEYS || f->wide)
		return false;
	for (size_t i = 0; i < f->n; i++)
		if (f->values[i] >= POSTERN_RUN_VALUE(POSTERN_RUN_TREE))
			return false;
	return true;
}

static void put(struct front *t, uint32_t word)
{
	if (!t->w->err)
		t->w->err = vec_push(&t->words, word);
}

/* A run that is too long: keys [first, end), of whole numbers, but for the first that holds from 0 on. */
static void put_tree(struct front *t, size_t first, size_t end)
{
	struct step_function f = { .values = t->f->values + first, .n = end - first };
	VEC(uint64_t) keys = { 0 };

	if (!t->w->err)
		t->w->err = vec_reserve(&keys, f.n);
	for (size_t i = first; !t->w->err && i < end; i++)
		t->w->err = vec_push(&keys, i == first ? 0 : t->f->keys[i]);
	f.keys = keys.items;
	put(t, POSTERN_RUN_TREE);
	put(t, t->w->err ? 0 : writer_tree(t->w, &f));
	vec_free(&keys);
}

/* The run of a high half: key `first` holds at its beginning, those up to `end` begin within it. */
static void put_run(struct front *t, uint32_t high, size_t first, size_t end)
{
	if (t->words.n % 16 + (end - first) > RUN_WORDS_MAX) {
		put_tree(t, first, end);
		return;
	}
	for (size_t i = first; i < end; i++) {
		uint64_t key = t->f->keys[i];

		put(t, POSTERN_RUN_STEP(key >> 16 == high ? key : 0, t->f->values[i]));
	}
}

static void put_runs(struct front *t)
{
	size_t first = 0, end;

	for (uint32_t high = 0; high < POSTERN_FRONT_ENTRIES - 1; high++, first = end - 1) {
		if (first + 1 < t->f->n && t->f->keys[first + 1] == (uint64_t)high << 16)
			first++;
		for (end = first + 1; end < t->f->n && t->f->keys[end] >> 16 == high; end++)
			;
		t->entries[high] = (uint32_t)t->words.n;
		put_run(t, high, first, end);
	}
	t->entries[POSTERN_FRONT_ENTRIES - 1] = (uint32_t)t->words.n;
}

bool write_front(struct writer *w, uint32_t at, const struct step_function *f)
{
	struct front t = { .w = w, .f = f };
	struct postern_tree tree = { 0 };

	if (w->err || !can_be(f))
		return false;
	t.entries = calloc(POSTERN_FRONT_ENTRIES, sizeof(*t.entries));
	w->err = t.entries ? vec_reserve(&t.words, f->n + POSTERN_FRONT_ENTRIES) : -ENOMEM;
	if (!w->err)
		put_runs(&t);
	if (!w->err) {
		tree.keys = (uint32_t)t.words.n;
		tree.keys_line = writer_bytes(w, t.words.items, t.words.n * sizeof(uint32_t));
		tree.front_line =
			writer_bytes(w, t.entries, POSTERN_FRONT_ENTRIES * sizeof(*t.entries));
	}
	if (!w->err)
		memcpy(writer_at(w, at), &tree, sizeof(tree));
	vec_free(&t.words);
	free(t.entries);
	return true;
}
