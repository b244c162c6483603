/* SPDX-License-Identifier: BSD-2-Clause */
/* Checking addresses, doors, rows and cells. */
#include "compile/validate.h"

static const char *check_addresses(const struct checked *i)
{
	const struct postern_directory *dir = i->dir;
	uint64_t keys = 0;
	const char *why;

	if (dir->subtrees >= POSTERN_SUBTREE ||
	    !check_span(i, dir->subtrees_line, dir->subtrees, 1))
		return "subtrees outside the image";
	why = check_tree(i, dir->tree_v4,
			 &(struct tree_bounds){ .values = i->header->rows, .front = true });
	if (!why)
		why = check_tree(i, dir->tree_v6,
				 &(struct tree_bounds){ true, i->header->rows, dir->subtrees,
							false });
	for (uint32_t k = 0; !why && k < dir->subtrees; k++) {
		uint32_t tree = dir->subtrees_line + k;

		/* Trees that share their keys would make this check take the square of the length. */
		keys += ((const struct postern_tree *)&i->lines[tree])->keys;
		if (keys > (uint64_t)i->n * 8)
			return "subtrees with more keys than fit";
		why = check_tree(i, tree, &(struct tree_bounds){ true, i->header->rows, 0, false });
	}
	return why;
}

static const char *check_short_row(const struct postern_row *row, uint32_t cells)
{
	bool over = false;

	if (row->key[0])
		return "row that does not begin at 0";
	for (uint32_t k = 0; k < POSTERN_ROW_STEPS; k++) {
		over |= row->key[k] == UINT32_MAX;
		if (over ? row->key[k] != UINT32_MAX : k && row->key[k] <= row->key[k - 1])
			return "row whose steps are not ascending";
		if (row->cell[k] >= cells)
			return "cell that does not exist";
	}
	return NULL;
}

static const char *check_rows(const struct checked *i)
{
	const struct postern_header *h = i->header;
	const char *why = NULL;
	uint64_t keys = 0;

	if (!h->rows || !check_span(i, h->rows_line, h->rows, 1))
		return "rows outside the image";
	for (uint32_t r = 0; !why && r < h->rows; r++) {
		const struct postern_line *l = &i->lines[h->rows_line + r];

		if (!l->word[0]) {
			why = check_short_row((const struct postern_row *)l, i->dir->cells);
			continue;
		}
		keys += ((const struct postern_tree *)l)->keys;
		if (keys > (uint64_t)i->n * 16)
			return "rows with more keys than fit";
		why = check_tree(i, h->rows_line + r,
				 &(struct tree_bounds){ .values = i->dir->cells });
	}
	return why;
}

/* The tree was checked. Each class is of a door somewhere. */
static const char *check_door_classes(const struct checked *i)
{
	const struct postern_tree *t = (const struct postern_tree *)&i->lines[i->dir->tree_door];

	return i->dir->door_classes > t->keys ? "more classes of doors than doors" : NULL;
}

const char *check_destinations(const struct checked *i)
{
	const char *why = check_addresses(i);

	if (!why)
		why = check_tree(i, i->dir->tree_door,
				 &(struct tree_bounds){ .values = i->dir->door_classes });
	if (!why)
		why = check_door_classes(i);
	return why ? why : check_rows(i);
}

static uint32_t columns_of(const struct postern_dimension *d)
{
	return d->row_words * 32;
}

static const char *check_term(const struct checked *i, uint32_t term)
{
	uint32_t dim = POSTERN_TERM_DIM(term), arg = POSTERN_TERM_ARG(term);
	const struct postern_dimension *d;

	switch (POSTERN_TERM_OP(term)) {
	case POSTERN_TERM_GROUP:
	case POSTERN_TERM_NO_GROUP:
		return arg < POSTERN_GROUPS_MAX && !dim ? NULL : "group that does not exist";
	case POSTERN_TERM_UNIT:
	case POSTERN_TERM_NO_UNIT:
		return arg < i->dir->units && !dim ? NULL : "unit that does not exist";
	case POSTERN_TERM_CLASS:
	case POSTERN_TERM_NOT_CLASS:
	case POSTERN_TERM_SET:
		break;
	default:
		return "term of an unknown kind";
	}
	if (dim >= POSTERN_DIMS)
		return "term on an unknown dimension";
	d = (const struct postern_dimension *)&i->lines[POSTERN_DIMENSION_LINE(dim)];
	if (POSTERN_TERM_OP(term) == POSTERN_TERM_SET)
		return arg < columns_of(d) ? NULL : "term on a column that does not exist";
	return arg < d->classes ? NULL : "term on a class that does not exist";
}

