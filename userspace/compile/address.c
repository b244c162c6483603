/* SPDX-License-Identifier: BSD-2-Clause */
/* Atoms on the address: prefixes, families, zones; and services, which are addresses and doors. */
#include "compile/atoms.h"
#include "compile/memory.h"
#include "compile/walk.h"

static range_key key_of(const uint8_t *bytes, size_t n)
{
	range_key k = 0;

	for (size_t i = 0; i < n; i++)
		k = k << 8 | bytes[i];
	return k;
}

static int add_prefix(struct ip_predicate *p, const struct prefix *prefix)
{
	unsigned width = prefix->v4 ? 32 : 128, rest = width - prefix->bits;
	range_key first = prefix->v4 ? key_of(prefix->addr + 12, 4) : key_of(prefix->addr, 16);
	range_key span = rest == 128 ? RANGE_MAX128 : ((range_key)1 << rest) - 1;

	first &= ~span;
	return range_set_add(prefix->v4 ? &p->v4 : &p->v6, first, first | span);
}

static const struct formula *ip_of(struct compilation *c, const struct buf *key, int r,
				   struct ip_predicate p)
{
	if (r) {
		ip_predicate_free(&p);
		compilation_fail(c, r);
		return NULL;
	}
	return atom_ip(c, key, p);
}

/* One or two prefixes under a key. */
static const struct formula *prefixes(struct compilation *c, const struct buf *key,
				      const struct prefix *items, size_t n)
{
	struct ip_predicate p = { 0 };
	const struct formula *f = atom_find(c, key);
	int r = 0;

	if (f || c->err == -ENOMEM)
		return f;
	for (size_t i = 0; r == 0 && i < n; i++)
		r = add_prefix(&p, &items[i]);
	return ip_of(c, key, r, p);
}

const struct formula *ip_in_prefix(struct compilation *c, const struct prefix *p)
{
	_cleanup_buf_ struct buf key = BUF_INIT;

	buf_printf(&key, "ip %d %u ", p->v4, p->bits);
	buf_put(&key, p->addr, sizeof(p->addr));
	return prefixes(c, &key, p, 1);
}

const struct formula *ip_family(struct compilation *c, bool v4)
{
	struct prefix all = { .v4 = v4 };

	return ip_in_prefix(c, &all);
}

const struct formula *ip_loopback(struct compilation *c)
{
	_cleanup_buf_ struct buf key = BUF_INIT;
	const struct prefix loopback[] = {
		{ .addr = { [12] = 127 }, .bits = 8, .v4 = true },
		{ .addr = { [15] = 1 }, .bits = 128 },
	};

	buf_puts(&key, "loopback");
	return prefixes(c, &key, loopback, 2);
}

const struct formula *ip_multicast(struct compilation *c)
{
	_cleanup_buf_ struct buf key = BUF_INIT;
	const struct prefix multicast[] = {
		{ .addr = { [12] = 224 }, .bits = 4, .v4 = true },
		{ .addr = { 0xff }, .bits = 8 },
	};

	buf_puts(&key, "multicast");
	return prefixes(c, &key, multicast, 2);
}

int ip_literal(const struct expr *e, struct prefix *ret)
{
	_cleanup_buf_ struct buf b = BUF_INIT;
	const char *why;
	struct text t;

	if (e->kind != EXPR_CALL || !text_is(e->string, "ip") || e->n_args != 1 ||
	    e->args[0]->kind != EXPR_STRING)
		return -EINVAL;
	t = e->args[0]->string;
	if (memchr(t.s, '/', t.len))
		return prefix_parse(t, ret, &why);
	buf_put(&b, t.s, t.len);
	buf_puts(&b, memchr(t.s, ':', t.len) ? "/128" : "/32");
	if (buf_error(&b))
		return -ENOMEM;
	return prefix_parse((struct text){ b.data, b.len }, ret, &why);
}

/* The lists of a zone and of all zones in it. */
static int add_lists(const struct compilation *c, const struct entity *z, struct ip_predicate *p)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < c->entities->n; i++) {
		const struct entity *e = c->entities->items[i];

		if (e->kind != ENTITY_ZONE || !e->list || !entity_in(e, z))
			continue;
		r = vec_push(&p->lists, e->list);
		if (r == 0)
			(void)prefix_list_hold(e->list);
	}
	return r;
}

