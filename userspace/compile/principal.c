/* SPDX-License-Identifier: BSD-2-Clause */
/* Atoms on the principal: each is about one dimension, or about a group or unit. */
#include "compile/atoms.h"
#include "compile/walk.h"

struct dimension_of {
	const char *attribute;
	enum postern_dim dim;
};

static const struct dimension_of texts[] = {
	{ "exe", POSTERN_DIM_EXE },
	{ "parent", POSTERN_DIM_PARENT },
	{ "script", POSTERN_DIM_SCRIPT },
	{ "sha256", POSTERN_DIM_SHA256 },
	{ "container", POSTERN_DIM_CONTAINER },
};

static const struct dimension_of numbers[] = {
	{ "uid", POSTERN_DIM_USER },
	{ "gid", POSTERN_DIM_GID },
};

static const struct dimension_of *dimension_named(const struct dimension_of *all, size_t n,
						  struct text attribute)
{
	for (size_t i = 0; i < n; i++)
		if (text_is(attribute, all[i].attribute))
			return &all[i];
	return NULL;
}

#define TEXT_DIMENSION(a) dimension_named(texts, sizeof(texts) / sizeof(texts[0]), (a))
#define NUMBER_DIMENSION(a) dimension_named(numbers, sizeof(numbers) / sizeof(numbers[0]), (a))

bool principal_has(struct text attribute)
{
	return TEXT_DIMENSION(attribute) || NUMBER_DIMENSION(attribute) ||
	       text_is(attribute, "preexisting");
}

/* The atom of a key, made of `p` when it is new; `p` is taken over. */
static const struct formula *class_atom(struct compilation *c, const struct buf *key, uint32_t dim,
					struct predicate p)
{
	const struct formula *f = atom_find(c, key);

	if (!f && c->err != -ENOMEM)
		return atom_class(c, key, dim, p);
	range_set_free(&p.range);
	return f;
}

static const struct formula *parent_atom(struct compilation *c, uint32_t dim,
					 const struct entity_uid *uid)
{
	_cleanup_buf_ struct buf key = BUF_INIT;

	buf_printf(&key, "in %u", dim);
	key_text(&key, uid->id);
	return class_atom(c, &key, dim,
			  (struct predicate){ PREDICATE_PARENT, .texts = &uid->id, .n_texts = 1 });
}

static const struct formula *team_atom(struct compilation *c, struct text id)
{
	_cleanup_buf_ struct buf key = BUF_INIT;
	const struct entity *team = entity_find(c->entities, ENTITY_TEAM, id);

	if (!team)
		return &formula_false;
	buf_puts(&key, "team");
	key_text(&key, id);
	return class_atom(c, &key, POSTERN_DIM_IDENTITY,
			  (struct predicate){ PREDICATE_TEAM, .team = team });
}

const struct formula *principal_in(struct compilation *c, const struct entity_uid *uid)
{
	if (text_is(uid->type, "Group"))
		return atom_group(c, uid->id);
	if (text_is(uid->type, "Unit"))
		return atom_unit(c, uid->id);
	if (text_is(uid->type, "User"))
		return parent_atom(c, POSTERN_DIM_USER, uid);
	if (text_is(uid->type, "Program"))
		return parent_atom(c, POSTERN_DIM_EXE, uid);
	if (text_is(uid->type, "Identity"))
		return parent_atom(c, POSTERN_DIM_IDENTITY, uid);
	if (text_is(uid->type, "Team"))
		return team_atom(c, uid->id);
	return &formula_false;
}

const struct formula *principal_text(struct compilation *c, struct text attribute,
				     const struct text *values, size_t n)
{
	_cleanup_buf_ struct buf key = BUF_INIT;
	const struct dimension_of *of = TEXT_DIMENSION(attribute);

	if (!of || n == 0)
		return &formula_false;
	buf_printf(&key, "text %u", of->dim);
	for (size_t i = 0; i < n; i++)
		key_text(&key, values[i]);
	return class_atom(c, &key, of->dim,
			  (struct predicate){ PREDICATE_TEXT, .texts = values, .n_texts = n });
}

/* Before and after the one star that the profile allows. */
static bool split_pattern(const struct expr *like, struct text *prefix, struct text *suffix)
{
	bool starred = false;

	*prefix = *suffix = (struct text){ "", 0 };
	for (size_t i = 0; i < like->n_pattern; i++) {
		if (like->pattern[i].star)
			starred = true;
		else if (starred)
			*suffix = like->pattern[i].literal;
		else
			*prefix = like->pattern[i].literal;
	}
	return starred;
}

const struct formula *principal_like(struct compilation *c, struct text attribute,
				     const struct expr *like)
{
	_cleanup_buf_ struct buf key = BUF_INIT;
	const struct dimension_of *of = TEXT_DIMENSION(attribute);
	struct predicate p = { .kind = PREDICATE_PATTERN };

	if (!of || like->n_pattern > 3)
		return walk_unsupported(c, like);
	if (!split_pattern(like, &p.prefix, &p.suffix)) {
		struct text *whole = arena_new_of(c->arena, struct text);

		if (!whole) {
			compilation_fail(c, -ENOMEM);
			return NULL;
		}
		*whole = p.prefix;
		return principal_text(c, attribute, whole, 1);
	}
	if (p.prefix.len + p.suffix.len == 0)
		return &formula_true;
	buf_printf(&key, "like %u", of->dim);
	key_text(&key, p.prefix);
	key_text(&key, p.suffix);
	return class_atom(c, &key, of->dim, p);
}

const struct formula *principal_number(struct compilation *c, struct text attribute,
				       struct range_set set)
{
	_cleanup_buf_ struct buf key = BUF_INIT;
	const struct dimension_of *of = NUMBER_DIMENSION(attribute);

	if (!of || set.n == 0) {
		range_set_free(&set);
		return &formula_false;
	}
	buf_printf(&key, "number %u", of->dim);
	for (size_t i = 0; i < set.n; i++)
		buf_printf(&key, " %u-%u", (uint32_t)set.items[i].first,
			   (uint32_t)set.items[i].last);
	return class_atom(c, &key, of->dim, (struct predicate){ PREDICATE_RANGE, .range = set });
}

const struct formula *principal_preexisting(struct compilation *c)
{
	_cleanup_buf_ struct buf key = BUF_INIT;

	buf_puts(&key, "preexisting");
	return class_atom(c, &key, POSTERN_DIM_PREEXISTING,
			  (struct predicate){ .kind = PREDICATE_YES });
}
