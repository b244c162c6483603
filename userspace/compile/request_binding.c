/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Requests name users, groups and further programs freely, as no host would. Each distinct
 * principal gets a stand-in: a number above all real ones, a text that is no path.
 */
#include "compile/request_binding.h"

#include "base/vec.h"
#include "compile/intern.h"

#define FIRST_KEY 0xf0000000u

struct request_binding {
	struct arena *arena; /* owned */
	struct intern *users, *groups, *programs; /* owned; by what tells them apart */
	struct intern *exes; /* owned; every executable as it is */
	VEC(struct binding_user) user_items;
	VEC(struct binding_group) group_items;
	VEC(struct binding_program) program_items;
	struct binding binding; /* over the three */
};

void request_binding_free(struct request_binding **b)
{
	struct request_binding *x = *b;

	if (!x)
		return;
	arena_free(&x->arena);
	intern_free(&x->users);
	intern_free(&x->groups);
	intern_free(&x->programs);
	intern_free(&x->exes);
	vec_free(&x->user_items);
	vec_free(&x->group_items);
	vec_free(&x->program_items);
	free(x);
	*b = NULL;
}

static void put_text(struct buf *key, struct text t)
{
	buf_put(key, &t.len, sizeof(t.len));
	buf_put(key, t.s, t.len);
}

static void put_texts(struct buf *key, const struct text *t, size_t n)
{
	for (size_t i = 0; i < n; i++)
		put_text(key, t[i]);
}

static void user_identity(const struct principal *p, struct buf *key)
{
	buf_put(key, &p->uid, sizeof(p->uid));
	put_texts(key, p->users, p->n_users);
}

static void program_identity(const struct principal *p, struct buf *key)
{
	put_text(key, p->exe);
	put_texts(key, p->programs, p->n_programs);
}

/* Whether the executable is its own only Program, as it is without aliases. */
static bool is_plain(const struct principal *p)
{
	if (!p->exe.len)
		return p->n_programs == 0;
	return p->n_programs == 1 && text_eq(p->programs[0], p->exe);
}

static int add_user(struct request_binding *b, const struct principal *p)
{
	_cleanup_buf_ struct buf key = BUF_INIT;
	uint32_t id;
	int r;

	user_identity(p, &key);
	r = buf_error(&key);
	if (r == 0)
		r = intern_put(b->users, key.data, key.len, &id);
	if (r || id < b->user_items.n)
		return r;
	return vec_push(&b->user_items,
			((struct binding_user){ FIRST_KEY + id, p->uid, p->users, p->n_users }));
}

static int add_group(struct request_binding *b, struct text *name)
{
	uint32_t id;
	int r = intern_put(b->groups, name->s, name->len, &id);

	if (r || id < b->group_items.n)
		return r;
	return vec_push(&b->group_items, ((struct binding_group){ FIRST_KEY + id, name, 1 }));
}

/* A text that no request has as its executable. */
static int stand_in(struct request_binding *b, struct text *ret)
{
	uint32_t id;

	do {
		char *s = arena_printf(b->arena, "\001%u", intern_count(b->exes));

		if (!s)
			return -ENOMEM;
		*ret = (struct text){ s, strlen(s) };
		if (!intern_find(b->exes, ret->s, ret->len, &id))
			return intern_put(b->exes, ret->s, ret->len, &id);
	} while (intern_put(b->exes, ret, sizeof(*ret), &id) == 0);
	return -ENOMEM;
}

static int add_program(struct request_binding *b, const struct principal *p)
{
	_cleanup_buf_ struct buf key = BUF_INIT;
	struct binding_program item = { { "", 0 }, p->exe, p->programs, p->n_programs };
	uint32_t id;
	int r;

	if (is_plain(p))
		return 0;
	program_identity(p, &key);
	r = buf_error(&key);
	if (r == 0)
		r = intern_put(b->programs, key.data, key.len, &id);
	if (r || id < b->program_items.n)
		return r;
	r = stand_in(b, &item.key);
	return r ? r : vec_push(&b->program_items, item);
}

static int add_principal(struct request_binding *b, const struct principal *p)
{
	int r = add_user(b, p);

	for (size_t i = 0; r == 0 && i < p->n_groups; i++)
		r = add_group(b, &p->groups[i]);
	return r ? r : add_program(b, p);
}

int request_binding_new(const struct request *reqs, size_t n, struct request_binding **ret)
{
	struct request_binding *b = calloc(1, sizeof(*b));
	uint32_t id;
	int r = -ENOMEM;

	if (b && !arena_new(&b->arena) && !intern_new(&b->users) && !intern_new(&b->groups) &&
	    !intern_new(&b->programs) && !intern_new(&b->exes))
		r = 0;
	for (size_t i = 0; r == 0 && i < n; i++)
		r = intern_put(b->exes, reqs[i].principal.exe.s, reqs[i].principal.exe.len, &id);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = add_principal(b, &reqs[i].principal);
	if (r) {
		request_binding_free(&b);
		return r;
	}
	b->binding = (struct binding){
		.users = b->user_items.items,
		.n_users = b->user_items.n,
		.groups = b->group_items.items,
		.n_groups = b->group_items.n,
		.programs = b->program_items.items,
		.n_programs = b->program_items.n,
	};
	*ret = b;
	return 0;
}

const struct binding *request_binding_get(const struct request_binding *b)
{
	return &b->binding;
}

bool request_binding_user(const struct request_binding *b, const struct principal *p,
			  uint32_t *ret_key)
{
	_cleanup_buf_ struct buf key = BUF_INIT;
	uint32_t id;

	user_identity(p, &key);
	if (buf_error(&key) || !intern_find(b->users, key.data, key.len, &id))
		return false;
	*ret_key = b->user_items.items[id].key;
	return true;
}

bool request_binding_group(const struct request_binding *b, struct text name, uint32_t *ret_key)
{
	uint32_t id;

	if (!intern_find(b->groups, name.s, name.len, &id))
		return false;
	*ret_key = b->group_items.items[id].key;
	return true;
}

bool request_binding_exe(const struct request_binding *b, const struct principal *p,
			 struct text *ret)
{
	_cleanup_buf_ struct buf key = BUF_INIT;
	uint32_t id;

	if (is_plain(p)) {
		*ret = p->exe;
		return true;
	}
	program_identity(p, &key);
	if (buf_error(&key) || !intern_find(b->programs, key.data, key.len, &id))
		return false;
	*ret = b->program_items.items[id].key;
	return true;
}
