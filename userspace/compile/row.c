/* SPDX-License-Identifier: BSD-2-Clause */
/* One class of addresses: from door to door, only what changes is looked at. */
#include "compile/filling.h"

static int find_live(struct filling *f, const uint64_t *ips)
{
	int r = 0;

	candidates_find(&f->candidates, ips);
	f->live.n = 0;
	for (uint32_t i = candidates_next(&f->candidates, 0); r == 0 && i != UINT32_MAX;
	     i = candidates_next(&f->candidates, i + 1)) {
		r = rule_table_look(&f->tables[i], ips, &f->outlook[i]);
		if (r == 0 && !rule_table_is_dead(&f->tables[i], f->outlook[i]))
			r = vec_push(&f->live, i);
	}
	return r;
}

/* What the row told of the rules that were looked at for it. */
static void learn(struct filling *f)
{
	for (size_t i = 0; i < f->live.n; i++) {
		uint32_t rule = f->live.items[i], outlook = f->outlook[rule];

		rule_table_learn(&f->tables[rule], outlook);
		if (rule_table_looked_away(&f->tables[rule]) &&
		    rule_table_is_dead(&f->tables[rule], outlook))
			candidates_sleep(&f->candidates, rule);
	}
}

/* Where a live rule's number is, or would be, among those that hold. */
static size_t place_of_holding(const struct filling *f, uint32_t number)
{
	size_t low = 0, high = f->holding.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (f->holding.items[middle] < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static int hold(struct filling *f, uint32_t number)
{
	size_t at = place_of_holding(f, number);
	int r = vec_push(&f->holding, number);
	uint32_t *item;

	if (r)
		return r;
	item = &f->holding.items[at];
	memmove(item + 1, item, (f->holding.n - 1 - at) * sizeof(*item));
	*item = number;
	return 0;
}

/* Of one that holds. */
static void let_go(struct filling *f, uint32_t number)
{
	size_t at = place_of_holding(f, number);
	uint32_t *item = &f->holding.items[at];

	memmove(item, item + 1, (--f->holding.n - at) * sizeof(*item));
}

/* A live rule comes to another residue from here on. */
static int set_residue(struct filling *f, uint32_t number, uint32_t residue)
{
	struct outcome *now = &f->now.items[number];
	int r = 0;

	if (!now->residue && residue)
		r = hold(f, number);
	else if (now->residue && !residue)
		let_go(f, number);
	if (r == 0)
		now->residue = residue;
	return r;
}

/* A live rule's next turn, at that piece of the doors. */
static int turn(struct filling *f, const uint64_t *ips, uint32_t piece, uint32_t number)
{
	const uint64_t *doors = intern_get(f->g->door_sets, f->g->doors.items[piece].cls, NULL);
	struct place at = { doors[0] >> DOOR_CREATE & 1 ? NULL : ips, doors };
	uint32_t rule = f->live.items[number], *residue;
	struct outcome *now = &f->now.items[number];
	struct rule_table *t = &f->tables[rule];
	int r = 0;

	residue = rule_table_residue(t, f->outlook[rule], t->turns.items[now->next++].outlook);
	if (*residue == RESIDUE_UNKNOWN)
		r = cell_residue(f, t, &at, residue);
	return r ? r : set_residue(f, number, *residue);
}

/* The residues that hold now are a cell. */
static int make_cell(struct filling *f, uint32_t *ret)
{
	int r = 0;

	f->cell.n = 0;
	for (size_t i = 0; r == 0 && i < f->holding.n; i++)
		r = vec_push(&f->cell, f->now.items[f->holding.items[i]].residue);
	return r ? r : cell_put(f, ret);
}

static int compare_turns(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* Where something changes for one of the live rules, in the order of the doors. */
static int find_turns(struct filling *f)
{
	int r = 0;

	f->turns.n = f->now.n = f->holding.n = 0;
	for (size_t i = 0; r == 0 && i < f->live.n; i++) {
		const struct rule_table *t = &f->tables[f->live.items[i]];

		r = vec_push(&f->now, ((struct outcome){ 0 }));
		for (size_t k = 0; r == 0 && k < t->turns.n; k++)
			r = vec_push(&f->turns, (uint64_t)t->turns.items[k].piece << 32 | i);
	}
	if (r == 0 && f->turns.n)
		qsort(f->turns.items, f->turns.n, sizeof(*f->turns.items), compare_turns);
	return r;
}

/* The next step, unless its cell is that of the one before. */
static int add_step(struct filling *f, uint32_t piece)
{
	struct row_step step = { .door = (uint32_t)f->g->doors.items[piece].first };
	int r = make_cell(f, &step.cell);

	if (r || (f->row.n && f->row.items[f->row.n - 1].cell == step.cell))
		return r;
	return vec_push(&f->row, step);
}

int row_make(struct filling *f, uint32_t ip_class)
{
	const uint64_t *ips = intern_get(f->g->ip_sets, ip_class, NULL);
	int r = find_live(f, ips);

	if (r == 0)
		r = find_turns(f);
	f->row.n = 0;
	if (r == 0 && !f->turns.n)
		r = add_step(f, 0);
	for (size_t i = 0; r == 0 && i < f->turns.n; i++) {
		uint32_t piece = (uint32_t)(f->turns.items[i] >> 32);

		r = turn(f, ips, piece, (uint32_t)f->turns.items[i]);
		if (r == 0 && (i + 1 == f->turns.n || f->turns.items[i + 1] >> 32 != piece))
			r = add_step(f, piece);
	}
	if (r)
		return r;
	learn(f);
	return intern_put(f->g->rows, f->row.items, f->row.n * sizeof(*f->row.items),
			  &f->g->row_of[ip_class]);
}
