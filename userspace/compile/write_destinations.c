/* SPDX-License-Identifier: BSD-2-Clause */
/* Trees of addresses and doors, rows, cells and alternatives. */
#include "compile/writer.h"

typedef VEC(size_t) piece_numbers;

/* A function of a number, ready for a tree. */
struct steps {
	VEC(uint64_t) keys;
	VEC(uint32_t) values;
};

static void steps_free(struct steps *s)
{
	vec_free(&s->keys);
	vec_free(&s->values);
}

static void add(struct writer *w, struct steps *s, uint64_t key, uint32_t value)
{
	if (!w->err)
		w->err = vec_push(&s->keys, key);
	if (!w->err)
		w->err = vec_push(&s->values, value);
}

/* Like add, but a step to the same value is none. */
static void add_change(struct writer *w, struct steps *s, uint64_t key, uint32_t value)
{
	if (s->values.n == 0 || s->values.items[s->values.n - 1] != value)
		add(w, s, key, value);
}

/* All at once: there can be millions. */
static void add_rows(struct writer *w, struct steps *s, const struct partition *p,
		     const uint32_t *row_of)
{
	uint64_t *keys;
	uint32_t *rows;
	size_t n = 0;

	if (!w->err)
		w->err = vec_reserve(&s->keys, p->n);
	if (!w->err)
		w->err = vec_reserve(&s->values, p->n);
	keys = s->keys.items;
	rows = s->values.items;
	if (w->err || !keys || !rows)
		return;
	for (size_t i = 0; i < p->n; i++) {
		uint32_t now = row_of[p->items[i].cls];

		if (n && rows[n - 1] == now)
			continue;
		keys[n] = (uint64_t)p->items[i].first;
		rows[n++] = now;
	}
	s->keys.n = s->values.n = n;
}

static struct step_function function_of(const struct steps *s, bool wide)
{
	return (struct step_function){ s->keys.items, s->values.items, s->keys.n, .wide = wide };
}

static uint32_t write_steps(struct writer *w, const struct steps *s, bool wide)
{
	struct step_function f = function_of(s, wide);

	return writer_tree(w, &f);
}

static uint32_t write_v4(struct writer *w, const struct grid *g)
{
	struct step_function f;
	struct steps s = { 0 };
	uint32_t line;

	add_rows(w, &s, &g->v4, g->row_of);
	f = function_of(&s, false);
	f.front = true;
	line = writer_tree(w, &f);
	steps_free(&s);
	return line;
}

static uint32_t write_doors(struct writer *w, const struct grid *g)
{
	struct steps s = { 0 };
	uint32_t line;

	for (size_t i = 0; i < g->doors.n; i++)
		add(w, &s, (uint64_t)g->doors.items[i].first, g->doors.items[i].cls);
	line = write_steps(w, &s, false);
	steps_free(&s);
	return line;
}

/* IPv6 addresses with their rows; several classes may share one. */
struct rows6 {
	const struct partition *p;
	const uint32_t *row_of;
};

static uint64_t high(const struct rows6 *r, size_t i)
{
	return (uint64_t)(r->p->items[i].first >> 64);
}

static uint32_t row(const struct rows6 *r, size_t i)
{
	return r->row_of[r->p->items[i].cls];
}

/* Where the pieces within the /64 of piece `i` end. */
static size_t end_of_64(const struct rows6 *r, size_t i)
{
	size_t end = i + 1;

	while (end < r->p->n && high(r, end) == high(r, i))
		end++;
	return end;
}

/* Steps within one /64; `before` is the row at its start unless a piece begins there. */
static void steps_of_64(struct writer *w, const struct rows6 *r, size_t i, uint32_t before,
			struct steps *ret)
{
	size_t end = end_of_64(r, i);

	if ((uint64_t)r->p->items[i].first != 0)
		add(w, ret, 0, before);
	for (; i < end; i++)
		add_change(w, ret, (uint64_t)r->p->items[i].first, row(r, i));
}

/*
 * The upper tree over high halves. A /64 that is all of one row is a step as any other; one that is
 * split gets the number of a subtree, and the step after it goes back to a row.
 */
static uint32_t write_high(struct writer *w, const struct rows6 *r, piece_numbers *ret_split)
{
	struct steps s = { 0 };
	uint32_t line;

	for (size_t i = 0, end; i < r->p->n; i = end) {
		uint64_t half = high(r, i);

		end = end_of_64(r, i);
		if (end == i + 1 && (uint64_t)r->p->items[i].first == 0) {
			add_change(w, &s, half, row(r, i));
			continue;
		}
		add(w, &s, half, POSTERN_SUBTREE | (uint32_t)ret_split->n);
		if (!w->err)
			w->err = vec_push(ret_split, i);
		if (half != UINT64_MAX && (end == r->p->n || high(r, end) != half + 1))
			add(w, &s, half + 1, row(r, end - 1));
	}
	line = write_steps(w, &s, true);
	steps_free(&s);
	return line;
}

