/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Entities of a bundle from Cedar's JSON entity format
 * (docs.cedarpolicy.com/auth/entities-syntax.html), for the four types that a bundle defines.
 */
#include "policy/entities.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <postern/limits.h>

#include "base/suggest.h"

static const struct reader_codes codes = {
	.unknown = "entity-unknown-key",
	.missing = "entity-missing",
	.type = "entity-wrong-type",
};

static const char *const kind_names[] = {
	[ENTITY_SERVICE] = "Service",
	[ENTITY_ZONE] = "Zone",
	[ENTITY_TEAM] = "Team",
	[ENTITY_IDENTITY] = "Identity",
};

_Static_assert(sizeof(kind_names) / sizeof(kind_names[0]) == ENTITY_KINDS, "a name for each kind");

/* An entity with the JSON that it comes from, while the set is put together. */
struct draft {
	struct entity *entity;
	const json_t *json;
	size_t element;
};

const char *entity_kind_name(enum entity_kind kind)
{
	return kind_names[kind];
}

static bool read_kind(struct reader *r, struct text type, enum entity_kind *ret)
{
	const char *near = suggest(type.s, kind_names, ENTITY_KINDS);
	char hint[64];

	for (int k = 0; k < ENTITY_KINDS; k++) {
		if (!text_is(type, kind_names[k]))
			continue;
		*ret = (enum entity_kind)k;
		return true;
	}
	(void)snprintf(hint, sizeof(hint), "did you mean \"%s\"?", near ? near : "");
	reader_error(r, "entity-unknown-type", type.s,
		     near ? hint : "users, groups, programs and units need no definition",
		     "a bundle defines Service, Zone, Team and Identity, not \"%s\"", type.s);
	return false;
}

bool entity_read_uid(struct reader *r, const json_t *j, const char *key, enum entity_kind *ret_kind,
		     struct text *ret_id)
{
	static const char *const keys[] = { "type", "id" };
	const json_t *escaped = json_object_get(j, "__entity");
	size_t errors = r->errors;
	struct text type, id;

	if (escaped && json_object_size(j) == 1)
		j = escaped;
	if (!read_object(r, j, key))
		return false;
	read_keys(r, j, keys, 2);
	if (!read_text(r, j, "type", &type) || !read_text(r, j, "id", &id)) {
		if (r->errors == errors && r->err != -ENOMEM)
			reader_error(r, codes.missing, key,
				     "write { \"type\": \"Zone\", \"id\": \"name\" }",
				     "%s: \"%s\" needs a type and an id", r->what, key);
		return false;
	}
	if (r->errors != errors || !read_kind(r, type, ret_kind))
		return false;
	*ret_id = id;
	return true;
}

/* The three members that each entity has, as Cedar wants them. */
static bool has_shape(struct reader *r, const json_t *j)
{
	static const char *const keys[] = { "uid", "attrs", "parents" };
	size_t errors = r->errors;

	if (!json_is_object(j)) {
		reader_error(r, codes.type, "", NULL, "an entity must be an object");
		return false;
	}
	read_keys(r, j, keys, 3);
	for (size_t i = 0; i < 3; i++) {
		if (!json_object_get(j, keys[i]))
			reader_error(r, codes.missing, "id", NULL, "an entity needs \"%s\"",
				     keys[i]);
	}
	return r->errors == errors;
}

/* Name of an entity in messages. */
static const char *display_name(struct reader *r, const struct entity *e)
{
	const char *name = arena_printf(r->arena, "%s::\"%s\"", kind_names[e->kind], e->id.s);

	if (!name)
		reader_no_memory(r);
	return name ? name : kind_names[e->kind];
}

static void read_entity(struct entity_parse *p, struct draft *d)
{
	struct reader *r = &p->reader;
	struct entity *e = arena_new_of(r->arena, struct entity);

	if (!e) {
		reader_no_memory(r);
		return;
	}
	r->what = "an entity";
	if (!has_shape(r, d->json) ||
	    !entity_read_uid(r, json_object_get(d->json, "uid"), "uid", &e->kind, &e->id))
		return;
	r->what = display_name(r, e);
	entity_read_attributes(p, json_object_get(d->json, "attrs"), e);
	d->entity = e;
}

