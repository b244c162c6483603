/* SPDX-License-Identifier: BSD-2-Clause */
/* Classes of addresses and doors, and a row for each class of addresses. */
#include "compile/filling.h"
#include "compile/memory.h"

void filling_deinit(struct filling *f)
{
	for (size_t i = 0; f->tables && i < f->c->rules.n; i++)
		rule_table_deinit(&f->tables[i]);
	free(f->tables);
	free(f->outlook);
	vec_free(&f->row);
	candidates_deinit(&f->candidates);
	vec_free(&f->live);
	vec_free(&f->now);
	vec_free(&f->turns);
	vec_free(&f->holding);
	vec_free(&f->cell);
	vec_free(&f->before);
}

int filling_init(struct filling *f)
{
	size_t rules = f->c->rules.n;
	int r = 0;

	f->tables = calloc(rules + 1, sizeof(*f->tables));
	f->outlook = calloc(rules + 1, sizeof(*f->outlook));
	if (!f->tables || !f->outlook)
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
		r = row_make(f, i);
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
