/* SPDX-License-Identifier: BSD-2-Clause */
/* The scope of a policy, and policies that no request can match. */
#include "policy/profile.h"

static void check_part(const struct profile *p, const struct scope *s)
{
	if (s->slot) {
		refuse(p, "profile-slot", s->span, "name the entity",
		       "templates are not part of the profile: a bundle has policies only");
		return;
	}
	for (size_t i = 0; i < s->n_uids; i++) {
		struct text type = s->uids[i].type;

		if (text_is(type, "Process") || text_is(type, "Endpoint"))
			refuse(p, "profile-ids", s->span,
			       "name a User, Group, Program, Unit, Identity, Team, Zone or Service",
			       "a process or an endpoint cannot be compared by its id");
		else
			profile_uid(p, &s->uids[i], s->span);
	}
}

static bool covers_accept(const struct policy *policy)
{
	const struct schema_action *accept = schema_action((struct text){ "accept", 6 });

	return validate_scope(policy, accept)->kind != TYPE_FALSE;
}

void profile_scope(const struct profile *p)
{
	const struct policy *policy = p->policy;
	const struct scope *to = &policy->resource;

	check_part(p, &policy->principal);
	check_part(p, &policy->resource);
	if (policy->effect == EFFECT_PERMIT && policy->action.kind == SCOPE_ANY)
		refuse(p, "profile-permit-action", policy->action.span,
		       "write `action == Action::\"connect\"`, or `action in Action::\"egress\"`",
		       "a permit must name the actions that it permits");
	if (to->n_uids > 0 && text_is(to->uids[0].type, "Service") && covers_accept(policy))
		refuse(p, "profile-accept-service", to->span,
		       "write a Zone and ports, or name only the actions that go out",
		       "a Service says where to connect, and nothing about who may be accepted");
}

/* `principal == User::"x"`: meant is `in`, since a process is never a user. */
static bool is_equal_to_group(const struct scope *s, const struct entity_type *of)
{
	const struct entity_type *t;

	if (s->kind != SCOPE_EQ || s->slot)
		return false;
	t = schema_entity(s->uids[0].type);
	return t && t != of && schema_may_be_in(of, t);
}

void profile_impossible(const struct profile *p)
{
	static const char why[] = "no request can match this policy";

	if (is_equal_to_group(&p->policy->principal, &entity_process))
		refuse(p, "profile-impossible", p->policy->principal.span,
		       "write `in` for `==`: a process is in its user, group, program and unit",
		       "%s", why);
	else if (is_equal_to_group(&p->policy->resource, &entity_endpoint))
		refuse(p, "profile-impossible", p->policy->resource.span,
		       "write `in` for `==`: an endpoint is in a Zone or a Service", "%s", why);
	else
		refuse(p, "profile-impossible", p->policy->span,
		       "leave it out, or mend the part that is always false", "%s", why);
}
