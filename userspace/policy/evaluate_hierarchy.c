/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who is in what. The hierarchy of a request is: the Process in what its principal names, a Unit in
 * its slices, the Endpoint in the Zones and Services that hold its address, the entities of the
 * bundle in their parents, and the actions in egress and ingress.
 */
#include <string.h>

#include "policy/entities.h"
#include "policy/evaluate.h"
#include "policy/prefix.h"

static bool has_text(const struct text *texts, size_t n, struct text t)
{
	for (size_t i = 0; i < n; i++) {
		if (text_eq(texts[i], t))
			return true;
	}
	return false;
}

/* The bundle's entity with this uid, or NULL. */
static const struct entity *defined_entity(const struct evaluation *ev,
					   const struct entity_uid *uid)
{
	for (int k = 0; k < ENTITY_KINDS; k++) {
		if (text_is(uid->type, entity_kind_name((enum entity_kind)k)))
			return entity_find(ev->entities, (enum entity_kind)k, uid->id);
	}
	return NULL;
}

static bool person_in(const struct evaluation *ev, struct text identity,
		      const struct entity_uid *team)
{
	const struct entity *person = entity_find(ev->entities, ENTITY_IDENTITY, identity);
	const struct entity *ancestor = defined_entity(ev, team);

	return person && ancestor && entity_in(person, ancestor);
}

static bool process_in(const struct evaluation *ev, const struct entity_uid *ancestor)
{
	const struct principal *p = &ev->request->principal;
	struct text type = ancestor->type, id = ancestor->id;

	if (text_is(type, "User"))
		return has_text(p->users, p->n_users, id);
	if (text_is(type, "Group"))
		return has_text(p->groups, p->n_groups, id);
	if (text_is(type, "Program"))
		return has_text(p->programs, p->n_programs, id);
	if (text_is(type, "Unit"))
		return (p->unit.len && text_eq(p->unit, id)) ||
		       has_text(p->slices, p->n_slices, id);
	if (text_is(type, "Identity"))
		return p->identity.len && text_eq(p->identity, id);
	return text_is(type, "Team") && p->identity.len && person_in(ev, p->identity, ancestor);
}

static bool service_has(const struct entity *service, const struct endpoint *e)
{
	struct prefix address = prefix_of_address(e->addr, e->v4);

	for (size_t i = 0; i < service->n_endpoints; i++) {
		const struct endpoint_set *set = &service->endpoints[i];

		if (set->protocol == e->protocol && set->port_first <= e->port &&
		    e->port <= set->port_last && prefix_covers(&set->prefix, &address))
			return true;
	}
	return false;
}

/* Whether the endpoint is in the ancestor itself or in a Zone or Service below it. */
static bool endpoint_in(const struct evaluation *ev, const struct entity_uid *uid)
{
	const struct endpoint *endpoint = &ev->request->resource;
	struct prefix address = prefix_of_address(endpoint->addr, endpoint->v4);
	const struct entity *ancestor = defined_entity(ev, uid);

	for (size_t i = 0; ancestor && i < ev->entities->n; i++) {
		const struct entity *e = ev->entities->items[i];

		if (!entity_in(e, ancestor))
			continue;
		if (e->kind == ENTITY_ZONE && zone_has_address(e, &address))
			return true;
		if (e->kind == ENTITY_SERVICE && service_has(e, endpoint))
			return true;
	}
	return false;
}

static bool action_in(const struct entity_uid *action, const struct entity_uid *group)
{
	bool egress = text_is(action->id, "connect") || text_is(action->id, "send");
	bool ingress = text_is(action->id, "listen") || text_is(action->id, "accept");

	return text_is(group->type, "Action") && ((egress && text_is(group->id, "egress")) ||
						  (ingress && text_is(group->id, "ingress")));
}

static bool defined_in(const struct evaluation *ev, const struct entity_uid *e,
		       const struct entity_uid *ancestor)
{
	const struct entity *below = defined_entity(ev, e), *above = defined_entity(ev, ancestor);

	return below && above && entity_in(below, above);
}

bool hierarchy_in(const struct evaluation *ev, const struct entity_uid *e,
		  const struct entity_uid *ancestor)
{
	const struct principal *p = &ev->request->principal;

	if (uid_equal(e, ancestor))
		return true;
	if (uid_equal(e, &ev->principal.uid))
		return process_in(ev, ancestor);
	if (uid_equal(e, &ev->resource.uid))
		return text_is(e->type, "Endpoint") && endpoint_in(ev, ancestor);
	if (text_is(e->type, "Action"))
		return action_in(e, ancestor);
	if (text_is(e->type, "Unit"))
		return text_eq(e->id, p->unit) && text_is(ancestor->type, "Unit") &&
		       has_text(p->slices, p->n_slices, ancestor->id);
	return defined_in(ev, e, ancestor);
}
