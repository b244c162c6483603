/* SPDX-License-Identifier: BSD-2-Clause */
/* Beginning and end of a run of the compiler. */
#include "compile/compilation.h"

int compilation_fail(struct compilation *c, int r)
{
	if (r && (!c->err || r == -ENOMEM))
		c->err = r;
	return c->err;
}

static int add_create_door(struct compilation *c)
{
	struct range_set create = { 0 };
	int r = range_set_add(&create, POSTERN_DOOR(POSTERN_CREATE, 0, 0),
			      POSTERN_DOOR(POSTERN_ACTIONS, 0, 0) - 1);

	if (r == 0)
		r = vec_push(&c->doors, create);
	if (r)
		range_set_free(&create);
	return r;
}

int compilation_init(struct compilation *c)
{
	if (arena_new(&c->arena) || intern_new(&c->atom_keys) || intern_new(&c->groups) ||
	    intern_new(&c->units))
		return -ENOMEM;
	for (int i = 0; i < POSTERN_DIMS; i++)
		if (dimension_init(&c->dims[i]))
			return -ENOMEM;
	return add_create_door(c);
}

void ip_predicate_free(struct ip_predicate *p)
{
	range_set_free(&p->v4);
	range_set_free(&p->v6);
	for (size_t i = 0; i < p->lists.n; i++)
		prefix_list_drop(p->lists.items[i]);
	vec_free(&p->lists);
}

void compilation_deinit(struct compilation *c)
{
	for (size_t i = 0; i < c->ips.n; i++)
		ip_predicate_free(&c->ips.items[i]);
	for (size_t i = 0; i < c->doors.n; i++)
		range_set_free(&c->doors.items[i]);
	for (int i = 0; i < POSTERN_DIMS; i++)
		dimension_deinit(&c->dims[i]);
	vec_free(&c->ips);
	vec_free(&c->doors);
	vec_free(&c->atoms);
	vec_free(&c->rules);
	intern_free(&c->atom_keys);
	intern_free(&c->groups);
	intern_free(&c->units);
	arena_free(&c->arena);
}
