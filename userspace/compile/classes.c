/* SPDX-License-Identifier: BSD-2-Clause */
/* Classes of all dimensions, in the order in which they need each other. */
#include "compile/classes.h"

static const uint32_t string_dims[] = {
	POSTERN_DIM_EXE,    POSTERN_DIM_PARENT,	   POSTERN_DIM_SCRIPT,
	POSTERN_DIM_SHA256, POSTERN_DIM_CONTAINER, POSTERN_DIM_IDENTITY,
};

/* Class 0: no; class 1: yes, and then the one predicate that there can be holds. */
static int make_preexisting(struct dimension *dim)
{
	uint32_t cls;
	int r;

	signature_start(dim);
	r = signature_end(dim, &cls);
	signature_start(dim);
	for (uint32_t i = 0; r == 0 && i < dim->predicates.n; i++)
		r = signature_add(dim, i);
	return r ? r : signature_end(dim, &cls);
}

int classes_make(struct compilation *c, struct classes *k)
{
	int r = 0;

	if (intern_new(&k->group_sets) || intern_new(&k->alias_sets))
		return -ENOMEM;
	for (size_t i = 0; r == 0 && i < sizeof(string_dims) / sizeof(string_dims[0]); i++)
		r = strings_make(c, string_dims[i], &k->strings[string_dims[i]]);
	if (r == 0)
		r = numbers_make(c, k);
	if (r == 0)
		r = files_make(c, k);
	if (r == 0)
		r = make_preexisting(&c->dims[POSTERN_DIM_PREEXISTING]);
	for (int i = 0; r == 0 && i < POSTERN_DIMS; i++)
		r = dimension_seal(&c->dims[i]);
	return r;
}

void classes_deinit(struct classes *k)
{
	for (int i = 0; i < POSTERN_DIMS; i++)
		strings_deinit(&k->strings[i]);
	vec_free(&k->users);
	vec_free(&k->gids);
	vec_free(&k->groups);
	intern_free(&k->group_sets);
	intern_free(&k->alias_sets);
	vec_free(&k->files);
	vec_free(&k->aliased);
}