static int add_prefixes_of(struct ip_predicate *p, const struct prefix_list *l)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < l->n; i++)
		r = add_prefix(p, &l->items[i]);
	return r;
}

static const struct formula *zone(struct compilation *c, const struct entity *z)
{
	_cleanup_buf_ struct buf key = BUF_INIT;
	struct ip_predicate p = { 0 };
	const struct formula *f;
	int r;

	buf_puts(&key, "zone");
	key_text(&key, z->id);
	f = atom_find(c, &key);
	if (f || c->err == -ENOMEM)
		return f;
	r = add_lists(c, z, &p);
	if (r == 0 && memory_find(c->memory, &key, &p) == NO_PREDICATE)
		for (size_t i = 0; r == 0 && i < p.lists.n; i++)
			r = add_prefixes_of(&p, p.lists.items[i]);
	return ip_of(c, &key, r, p);
}

typedef VEC(const struct endpoint_set *) endpoint_list;

static int gather(const struct compilation *c, const struct entity *service, endpoint_list *ret)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < c->entities->n; i++) {
		const struct entity *e = c->entities->items[i];

		if (e->kind != ENTITY_SERVICE || !entity_in(e, service))
			continue;
		for (size_t k = 0; r == 0 && k < e->n_endpoints; k++)
			r = vec_push(ret, &e->endpoints[k]);
	}
	return r;
}

static int by_door(const void *a, const void *b)
{
	const struct endpoint_set *x = *(const struct endpoint_set *const *)a;
	const struct endpoint_set *y = *(const struct endpoint_set *const *)b;

	if (x->protocol != y->protocol)
		return x->protocol < y->protocol ? -1 : 1;
	if (x->port_first != y->port_first)
		return x->port_first < y->port_first ? -1 : 1;
	return (x->port_last > y->port_last) - (x->port_last < y->port_last);
}

/* Addresses of all endpoints behind one door, and that door. */
static const struct formula *behind_door(struct compilation *c, const struct entity *service,
					 const struct endpoint_set *const *es, size_t n)
{
	_cleanup_buf_ struct buf key = BUF_INIT;
	struct ip_predicate p = { 0 };
	const struct formula *f;
	int r = 0;

	buf_printf(&key, "service %u %u-%u", es[0]->protocol, es[0]->port_first, es[0]->port_last);
	key_text(&key, service->id);
	f = atom_find(c, &key);
	if (!f && c->err != -ENOMEM) {
		for (size_t i = 0; r == 0 && i < n; i++)
			r = add_prefix(&p, &es[i]->prefix);
		f = ip_of(c, &key, r, p);
	}
	return formula_and(c->arena, door_service(c, es[0]), f);
}

static const struct formula *service(struct compilation *c, const struct entity *s)
{
	endpoint_list all = { 0 };
	VEC(const struct formula *) parts = { 0 };
	const struct formula *f = NULL;
	int r = gather(c, s, &all);

	if (all.n)
		qsort(all.items, all.n, sizeof(*all.items), by_door);
	for (size_t i = 0, n; r == 0 && i < all.n; i += n) {
		n = 1;
		while (i + n < all.n && by_door(&all.items[i], &all.items[i + n]) == 0)
			n++;
		r = vec_push(&parts, behind_door(c, s, all.items + i, n));
	}
	if (compilation_fail(c, r) != -ENOMEM)
		f = formula_any(c->arena, parts.items, parts.n);
	vec_free(&all);
	vec_free(&parts);
	return f;
}

const struct formula *resource_in(struct compilation *c, const struct entity_uid *uid)
{
	const struct entity *e;

	if (text_is(uid->type, "SocketKind"))
		return door_kind(c, uid->id);
	if (text_is(uid->type, "Zone")) {
		e = entity_find(c->entities, ENTITY_ZONE, uid->id);
		return e ? zone(c, e) : &formula_false;
	}
	if (text_is(uid->type, "Service")) {
		e = entity_find(c->entities, ENTITY_SERVICE, uid->id);
		return e ? service(c, e) : &formula_false;
	}
	return &formula_false;
}
