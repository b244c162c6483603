/* SPDX-License-Identifier: BSD-2-Clause */
/* Questions to the schema: by name, and who can be in what. */
#include <string.h>

#include "policy/schema.h"

const struct entity_type *schema_entity(struct text name)
{
	for (size_t i = 0; i < schema_n_entities; i++) {
		if (text_eq(schema_entities[i]->name, name))
			return schema_entities[i];
	}
	return text_eq(entity_action.name, name) ? &entity_action : NULL;
}

bool schema_is_action_type(struct text name)
{
	static const char qualified[] = "::Action";
	size_t n = sizeof(qualified) - 1;

	return text_is(name, "Action") ||
	       (name.len > n && memcmp(name.s + name.len - n, qualified, n) == 0);
}

bool schema_may_be_in(const struct entity_type *t, const struct entity_type *of)
{
	if (t == of)
		return true;
	for (size_t i = 0; i < t->n_parents; i++) {
		if (schema_may_be_in(t->parents[i], of))
			return true;
	}
	return false;
}

const struct schema_action *schema_action(struct text id)
{
	for (size_t i = 0; i < schema_n_actions; i++) {
		if (text_is(id, schema_actions[i].name))
			return &schema_actions[i];
	}
	return NULL;
}

bool schema_action_in(const struct schema_action *a, struct text ancestor)
{
	for (; a; a = a->group) {
		if (text_is(ancestor, a->name))
			return true;
	}
	return false;
}

bool schema_has_id(const struct entity_type *t, struct text id)
{
	for (size_t i = 0; i < t->n_ids; i++) {
		if (text_is(id, t->ids[i]))
			return true;
	}
	return !t->ids;
}