/* The bits that stand for facts; their number was checked before. */
static uint64_t facts_of(const struct checked *i)
{
	const struct postern_annex *annex =
		(const struct postern_annex *)&i->lines[POSTERN_ANNEX_LINE];

	return annex->facts < 64 ? (1ull << annex->facts) - 1 : UINT64_MAX;
}

static const char *check_alternative(const struct checked *i, const struct postern_alternative *a)
{
	const unsigned known = POSTERN_ALT_ENFORCED | POSTERN_ALT_REPORTED | POSTERN_ALT_FORBID |
			       POSTERN_ALT_MORE;
	const char *why = NULL;

	if (a->flags & ~known || !(a->flags & (POSTERN_ALT_ENFORCED | POSTERN_ALT_REPORTED)))
		return "alternative with wrong flags";
	if (a->policy == POSTERN_CLOSED && a->flags & POSTERN_ALT_FORBID)
		return "forbid without a policy";
	if (a->policy >= i->header->policies && a->policy != POSTERN_CLOSED)
		return "alternative of a policy that does not exist";
	if (a->terms > POSTERN_TERMS_MAX)
		return "alternative with too many terms";
	if ((a->must | a->must_not) & ~facts_of(i))
		return "alternative on a fact that does not exist";
	for (uint32_t k = 0; !why && k < a->terms; k++)
		why = check_term(i, a->term[k]);
	return why;
}

/*
 * Forbids before permits, each by policy: the first that holds is the one to name. What follows the lines that close is
 * the permit for what is left open.
 */
static bool in_order(const struct postern_alternative *before, const struct postern_alternative *a)
{
	unsigned permit_before = !(before->flags & POSTERN_ALT_FORBID);
	unsigned permit = !(a->flags & POSTERN_ALT_FORBID);

	if (before->flags & POSTERN_ALT_MORE)
		return a->policy == before->policy &&
		       !((a->flags ^ before->flags) & ~POSTERN_ALT_MORE);
	if (permit != permit_before)
		return permit;
	return a->policy >= before->policy || before->policy == POSTERN_CLOSED;
}

static const char *check_cell(const struct checked *i, const struct postern_cell *c)
{
	const struct postern_alternative *a =
		(const struct postern_alternative *)&i->lines[i->dir->alternatives_line];
	uint64_t facts = 0;

	if ((uint64_t)c->first + c->lines > i->dir->alternatives)
		return "cell outside the alternatives";
	for (uint32_t k = 0; k < c->lines; k++)
		facts |= a[c->first + k].must | a[c->first + k].must_not;
	if (facts != c->facts)
		return "cell that names other facts than its alternatives";
	if (c->lines && a[c->first + c->lines - 1].flags & POSTERN_ALT_MORE)
		return "cell that ends within an alternative";
	for (uint32_t k = 1; k < c->lines; k++)
		if (!in_order(&a[c->first + k - 1], &a[c->first + k]))
			return "alternatives out of order";
	return NULL;
}

const char *check_cells(const struct checked *i)
{
	const struct postern_directory *dir = i->dir;
	const struct postern_alternative *a;
	const struct postern_cell *cells;
	uint64_t next = 0;
	const char *why = NULL;

	if (!check_span(i, dir->cells_line, dir->cells, 4))
		return "cells outside the image";
	if (!check_span(i, dir->alternatives_line, dir->alternatives, 1))
		return "alternatives outside the image";
	cells = (const struct postern_cell *)&i->lines[dir->cells_line];
	a = (const struct postern_alternative *)&i->lines[dir->alternatives_line];
	for (uint32_t k = 0; !why && k < dir->alternatives; k++)
		why = check_alternative(i, &a[k]);
	for (uint32_t k = 0; !why && k < dir->cells; k++) {
		if (cells[k].first != next)
			return "cells do not follow one another";
		next += cells[k].lines;
		why = check_cell(i, &cells[k]);
	}
	return why;
}
