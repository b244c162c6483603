/* SPDX-License-Identifier: BSD-2-Clause */
/* Entities: only variables are asked about, and what is named must be defined. */
#include "base/suggest.h"
#include "base/vec.h"
#include "policy/profile.h"

static const char *const defined_types[] = {
	[ENTITY_SERVICE] = "Service",
	[ENTITY_ZONE] = "Zone",
	[ENTITY_TEAM] = "Team",
	[ENTITY_IDENTITY] = "Identity",
};

static bool entity_kind_of(struct text type, enum entity_kind *ret)
{
	for (size_t i = 0; i < sizeof(defined_types) / sizeof(defined_types[0]); i++) {
		if (text_is(type, defined_types[i])) {
			*ret = (enum entity_kind)i;
			return true;
		}
	}
	return false;
}

/* "write Zone::"management"", or where to define one. */
static void hint_defined(const struct profile *p, enum entity_kind kind, struct text id,
			 struct buf *hint)
{
	VEC(const char *) words = { 0 };
	const char *near = NULL;

	for (size_t i = 0; p->entities && i < p->entities->n; i++) {
		if (p->entities->items[i]->kind == kind &&
		    vec_push(&words, p->entities->items[i]->id.s) < 0)
			p->d->err = -ENOMEM;
	}
	if (words.n > 0)
		near = suggest(id.s, words.items, words.n);
	if (near)
		buf_printf(hint, "write %s::\"%s\"", defined_types[kind], near);
	else
		buf_printf(hint, "define %s::\"%s\" in entities.json", defined_types[kind], id.s);
	vec_free(&words);
}

static void check_defined(const struct profile *p, const struct entity_uid *uid, struct span where)
{
	_cleanup_buf_ struct buf hint = BUF_INIT;
	enum entity_kind kind;

	if (!entity_kind_of(uid->type, &kind))
		return;
	if (p->entities && entity_find(p->entities, kind, uid->id))
		return;
	hint_defined(p, kind, uid->id, &hint);
	refuse(p, "profile-undefined", where, hint.data, "%s::\"%s\" is not defined in this bundle",
	       uid->type.s, uid->id.s);
}

static void check_program(const struct profile *p, const struct entity_uid *uid, struct span where)
{
	if (!text_is(uid->type, "Program") || uid->id.s[0] == '/' ||
	    strncmp(uid->id.s, "container:/", strlen("container:/")) == 0)
		return;
	diag_warning(p->d, "program-path", where, "write the path, as `command -v` shows it",
		     "Program::\"%s\" matches no process: programs are absolute paths", uid->id.s);
}

void profile_uid(const struct profile *p, const struct entity_uid *uid, struct span where)
{
	if (!profile_is_plain(uid->id, false))
		refuse(p, "profile-characters", where, "write it in ASCII, or in Latin letters",
		       "the id of this %s has characters that can pass for others", uid->type.s);
	else
		check_defined(p, uid, where);
	check_program(p, uid, where);
}

static void refuse_literal(const struct profile *p, const struct expr *e, const char *what)
{
	refuse(p, "profile-entity-literal", e->span,
	       "ask about `principal` or `resource`; what an entity holds, the bundle says already",
	       "%s of an entity that is written out asks nothing about the request", what);
}

void profile_attribute(const struct profile *p, const struct expr *e)
{
	const struct expr *of = e->args[0];

	if (of->kind == EXPR_ENTITY)
		refuse_literal(p, e, e->kind == EXPR_HAS ? "`has`" : "an attribute");
	else if (is_attribute(e, VAR_RESOURCE, "name"))
		refuse(p, "profile-resource-name", e->span,
		       "write a Zone, a Service or `resource.ip`",
		       "host names are not known when a connection is decided");
	for (size_t i = 0; e->kind == EXPR_HAS && i < e->n_names; i++) {
		if (!profile_is_plain(e->names[i], false))
			refuse(p, "profile-characters", e->span,
			       "write it in ASCII, or in Latin letters",
			       "the attribute's name has characters that can pass for others");
	}
}

static bool is_id_type(struct text type)
{
	return text_is(type, "Process") || text_is(type, "Endpoint");
}

/* The right side of `in`: entities that are written out, of types that have members. */
static void check_group(const struct profile *p, const struct expr *group)
{
	if (group->kind == EXPR_SET) {
		for (size_t i = 0; i < group->n_args; i++)
			check_group(p, group->args[i]);
	} else if (group->kind != EXPR_ENTITY) {
		refuse(p, "profile-in", group->span, "name the entity, or a set of them",
		       "what stands after `in` must be written out");
	} else if (is_id_type(group->uid.type)) {
		refuse(p, "profile-ids", group->span,
		       "name a User, Group, Program, Unit, Identity, Team, Zone or Service",
		       "a process or an endpoint cannot be compared by its id");
	}
}

void profile_membership(const struct profile *p, const struct expr *e)
{
	if (e->args[0]->kind == EXPR_ENTITY)
		refuse_literal(p, e, e->kind == EXPR_IN ? "`in`" : "`is`");
	else if (e->args[0]->kind != EXPR_VAR)
		refuse(p, "profile-in", e->args[0]->span, "write `principal` or `resource`",
		       "only the request's own entities can be asked about");
	if (e->n_args > 1)
		check_group(p, e->args[1]);
}
