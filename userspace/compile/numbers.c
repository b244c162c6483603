/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Classes by uid and gid, and groups by gid. Numbers fall into intervals at every number that a
 * policy compares with or the host has names for; within an interval nothing can differ.
 */
#include "compile/classes.h"

typedef VEC(uint32_t) boundaries;

static int by_key(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static int add_single(boundaries *b, uint32_t n)
{
	int r = vec_push(b, n);

	return r || n == UINT32_MAX ? r : vec_push(b, n + 1);
}

/* "#123", as the kernel's number would be written; others are mere names. */
static bool hash_number(struct text name, uint32_t *ret)
{
	uint64_t n = 0;

	if (name.len < 2 || name.len > 11 || name.s[0] != '#')
		return false;
	for (size_t i = 1; i < name.len; i++) {
		if (name.s[i] < '0' || name.s[i] > '9')
			return false;
		n = n * 10 + (uint64_t)(name.s[i] - '0');
	}
	if (n > UINT32_MAX || (name.s[1] == '0' && name.len > 2))
		return false;
	*ret = (uint32_t)n;
	return true;
}

static int add_hash_names(boundaries *b, const struct intern *names)
{
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < intern_count(names); i++) {
		struct text t;
		uint32_t n;

		t.s = intern_get(names, i, &t.len);
		if (hash_number(t, &n))
			r = add_single(b, n);
	}
	return r;
}

static int add_ranges(boundaries *b, const struct dimension *dim)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < dim->predicates.n; i++) {
		const struct range_set *s = &dim->predicates.items[i].range;

		for (size_t k = 0; r == 0 && k < s->n; k++) {
			r = vec_push(b, (uint32_t)s->items[k].first);
			if (r == 0 && s->items[k].last < UINT32_MAX)
				r = vec_push(b, (uint32_t)s->items[k].last + 1);
		}
	}
	return r;
}

/* Sorted and distinct, beginning with 0. */
static int finish(boundaries *b)
{
	size_t kept = 0;
	int r = vec_push(b, 0);

	if (r)
		return r;
	qsort(b->items, b->n, sizeof(*b->items), by_key);
	for (size_t i = 0; i < b->n; i++)
		if (kept == 0 || b->items[kept - 1] != b->items[i])
			b->items[kept++] = b->items[i];
	b->n = kept;
	return 0;
}

static int add_step(number_steps *steps, uint32_t key, uint32_t value)
{
	if (steps->n && steps->items[steps->n - 1].value == value)
		return 0;
	return vec_push(steps, ((struct number_step){ key, value }));
}

static int sign_hash_name(struct dimension *dim, uint32_t n)
{
	char name[16];

	return signature_add_mentions(
		dim, &dim->parents,
		(struct text){ name, (size_t)snprintf(name, sizeof(name), "#%u", n) });
}

/* A user's class: as the host lists it, else by its number alone. */
static int user_class(struct dimension *dim, const struct binding_user *u, uint32_t key,
		      uint32_t *ret)
{
	int r;

	signature_start(dim);
	r = signature_add_numbers(dim, u ? u->uid : key);
	if (r == 0 && !u)
		r = sign_hash_name(dim, key);
	for (size_t i = 0; r == 0 && u && i < u->n_names; i++)
		r = signature_add_mentions(dim, &dim->parents, u->names[i]);
	return r ? r : signature_end(dim, ret);
}

static int compare_users(const void *a, const void *b)
{
	const struct binding_user *x = a, *y = b;

	return (x->key > y->key) - (x->key < y->key);
}

static int step_users(struct compilation *c, const boundaries *b, const struct binding_user *users,
		      number_steps *steps)
{
	size_t u = 0;
	int r = 0;

	for (size_t i = 0; r == 0 && i < b->n; i++) {
		uint32_t key = b->items[i], cls;
		bool listed;

		while (u < c->binding->n_users && users[u].key < key)
			u++;
		listed = u < c->binding->n_users && users[u].key == key;
		r = user_class(&c->dims[POSTERN_DIM_USER], listed ? &users[u] : NULL, key, &cls);
		if (r == 0)
			r = add_step(steps, key, cls);
	}
	return r;
}

