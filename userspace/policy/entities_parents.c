/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who is in whom: parents by name, and then every entity's ancestors once and for all, so that
 * membership is a look at a list and a diamond of parents costs nothing later.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <postern/limits.h>

#include "base/suggest.h"
#include "policy/entities.h"

/* The nearest id of that kind to one that is not defined. */
static const char *near_id(const struct entity_set *set, enum entity_kind kind, struct text id)
{
	_cleanup_free_ const char **ids = calloc(set->n + 1, sizeof(*ids));
	size_t n = 0;

	for (size_t i = 0; ids && i < set->n; i++) {
		if (set->items[i]->kind == kind)
			ids[n++] = set->items[i]->id.s;
	}
	return ids ? suggest(id.s, ids, n) : NULL;
}

static void undefined_parent(struct entity_parse *p, enum entity_kind kind, struct text id)
{
	const char *near = near_id(p->set, kind, id);
	_cleanup_buf_ struct buf hint = BUF_INIT;

	if (near)
		buf_printf(&hint, "did you mean %s::\"%s\"?", entity_kind_name(kind), near);
	else
		buf_puts(&hint, "define it in the entities, or remove it from the parents");
	reader_error(&p->reader, "entity-undefined-parent", id.s, hint.data,
		     "%s: its parent %s::\"%s\" is not defined", p->reader.what,
		     entity_kind_name(kind), id.s);
}

/* Whether the schema lets an entity of `kind` be in one of `parent`. */
static bool may_be_in(enum entity_kind kind, enum entity_kind parent)
{
	if (kind == ENTITY_IDENTITY)
		return parent == ENTITY_TEAM;
	return kind != ENTITY_TEAM && kind == parent;
}

static void read_parent(struct entity_parse *p, const json_t *j, struct entity *e)
{
	struct reader *r = &p->reader;
	enum entity_kind kind;
	const struct entity *parent;
	struct text id;

	if (!entity_read_uid(r, j, "parents", &kind, &id))
		return;
	if (!may_be_in(e->kind, kind)) {
		reader_error(r, "entity-parent-type", id.s,
			     "Zones are in Zones, Services in Services, Identities in Teams",
			     "%s cannot be in a %s", r->what, entity_kind_name(kind));
		return;
	}
	parent = entity_find(p->set, kind, id);
	if (!parent)
		undefined_parent(p, kind, id);
	else
		e->parents[e->n_parents++] = p->set->items[parent->index];
}

void entity_read_parents(struct entity_parse *p, const json_t *parents, struct entity *e)
{
	struct reader *r = &p->reader;

	if (!json_is_array(parents)) {
		reader_wrong_type(r, "parents", "a list");
		return;
	}
	e->parents = arena_array_of(r->arena, struct entity *, json_array_size(parents));
	if (!e->parents) {
		reader_no_memory(r);
		return;
	}
	for (size_t i = 0; i < json_array_size(parents) && !reader_tired(r); i++)
		read_parent(p, json_array_get(parents, i), e);
}

/* State of entities_close; arrays are by index. */
struct closing {
	struct entity_parse *parse;
	uint32_t *level; /* 0 while open, 1 without parents, else 1 more than the highest parent */
	uint32_t *seen; /* the last entity, from 1, whose ancestors hold this one */
	struct entity **found; /* ancestors of the entity at hand */
	size_t n_found;
	size_t total; /* ancestors of all entities so far */
};

static void find_ancestor(struct closing *c, const struct entity *e, struct entity *ancestor)
{
	if (c->seen[ancestor->index] == e->index + 1)
		return;
	c->seen[ancestor->index] = e->index + 1;
	c->found[c->n_found++] = ancestor;
}

static struct entity *open_parent(const struct closing *c, const struct entity *e)
{
	for (size_t i = 0; i < e->n_parents; i++) {
		if (c->level[e->parents[i]->index] == 0)
			return e->parents[i];
	}
	return NULL;
}

static uint32_t level_of(const struct closing *c, const struct entity *e)
{
	uint32_t highest = 0;

	for (size_t i = 0; i < e->n_parents; i++) {
		uint32_t level = c->level[e->parents[i]->index];

		highest = level > highest ? level : highest;
	}
	return highest + 1;
}

