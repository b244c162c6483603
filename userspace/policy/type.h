/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Types of expressions, as Cedar's strict validator has them: no unions of entity types, no
 * optional attributes (the schema has none), and the two singleton booleans that make a condition
 * known before any request. Types are compared by structure, never by pointer.
 */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "policy/policy.h"

enum type_kind {
	TYPE_TRUE, /* a Bool that is true in every request */
	TYPE_FALSE,
	TYPE_BOOL,
	TYPE_LONG,
	TYPE_STRING,
	TYPE_IPADDR,
	TYPE_DECIMAL,
	TYPE_DATETIME,
	TYPE_DURATION,
	TYPE_SET, /* .element */
	TYPE_RECORD, /* .attributes */
	TYPE_ENTITY, /* .entity */
};

struct attribute {
	struct text name;
	const struct type *type;
};

struct type {
	enum type_kind kind;
	const char *name; /* of a record that the schema names, else NULL */
	const struct type *element;
	const struct attribute *attributes;
	size_t n_attributes;
	const struct entity_type *entity;
};

extern const struct type type_true, type_false, type_bool, type_long, type_string;
extern const struct type type_ipaddr, type_decimal, type_datetime, type_duration;
extern const struct type type_string_set;

bool type_is_bool(const struct type *t); /* Bool or one of its singletons */
const struct type *type_of_bool(bool value);

/* Set of `element` in the arena, or NULL. */
const struct type *type_set_of(struct arena *a, const struct type *element);

/*
 * The least type that holds both, in *ret: equal types but for singleton booleans, which widen to
 * Bool. 0, -EINVAL when there is none, -ENOMEM.
 */
int type_join(struct arena *a, const struct type *x, const struct type *y, const struct type **ret);

/* The attribute of a record or entity type, or NULL. */
const struct attribute *type_attribute(const struct type *t, struct text name);

/* The type as a policy's author knows it: "Set<String>", "Endpoint". */
void type_print(const struct type *t, struct buf *out);
