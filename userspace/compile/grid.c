/* SPDX-License-Identifier: BSD-2-Clause */
/* Filling the grid, one class of addresses after the other. */
#include "compile/grid.h"

#include "compile/candidates.h"
#include "compile/memory.h"

/* What one filling needs besides the grid. */
struct filling {
	struct compilation *c;
	struct grid *g;
	struct rule_table *tables; /* owned; one a rule */
	uint32_t *outlook; /* owned; of each rule on the present class of addresses */
	uint32_t *row; /* owned; cell per class of doors */
	struct candidates candidates;
	VEC(uint32_t) live; /* rules that are not dead for the present class of addresses */
	VEC(uint32_t) cell; /* residues of the cell being made */
	VEC(uint32_t) before; /* and of the one before it in the row, */
	uint32_t cell_before; /* which has this number */
	int refused;
};

static void filling_deinit(struct filling *f)
{
	for (size_t i = 0; f->tables && i < f->c->rules.n; i++)
		rule_table_deinit(&f->tables[i]);
	free(f->tables);
	free(f->outlook);
	free(f->row);
	candidates_deinit(&f->candidates);
	vec_free(&f->live);
	vec_free(&f->cell);
	vec_free(&f->before);
}

static int filling_init(struct filling *f)
{
	size_t rules = f->c->rules.n;
	int r = 0;

	f->tables = calloc(rules + 1, sizeof(*f->tables));
	f->outlook = calloc(rules + 1, sizeof(*f->outlook));
	f->row = calloc(intern_count(f->g->door_sets), sizeof(*f->row));
	if (!f->tables || !f->outlook || !f->row)
		return -ENOMEM;
	for (size_t i = 0; r == 0 && i < rules; i++)
		r = rule_table_init(f->c, f->g, &f->c->rules.items[i], &f->tables[i]);
	return r ? r : candidates_init(&f->candidates, f->tables, rules, f->c->ips.n);
}

static int make_doors(struct compilation *c, struct grid *g)
{
	_cleanup_free_ const struct range_set **sets = calloc(c->doors.n, sizeof(*sets));

	if (!sets)
		return -ENOMEM;
	for (size_t i = 0; i < c->doors.n; i++)
		sets[i] = &c->doors.items[i];
	return partition_make(&(struct space){ sets, c->doors.n, RANGE_MAX32 }, g->door_sets,
			      &g->doors);
}

static int make_addresses(struct compilation *c, struct grid *g)
{
	_cleanup_free_ const struct range_set **sets = calloc(c->ips.n + 1, sizeof(*sets));
	int r;

	if (c->memory)
		return memory_partition(c, g);
	if (!sets)
		return -ENOMEM;
	for (size_t i = 0; i < c->ips.n; i++)
		sets[i] = &c->ips.items[i].v4;
	r = partition_make(&(struct space){ sets, c->ips.n, RANGE_MAX32 }, g->ip_sets, &g->v4);
	if (r)
		return r;
	for (size_t i = 0; i < c->ips.n; i++)
		sets[i] = &c->ips.items[i].v6;
	return partition_make(&(struct space){ sets, c->ips.n, RANGE_MAX128 }, g->ip_sets, &g->v6);
}

/* Too many alternatives: the policy's fault, so the message points at it, once. */
static int refuse(struct filling *f, struct rule_table *t, size_t n)
{
	const struct policy *p = f->c->views->numbered[t->rule->policy];

	f->refused = -E2BIG;
	if (t->refused)
		return 0;
	t->refused = true;
	diag_error(f->c->d, "image-alternatives", p->span,
		   "split it into several policies, or use fewer || across different attributes",
		   "policy \"%s\" comes to %s%zu alternatives for one destination; at most %d fit",
		   p->id.s, n > RESIDUE_WORKING_MAX ? "more than " : "",
		   n > RESIDUE_WORKING_MAX ? (size_t)RESIDUE_WORKING_MAX : n,
		   POSTERN_ALTERNATIVES_MAX);
	return 0;
}

static int make_residue(struct filling *f, struct rule_table *t, const struct place *at,
			uint32_t *ret)
{
	conjuncts list = { 0 };
	int r = residue_make(f->c, at, t->rule->body, &list);

	*ret = 0;
	if (r == -E2BIG)
		r = refuse(f, t, RESIDUE_WORKING_MAX + 1);
	else if (r == 0 && list.n > POSTERN_ALTERNATIVES_MAX)
		r = refuse(f, t, list.n);
	else if (r == 0)
		r = alternatives_encode(f->c, f->g, t->rule, &list, ret);
	vec_free(&list);
	return r;
}

