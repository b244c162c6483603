/* SPDX-License-Identifier: BSD-2-Clause */
/* Checking dimensions, users, groups and strings. */
#include "compile/validate.h"

static const struct postern_dimension *dimension(const struct checked *i, uint32_t dim)
{
	return (const struct postern_dimension *)&i->lines[POSTERN_DIMENSION_LINE(dim)];
}

static const char *check_affixes(const struct checked *i, uint32_t line, uint32_t n)
{
	const struct postern_affix *a;

	if (!check_span(i, line, n, 4))
		return "prefixes or suffixes outside the image";
	a = (const struct postern_affix *)&i->lines[line];
	for (uint32_t k = 0; k < n; k++) {
		if (!a[k].id || a[k].id > n)
			return "prefix or suffix with a wrong number";
		if (!a[k].len || a[k].len > POSTERN_STRING_MAX ||
		    !check_span(i, a[k].line, a[k].len, POSTERN_LINE))
			return "text of a prefix or suffix outside the image";
		if (k && a[k].len > a[k - 1].len)
			return "prefixes or suffixes not longest first";
	}
	return NULL;
}

static const char *check_combos(const struct checked *i, const struct postern_dimension *d)
{
	uint64_t n = ((uint64_t)d->prefixes + 1) * ((uint64_t)d->suffixes + 1);
	const uint32_t *cls;

	if (n > POSTERN_AFFIX_COMBOS_MAX || !check_span(i, d->combos_line, n, 16))
		return "classes of patterns outside the image";
	cls = (const uint32_t *)&i->lines[d->combos_line];
	for (uint64_t k = 0; k < n; k++)
		if (cls[k] >= d->classes)
			return "pattern with a class that does not exist";
	return NULL;
}

static bool is_string_dimension(uint32_t dim)
{
	return dim >= POSTERN_DIM_EXE && dim <= POSTERN_DIM_IDENTITY;
}

static const char *check_dimension(const struct checked *i, uint32_t dim)
{
	const struct postern_dimension *d = dimension(i, dim);
	const char *why;

	if (!d->classes || d->classes > POSTERN_CLASSES_MAX ||
	    d->row_words > POSTERN_CLASSES_MAX / 32 + 1)
		return "dimension without classes, or with too many";
	if (dim == POSTERN_DIM_PREEXISTING && d->classes < 2)
		return "dimension without classes, or with too many";
	if (!check_span(i, d->matrix_line, (uint64_t)d->classes * d->row_words, 16))
		return "matrix outside the image";
	if (!is_string_dimension(dim))
		return NULL;
	if (d->empty_class >= d->classes)
		return "empty string with a class that does not exist";
	why = check_affixes(i, d->prefixes_line, d->prefixes);
	if (!why)
		why = check_affixes(i, d->suffixes_line, d->suffixes);
	return why ? why : check_combos(i, d);
}

const char *check_principals(const struct checked *i)
{
	const struct postern_directory *dir = i->dir;
	const char *why = NULL;

	if (dir->units > POSTERN_UNITS_MAX)
		return "too many units";
	for (uint32_t dim = 0; !why && dim < POSTERN_DIMS; dim++)
		why = check_dimension(i, dim);
	if (why)
		return why;
	if (!dir->group_sets || !check_span(i, dir->group_sets_line, dir->group_sets, 2))
		return "group sets outside the image";
	why = check_tree(i, dir->tree_user,
			 &(struct tree_bounds){ .values =
							dimension(i, POSTERN_DIM_USER)->classes });
	if (!why)
		why = check_tree(
			i, dir->tree_gid,
			&(struct tree_bounds){ .values = dimension(i, POSTERN_DIM_GID)->classes });
	if (!why)
		why = check_tree(i, dir->tree_group,
				 &(struct tree_bounds){ .values = dir->group_sets });
	return why;
}

static const char *check_value(const struct checked *i, uint32_t kind, uint32_t value)
{
	if (kind < POSTERN_DIMS && !is_string_dimension(kind))
		return "string of a kind that has none";
	if (kind < POSTERN_DIMS)
		return value < dimension(i, kind)->classes
			       ? NULL
			       : "string with a class that does not exist";
	switch (kind) {
	case POSTERN_STRING_UNIT:
		return value < i->dir->units ? NULL : "unit that does not exist";
	case POSTERN_STRING_UNIT_STEP:
		return POSTERN_STEP_UNIT(value) <= i->dir->units ? NULL
								 : "unit that does not exist";
	case POSTERN_STRING_FILE:
		return NULL; /* a number that only other strings refer to */
	case POSTERN_STRING_ALIASED:
		return value < dimension(i, POSTERN_DIM_EXE)->classes
			       ? NULL
			       : "file with a class that does not exist";
	default:
		return "string of an unknown kind";
	}
}

const char *check_strings(const struct checked *i)
{
	const struct postern_header *h = i->header;
	uint64_t lines = (uint64_t)h->strings_mask + 1;
	const struct postern_string *s;
	const char *why = NULL;

	if (lines & h->strings_mask || !check_span(i, h->strings_line, lines, 1))
		return "table of strings outside the image";
	if (!h->strings_probe || h->strings_probe > 8)
		return "table of strings with long probes";
	s = (const struct postern_string *)&i->lines[h->strings_line];
	for (uint64_t k = 0; !why && k < lines * 4; k++) {
		if (!s[k].line)
			continue;
		if (!check_span(i, s[k].line, s[k].tag & POSTERN_STRING_MAX, POSTERN_LINE))
			return "string outside the image";
		why = check_value(i, s[k].tag >> 28, s[k].value);
	}
	return why;
}