static int make_users(struct compilation *c, number_steps *steps)
{
	struct dimension *dim = &c->dims[POSTERN_DIM_USER];
	size_t n = c->binding->n_users;
	_cleanup_free_ struct binding_user *users = calloc(n + 1, sizeof(*users));
	boundaries b = { 0 };
	int r = users ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < n; i++) {
		users[i] = c->binding->users[i];
		r = add_single(&b, users[i].key);
	}
	if (r == 0 && n)
		qsort(users, n, sizeof(*users), compare_users);
	if (r == 0)
		r = add_hash_names(&b, dim->parents.texts);
	if (r == 0)
		r = add_ranges(&b, dim);
	if (r == 0)
		r = finish(&b);
	if (r == 0)
		r = step_users(c, &b, users, steps);
	vec_free(&b);
	return r;
}

static int make_gids(struct compilation *c, number_steps *steps)
{
	struct dimension *dim = &c->dims[POSTERN_DIM_GID];
	boundaries b = { 0 };
	uint32_t cls;
	int r = add_ranges(&b, dim);

	if (r == 0)
		r = finish(&b);
	for (size_t i = 0; r == 0 && i < b.n; i++) {
		signature_start(dim);
		r = signature_add_numbers(dim, b.items[i]);
		if (r == 0)
			r = signature_end(dim, &cls);
		if (r == 0)
			r = add_step(steps, b.items[i], cls);
	}
	vec_free(&b);
	return r;
}

static void set_name(const struct compilation *c, struct postern_bits *bits, struct text name)
{
	uint32_t bit;

	if (intern_find(c->groups, name.s, name.len, &bit))
		postern_set_bit(bits, bit);
}

static void set_group(const struct compilation *c, struct postern_bits *bits,
		      const struct binding_group *g, uint32_t key)
{
	char name[16];

	if (!g) {
		int n = snprintf(name, sizeof(name), "#%u", key);

		set_name(c, bits, (struct text){ name, (size_t)n });
		return;
	}
	for (size_t i = 0; i < g->n_names; i++)
		set_name(c, bits, g->names[i]);
}

static int compare_groups(const void *a, const void *b)
{
	const struct binding_group *x = a, *y = b;

	return (x->key > y->key) - (x->key < y->key);
}

static int step_groups(struct compilation *c, const boundaries *b,
		       const struct binding_group *groups, struct classes *k)
{
	size_t g = 0;
	int r = 0;

	for (size_t i = 0; r == 0 && i < b->n; i++) {
		struct postern_bits bits = { 0 };
		uint32_t key = b->items[i], set;
		bool listed;

		while (g < c->binding->n_groups && groups[g].key < key)
			g++;
		listed = g < c->binding->n_groups && groups[g].key == key;
		set_group(c, &bits, listed ? &groups[g] : NULL, key);
		r = intern_put(k->group_sets, &bits, sizeof(bits), &set);
		if (r == 0)
			r = add_step(&k->groups, key, set);
	}
	return r;
}

static int make_groups(struct compilation *c, struct classes *k)
{
	size_t n = c->binding->n_groups;
	_cleanup_free_ struct binding_group *groups = calloc(n + 1, sizeof(*groups));
	const struct postern_bits none = { 0 };
	boundaries b = { 0 };
	uint32_t set;
	int r = groups ? intern_put(k->group_sets, &none, sizeof(none), &set) : -ENOMEM;

	for (size_t i = 0; r == 0 && i < n; i++) {
		groups[i] = c->binding->groups[i];
		r = add_single(&b, groups[i].key);
	}
	if (r == 0 && n)
		qsort(groups, n, sizeof(*groups), compare_groups);
	if (r == 0)
		r = add_hash_names(&b, c->groups);
	if (r == 0)
		r = finish(&b);
	if (r == 0)
		r = step_groups(c, &b, groups, k);
	vec_free(&b);
	return r;
}

int numbers_make(struct compilation *c, struct classes *k)
{
	int r = make_users(c, &k->users);

	if (r == 0)
		r = make_gids(c, &k->gids);
	return r ? r : make_groups(c, k);
}