/* Numbers a cell; a new one adds to the image's size, which has a limit. */
static int number_cell(struct filling *f, uint32_t *ret)
{
	uint32_t before = intern_count(f->g->cells);
	int r = intern_put(f->g->cells, f->cell.items, f->cell.n * sizeof(*f->cell.items), ret);

	if (r || *ret < before)
		return r;
	for (size_t i = 0; i < f->cell.n; i++) {
		size_t bytes;

		intern_get(f->g->residues, f->cell.items[i], &bytes);
		f->g->alternative_lines += bytes / POSTERN_LINE;
	}
	return f->g->alternative_lines > POSTERN_IMAGE_LINES_MAX ? -E2BIG : 0;
}

/* Neighbours in a row are mostly alike: then there is nothing to look up. */
static int put_cell(struct filling *f, uint32_t *ret)
{
	size_t n = f->cell.n;
	int r = 0;

	if (f->cell_before == RESIDUE_UNKNOWN || n != f->before.n ||
	    (n && memcmp(f->cell.items, f->before.items, n * sizeof(*f->cell.items)) != 0)) {
		f->before.n = 0;
		r = number_cell(f, &f->cell_before);
		if (r == 0)
			r = vec_reserve(&f->before, n);
		if (r)
			return r;
		if (n)
			memcpy(f->before.items, f->cell.items, n * sizeof(*f->cell.items));
		f->before.n = n;
	}
	*ret = f->cell_before;
	return 0;
}

static int make_cell(struct filling *f, const uint64_t *ips, uint32_t door, uint32_t *ret)
{
	const uint64_t *doors = intern_get(f->g->door_sets, door, NULL);
	struct place at = { doors[0] >> DOOR_CREATE & 1 ? NULL : ips, doors };
	int r = 0;

	f->cell.n = 0;
	for (size_t i = 0; r == 0 && i < f->live.n; i++) {
		uint32_t rule = f->live.items[i];
		struct rule_table *t = &f->tables[rule];
		uint32_t *residue = rule_table_residue(t, f->outlook[rule], door);

		if (*residue == RESIDUE_UNKNOWN)
			r = make_residue(f, t, &at, residue);
		if (r == 0 && *residue != 0)
			r = vec_push(&f->cell, *residue);
	}
	return r ? r : put_cell(f, ret);
}

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

static int make_row(struct filling *f, uint32_t ip_class)
{
	const uint64_t *ips = intern_get(f->g->ip_sets, ip_class, NULL);
	uint32_t doors = intern_count(f->g->door_sets);
	int r = find_live(f, ips);

	for (uint32_t d = 0; r == 0 && d < doors; d++)
		r = make_cell(f, ips, d, &f->row[d]);
	if (r)
		return r;
	learn(f);
	return intern_put(f->g->rows, f->row, doors * sizeof(*f->row), &f->g->row_of[ip_class]);
}

static int fill(struct filling *f)
{
	uint32_t classes = intern_count(f->g->ip_sets), none;
	int r;

	f->g->row_of = calloc(classes, sizeof(*f->g->row_of));
	if (!f->g->row_of)
		return -ENOMEM;
	r = intern_put(f->g->residues, NULL, 0, &none);
	if (r == 0)
		r = filling_init(f);
	for (uint32_t i = 0; r == 0 && i < classes; i++)
		r = make_row(f, i);
	return r ? r : f->refused;
}

static int init(struct grid *g)
{
	if (intern_new(&g->ip_sets) || intern_new(&g->door_sets) || intern_new(&g->residues) ||
	    intern_new(&g->cells) || intern_new(&g->rows))
		return -ENOMEM;
	for (int i = 0; i < POSTERN_DIMS; i++)
		if (intern_new(&g->columns[i]))
			return -ENOMEM;
	return 0;
}

int grid_make(struct compilation *c, struct grid *g)
{
	struct filling f = { .c = c, .g = g, .cell_before = RESIDUE_UNKNOWN };
	int r = init(g);

	if (r == 0)
		r = make_doors(c, g);
	if (r == 0)
		r = make_addresses(c, g);
	if (r == 0)
		r = fill(&f);
	filling_deinit(&f);
	return r;
}

void grid_deinit(struct grid *g)
{
	intern_free(&g->ip_sets);
	intern_free(&g->door_sets);
	partition_free(&g->v4);
	partition_free(&g->v6);
	partition_free(&g->doors);
	intern_free(&g->residues);
	intern_free(&g->cells);
	intern_free(&g->rows);
	free(g->row_of);
	for (int i = 0; i < POSTERN_DIMS; i++)
		intern_free(&g->columns[i]);
}
