/* SPDX-License-Identifier: BSD-2-Clause */
/* Residues of rules, and the cells that they are. */
#include "compile/filling.h"

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

int cell_residue(struct filling *f, struct rule_table *t, const struct place *at, uint32_t *ret)
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
int cell_put(struct filling *f, uint32_t *ret)
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
