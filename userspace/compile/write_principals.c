/* SPDX-License-Identifier: BSD-2-Clause */
/* Dimensions, users, groups and files: how values become classes. */
#include "compile/writer.h"

/* [class × row_words] bits: which columns, sets of classes that terms ask for, hold the class. */
static void write_matrix(struct writer *w, const struct dimension *dim,
			 const struct intern *columns, struct postern_dimension *ret)
{
	uint32_t n = intern_count(columns), classes = dim->sets.classes;
	uint32_t words = (n + 31) / 32;
	size_t bytes = (size_t)classes * words * sizeof(uint32_t);
	uint32_t line, *matrix;

	if (n == 0)
		return;
	line = writer_reserve(w, (bytes + POSTERN_LINE - 1) / POSTERN_LINE);
	if (w->err)
		return;
	matrix = writer_at(w, line);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t set = *(const uint32_t *)intern_get(columns, i, NULL);

		for (uint32_t cls = 0; cls < classes; cls++)
			if (classset_has(&dim->sets, set, cls))
				matrix[(size_t)cls * words + i / 32] |= 1u << (i % 32);
	}
	ret->matrix_line = line;
	ret->row_words = words;
}

static uint32_t write_affixes(struct writer *w, const struct text *affixes, size_t n)
{
	uint32_t line = writer_reserve(w, (n + 3) / 4);

	for (size_t i = 0; !w->err && i < n; i++) {
		struct postern_affix a = {
			.line = writer_text(w, affixes[i]),
			.len = (uint32_t)affixes[i].len,
			.id = (uint32_t)i + 1,
		};

		if (!w->err)
			((struct postern_affix *)writer_at(w, line))[i] = a;
	}
	return line;
}

static void write_string_dimension(struct writer *w, uint32_t dim, const struct strings *s,
				   struct postern_dimension *ret)
{
	ret->empty_class = s->empty_class;
	ret->prefixes = (uint32_t)s->prefixes.n;
	ret->suffixes = (uint32_t)s->suffixes.n;
	ret->prefixes_line = write_affixes(w, s->prefixes.items, s->prefixes.n);
	ret->suffixes_line = write_affixes(w, s->suffixes.items, s->suffixes.n);
	ret->combos_line = writer_bytes(w, s->combos.items, s->combos.n * sizeof(uint32_t));
	for (size_t i = 0; !w->err && i < s->exact.n; i++)
		writer_string(w, dim, 0, s->exact.items[i].text, s->exact.items[i].cls);
}

static void write_dimension(struct writer *w, uint32_t dim, const struct dimension *of,
			    const struct strings *s, const struct intern *columns)
{
	struct postern_dimension d = { .classes = of->sets.classes };

	/* Both answers are classes even if nobody asks. */
	if (dim == POSTERN_DIM_PREEXISTING)
		d.classes = 2;
	write_matrix(w, of, columns, &d);
	if (s->combos.n)
		write_string_dimension(w, dim, s, &d);
	if (!w->err)
		memcpy(writer_at(w, POSTERN_DIMENSION_LINE(dim)), &d, sizeof(d));
}

static uint32_t write_numbers(struct writer *w, const struct number_step *steps, size_t n)
{
	_cleanup_free_ uint64_t *keys = calloc(n, sizeof(*keys));
	_cleanup_free_ uint32_t *values = calloc(n, sizeof(*values));

	if (!keys || !values) {
		w->err = -ENOMEM;
		return 0;
	}
	for (size_t i = 0; i < n; i++) {
		keys[i] = steps[i].key;
		values[i] = steps[i].value;
	}
	return writer_tree(w, &(struct step_function){ keys, values, n, .wide = false });
}

static uint32_t write_group_sets(struct writer *w, const struct intern *sets)
{
	uint32_t n = intern_count(sets), line = writer_reserve(w, (n + 1) / 2);

	for (uint32_t i = 0; !w->err && i < n; i++)
		memcpy((struct postern_bits *)writer_at(w, line) + i, intern_get(sets, i, NULL),
		       sizeof(struct postern_bits));
	return line;
}

static void write_files(struct writer *w, const struct classes *k)
{
	for (size_t i = 0; !w->err && i < k->files.n; i++) {
		const struct aliased_file *f = &k->files.items[i];

		writer_string(w, POSTERN_STRING_FILE, 0,
			      (struct text){ (const char *)&f->file, sizeof(f->file) },
			      f->alias_set);
	}
	for (size_t i = 0; !w->err && i < k->aliased.n; i++) {
		const struct aliased_class *a = &k->aliased.items[i];

		writer_string(w, POSTERN_STRING_ALIASED, 0,
			      (struct text){ (const char *)&a->key, sizeof(a->key) }, a->cls);
	}
}

void write_principals(struct writer *w, const struct compilation *c, const struct classes *k,
		      const struct grid *g)
{
	struct postern_directory dir = { 0 };

	for (uint32_t d = 0; d < POSTERN_DIMS; d++)
		write_dimension(w, d, &c->dims[d], &k->strings[d], g->columns[d]);
	dir.tree_user = write_numbers(w, k->users.items, k->users.n);
	dir.tree_gid = write_numbers(w, k->gids.items, k->gids.n);
	dir.tree_group = write_numbers(w, k->groups.items, k->groups.n);
	dir.group_sets_line = write_group_sets(w, k->group_sets);
	if (!w->err) {
		struct postern_directory *at = writer_at(w, 1);

		at->tree_user = dir.tree_user;
		at->tree_gid = dir.tree_gid;
		at->tree_group = dir.tree_group;
		at->group_sets_line = dir.group_sets_line;
		at->group_sets = intern_count(k->group_sets);
		at->units = intern_count(c->units);
	}
	write_files(w, k);
}