/* Whether the entity keeps within the limits; if not, that is an error. */
static bool within_limits(struct closing *c, const struct entity *e)
{
	struct reader *r = &c->parse->reader;

	if (c->level[e->index] > POSTERN_ENTITY_DEPTH_MAX + 1) {
		reader_error(r, "entity-depth", e->id.s, "put it into a higher parent directly",
			     "%s::\"%s\" has more than %d parents above parents",
			     entity_kind_name(e->kind), e->id.s, POSTERN_ENTITY_DEPTH_MAX);
		return false;
	}
	if (c->total > POSTERN_ANCESTORS_MAX) {
		reader_error(r, "entity-too-many", e->id.s, "use fewer levels of parents",
			     "more than %d pairs of an entity and what it is in",
			     POSTERN_ANCESTORS_MAX);
		return false;
	}
	return true;
}

/* Ancestors of an entity whose parents are all done. */
static int close_one(struct closing *c, struct entity *e)
{
	c->n_found = 0;
	for (size_t i = 0; i < e->n_parents; i++) {
		find_ancestor(c, e, e->parents[i]);
		for (size_t k = 0; k < e->parents[i]->n_ancestors; k++)
			find_ancestor(c, e, e->parents[i]->ancestors[k]);
	}
	c->total += c->n_found;
	c->level[e->index] = level_of(c, e);
	if (!within_limits(c, e))
		return -EBADMSG;
	e->ancestors = arena_array_of(c->parse->reader.arena, struct entity *, c->n_found);
	if (!e->ancestors)
		return -ENOMEM;
	if (c->n_found)
		memcpy(e->ancestors, c->found, c->n_found * sizeof(struct entity *));
	e->n_ancestors = c->n_found;
	return 0;
}

/* One pass over the set: closes what can be. How many, or -errno. */
static int close_pass(struct closing *c)
{
	const struct entity_set *set = c->parse->set;
	int closed = 0;

	for (size_t i = 0; i < set->n; i++) {
		struct entity *e = set->items[i];
		int r;

		if (c->level[i] != 0 || open_parent(c, e))
			continue;
		r = close_one(c, e);
		if (r < 0)
			return r;
		closed++;
	}
	return closed;
}

/*
 * When no pass can go on, each open entity has an open parent, so following those from any of them
 * ends in a circle after at most as many steps as there are entities.
 */
static void report_circle(struct closing *c)
{
	const struct entity_set *set = c->parse->set;
	const struct entity *e = NULL;

	for (size_t i = 0; !e && i < set->n; i++) {
		if (c->level[i] == 0)
			e = set->items[i];
	}
	if (!e)
		return;
	for (size_t i = 0; i < set->n; i++)
		e = open_parent(c, e);
	reader_error(&c->parse->reader, "entity-cycle", e->id.s,
		     "remove one of the parents in the circle",
		     "%s::\"%s\" is its own ancestor, through %s::\"%s\"",
		     entity_kind_name(e->kind), e->id.s, entity_kind_name(e->kind),
		     open_parent(c, e)->id.s);
}

static int close_all(struct closing *c)
{
	int closed;

	c->parse->reader.element = ELEMENT_NONE;
	do
		closed = close_pass(c);
	while (closed > 0);
	if (closed == 0)
		report_circle(c);
	return closed;
}

void entities_close(struct entity_parse *p)
{
	size_t n = p->set->n + 1;
	_cleanup_free_ uint32_t *level = calloc(n, sizeof(*level));
	_cleanup_free_ uint32_t *seen = calloc(n, sizeof(*seen));
	_cleanup_free_ struct entity **found = calloc(n, sizeof(struct entity *));
	struct closing c = { .parse = p, .level = level, .seen = seen, .found = found };
	int r = level && seen && found ? close_all(&c) : -ENOMEM;

	if (r == -ENOMEM)
		reader_no_memory(&p->reader);
}

bool entity_in(const struct entity *e, const struct entity *ancestor)
{
	if (e == ancestor)
		return true;
	for (size_t i = 0; i < e->n_ancestors; i++) {
		if (e->ancestors[i] == ancestor)
			return true;
	}
	return false;
}