static int draft_cmp(const void *a, const void *b)
{
	const struct entity *x = ((const struct draft *)a)->entity;
	const struct entity *y = ((const struct draft *)b)->entity;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return text_cmp(x->id, y->id);
}

/* Sorts, refuses duplicates and fills the set. */
static int collect(struct entity_parse *p, struct draft *drafts, size_t n)
{
	struct reader *r = &p->reader;

	qsort(drafts, n, sizeof(*drafts), draft_cmp);
	p->set->items = arena_array_of(r->arena, struct entity *, n);
	if (!p->set->items)
		return -ENOMEM;
	p->set->n = n;
	for (size_t i = 0; i < n; i++) {
		struct entity *e = drafts[i].entity;

		e->index = (uint32_t)i;
		p->set->items[i] = e;
		if (i == 0 || reader_tired(r) || draft_cmp(&drafts[i - 1], &drafts[i]) != 0)
			continue;
		r->element = drafts[i].element;
		reader_error(r, "entity-duplicate", e->id.s, "keep one, or give it another id",
			     "%s::\"%s\" is defined twice", kind_names[e->kind], e->id.s);
	}
	return r->err;
}

static int link_parents(struct entity_parse *p, const struct draft *drafts, size_t n)
{
	struct reader *r = &p->reader;

	for (size_t i = 0; i < n && !reader_tired(r); i++) {
		r->element = drafts[i].element;
		r->what = display_name(r, drafts[i].entity);
		entity_read_parents(p, json_object_get(drafts[i].json, "parents"),
				    drafts[i].entity);
	}
	if (r->err == 0)
		entities_close(p);
	return r->err;
}

static int parse_all(struct entity_parse *p, const json_t *json)
{
	struct reader *r = &p->reader;
	size_t n = json_array_size(json);
	_cleanup_free_ struct draft *drafts = calloc(n + 1, sizeof(*drafts));
	int err;

	if (!drafts)
		return -ENOMEM;
	for (size_t i = 0; i < n && !reader_tired(r); i++) {
		drafts[i].json = json_array_get(json, i);
		drafts[i].element = r->element = i;
		read_entity(p, &drafts[i]);
	}
	err = r->err ? r->err : collect(p, drafts, n);
	return err ? err : link_parents(p, drafts, n);
}

int entities_parse(const json_t *json, const struct source *src, const struct bundle_files *files,
		   struct diags *d, struct entity_set **ret)
{
	_cleanup_entity_set_ struct entity_set *set = calloc(1, sizeof(*set));
	struct entity_parse p = { .set = set, .files = files };
	int r;

	if (!set)
		return -ENOMEM;
	r = arena_new(&set->arena);
	if (r < 0)
		return r;
	p.reader = (struct reader){ .codes = &codes,
				    .arena = set->arena,
				    .diags = d,
				    .whole = place_whole(src),
				    .element = ELEMENT_NONE,
				    .what = "entities" };
	if (!json_is_array(json))
		reader_error(&p.reader, codes.type, "", "write [ { \"uid\": … }, … ]",
			     "entities must be a list");
	else if (json_array_size(json) > POSTERN_ENTITIES_MAX)
		reader_error(&p.reader, "entity-too-many", "", "split the bundle",
			     "%zu entities, the limit is %d", json_array_size(json),
			     POSTERN_ENTITIES_MAX);
	known_lists_of(files ? files->before : NULL, &p.known);
	r = p.reader.err ? p.reader.err : parse_all(&p, json);
	known_lists_free(&p.known);
	if (r < 0)
		return r;
	*ret = TAKE_PTR(set);
	return 0;
}

void entity_set_free(struct entity_set **set)
{
	if (!*set)
		return;
	for (size_t i = 0; i < (*set)->n_lists; i++)
		prefix_list_drop((*set)->lists[i]);
	free((*set)->lists);
	arena_free(&(*set)->arena);
	free(*set);
	*set = NULL;
}

const struct entity *entity_find(const struct entity_set *set, enum entity_kind kind,
				 struct text id)
{
	size_t low = 0, high = set->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct entity *e = set->items[middle];
		int order = e->kind != kind ? (e->kind < kind ? -1 : 1) : text_cmp(e->id, id);

		if (order == 0)
			return e;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}
