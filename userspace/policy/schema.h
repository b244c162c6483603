/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The vocabulary of policies as tables: what postern.cedarschema says, and the functions and
 * methods of Cedar's extensions. A test holds the tables and that file together. Every attribute
 * is required, which is why the checker knows no optional ones.
 */
#pragma once

#include "policy/type.h"

struct entity_type {
	struct text name;
	const struct entity_type *const *parents; /* what it may be `in`, besides its own type */
	size_t n_parents;
	bool in_itself; /* entities of the type may contain each other */
	const struct attribute *attributes;
	size_t n_attributes;
	const char *const *ids; /* every id there is, or NULL when any text is one */
	size_t n_ids;
};

/* In the order of postern.cedarschema. */
extern const struct entity_type *const schema_entities[];
extern const size_t schema_n_entities;

/* Named record types, in the order of postern.cedarschema. */
extern const struct type *const schema_records[];
extern const size_t schema_n_records;

extern const struct entity_type entity_user, entity_group, entity_program, entity_unit;
extern const struct entity_type entity_team, entity_identity, entity_process;
extern const struct entity_type entity_zone, entity_service, entity_endpoint, entity_socket_kind;
extern const struct entity_type entity_action; /* not declared: Cedar's own */

struct schema_action {
	const char *name;
	const struct schema_action *group; /* NULL when in none */
	const struct type *principal, *resource, *context; /* NULL for a group of actions */
};

extern const struct schema_action schema_actions[];
extern const size_t schema_n_actions;

/* NULL when the schema has no such type; Action is one. */
const struct entity_type *schema_entity(struct text name);
/* Whether a type's name says that it is of actions, in any namespace. */
bool schema_is_action_type(struct text name);
/* Whether an entity of type `t` can be the entity of type `of`, or in it. */
bool schema_may_be_in(const struct entity_type *t, const struct entity_type *of);
/* NULL when there is no such action. */
const struct schema_action *schema_action(struct text id);
bool schema_action_in(const struct schema_action *a, struct text ancestor);
/* The reference to an entity type, as a type. */
const struct type *schema_entity_ref(const struct entity_type *t);
/* Whether the type takes any id, or has this one. */
bool schema_has_id(const struct entity_type *t, struct text id);

enum { SIGNATURE_ARGS = 2 };

/* A function of an extension. A method's first argument is what stands before the dot. */
struct signature {
	const char *name;
	bool method;
	const struct type *args[SIGNATURE_ARGS];
	size_t n_args;
	const struct type *result;
	/* A constructor takes one literal string: whether it reads as a value. */
	bool (*reads)(struct text literal);
	const char *example; /* of what a constructor takes */
};

/* By name and whether it stands after a dot; NULL when there is none. */
const struct signature *schema_function(struct text name, bool method);

/* Cedar's own methods of sets and tags: how many arguments after the dot, or -1. */
int schema_method_arity(struct text name);

/* Names for suggestions. */
extern const char *const schema_function_names[];
extern const size_t schema_n_function_names;
extern const char *const schema_method_names[];
extern const size_t schema_n_method_names;
