/* SPDX-License-Identifier: BSD-2-Clause */
/* Writing a range tree, lowest level last in the file but first in the reckoning. */
#include "compile/writer.h"

struct shape {
	uint32_t fan; /* keys a line */
	uint32_t depth;
	size_t keys[POSTERN_TREE_LEVELS]; /* by level, top first */
	size_t stride[POSTERN_TREE_LEVELS]; /* keys of the lowest level under one key of this one */
};

static struct shape shape_of(size_t n, bool wide)
{
	struct shape s = { .fan = wide ? 8 : 16, .depth = 1 };
	size_t top = n, stride = 1;

	for (; top > s.fan; top = (top + s.fan - 1) / s.fan)
		s.depth++;
	for (uint32_t l = s.depth; l > 0; l--) {
		s.stride[l - 1] = stride;
		s.keys[l - 1] = (n + stride - 1) / stride;
		stride *= s.fan;
	}
	return s;
}

static uint32_t write_level(struct writer *w, const struct shape *s, uint32_t level,
			    const uint64_t *keys)
{
	size_t lines = (s->keys[level] + s->fan - 1) / s->fan;
	uint32_t first = writer_reserve(w, lines);
	uint64_t *wide;
	uint32_t *narrow;

	if (w->err)
		return 0;
	/* Unused places hold the largest key. */
	memset(&w->lines.items[first], 0xff, lines * POSTERN_LINE);
	wide = (uint64_t *)&w->lines.items[first];
	narrow = (uint32_t *)&w->lines.items[first];
	for (size_t i = 0; i < s->keys[level]; i++) {
		if (s->fan == 8)
			wide[i] = keys[i * s->stride[level]];
		else
			narrow[i] = (uint32_t)keys[i * s->stride[level]];
	}
	return first;
}

static void write_levels(struct writer *w, uint32_t at, const struct step_function *f)
{
	struct shape s = shape_of(f->n, f->wide);
	struct postern_tree tree = { .depth = s.depth, .keys = (uint32_t)f->n };

	for (uint32_t l = 0; l < s.depth; l++)
		tree.level[l] = write_level(w, &s, l, f->keys);
	tree.keys_line = tree.level[s.depth - 1];
	tree.values_line = writer_bytes(w, f->values, f->n * sizeof(*f->values));
	tree.level[s.depth] = tree.values_line;
	tree.level[s.depth + 1] = tree.values_line + tree.keys;
	if (!w->err)
		memcpy(writer_at(w, at), &tree, sizeof(tree));
}

void writer_tree_at(struct writer *w, uint32_t at, const struct step_function *f)
{
	if (!f->front || !write_front(w, at, f))
		write_levels(w, at, f);
}

uint32_t writer_tree(struct writer *w, const struct step_function *f)
{
	uint32_t at = writer_reserve(w, 1);

	if (!w->err)
		writer_tree_at(w, at, f);
	return at;
}