static void write_v6(struct writer *w, const struct grid *g, struct postern_directory *dir)
{
	struct rows6 r = { &g->v6, g->row_of };
	piece_numbers split = { 0 };
	struct steps s = { 0 }; /* of one /64 after the other */

	dir->tree_v6 = write_high(w, &r, &split);
	dir->subtrees = (uint32_t)split.n;
	dir->subtrees_line = writer_reserve(w, split.n);
	for (size_t i = 0; !w->err && i < split.n; i++) {
		size_t at = split.items[i];
		struct step_function f;

		s.keys.n = s.values.n = 0;
		steps_of_64(w, &r, at, at ? row(&r, at - 1) : 0, &s);
		f = function_of(&s, true);
		if (!w->err)
			writer_tree_at(w, dir->subtrees_line + (uint32_t)i, &f);
	}
	steps_free(&s);
	vec_free(&split);
}

/* Few steps: one line. */
static void write_short_row(struct postern_row *to, const struct row_step *steps, size_t n)
{
	memset(to->key, 0xff, sizeof(to->key));
	for (size_t i = 0; i < n; i++) {
		to->key[i] = steps[i].door;
		to->cell[i] = steps[i].cell;
	}
}

static void write_long_row(struct writer *w, uint32_t line, const struct row_step *row, size_t n,
			   struct steps *s)
{
	struct step_function f;

	s->keys.n = s->values.n = 0;
	for (size_t i = 0; i < n; i++)
		add(w, s, row[i].door, row[i].cell);
	f = function_of(s, false);
	if (!w->err)
		writer_tree_at(w, line, &f);
}

static void write_rows(struct writer *w, const struct grid *g)
{
	uint32_t rows = intern_count(g->rows), first = writer_reserve(w, rows);
	struct postern_header *h = writer_at(w, 0);
	struct steps s = { 0 }; /* of one long row after the other */

	h->rows_line = first;
	h->rows = rows;
	for (uint32_t i = 0; !w->err && i < rows; i++) {
		size_t bytes, n;
		const struct row_step *row = intern_get(g->rows, i, &bytes);

		n = bytes / sizeof(*row);
		if (n <= POSTERN_ROW_STEPS)
			write_short_row(writer_at(w, first + i), row, n);
		else
			write_long_row(w, first + i, row, n, &s);
	}
	steps_free(&s);
}

/* The alternatives of a cell, which begin at ret->first. */
static void write_cell(struct writer *w, const struct grid *g, uint32_t cell,
		       struct postern_cell *ret)
{
	size_t n, bytes;
	const uint32_t *residues = intern_get(g->cells, cell, &n);

	for (size_t i = 0; i < n / sizeof(*residues); i++) {
		const struct postern_alternative *a = intern_get(g->residues, residues[i], &bytes);

		writer_bytes(w, a, bytes);
		ret->lines += (uint32_t)(bytes / sizeof(*a));
		for (size_t k = 0; k < bytes / sizeof(*a); k++)
			ret->facts |= a[k].must | a[k].must_not;
	}
}

static void write_cells(struct writer *w, const struct grid *g, struct postern_directory *dir)
{
	uint32_t n = intern_count(g->cells), first = 0;

	dir->cells = n;
	dir->cells_line = writer_reserve(w, (n + 3) / 4);
	dir->alternatives_line = (uint32_t)w->lines.n;
	for (uint32_t i = 0; !w->err && i < n; i++) {
		struct postern_cell cell = { .first = first };

		write_cell(w, g, i, &cell);
		first += cell.lines;
		if (!w->err)
			((struct postern_cell *)writer_at(w, dir->cells_line))[i] = cell;
	}
	dir->alternatives = first;
}

void write_destinations(struct writer *w, const struct grid *g)
{
	struct postern_directory dir = { 0 };

	dir.tree_v4 = write_v4(w, g);
	write_v6(w, g, &dir);
	dir.tree_door = write_doors(w, g);
	dir.door_classes = intern_count(g->door_sets);
	write_rows(w, g);
	write_cells(w, g, &dir);
	memcpy(writer_at(w, 1), &dir, sizeof(dir));
}
