/* SPDX-License-Identifier: BSD-2-Clause */
/* Making and comparing values. */
#include "policy/value.h"

#include <string.h>

struct value value_bool(bool b)
{
	return (struct value){ .kind = VALUE_BOOL, .boolean = b };
}

struct value value_long(int64_t n)
{
	return value_number(VALUE_LONG, n);
}

struct value value_number(enum value_kind kind, int64_t n)
{
	return (struct value){ .kind = kind, .number = n };
}

struct value value_string(struct text t)
{
	return (struct value){ .kind = VALUE_STRING, .string = t };
}

struct value value_entity(const char *type, struct text id)
{
	struct entity_uid uid = { { type, strlen(type) }, id };

	return (struct value){ .kind = VALUE_ENTITY, .uid = uid };
}

struct value value_ip(struct prefix ip)
{
	return (struct value){ .kind = VALUE_IP, .ip = ip };
}

bool uid_equal(const struct entity_uid *a, const struct entity_uid *b)
{
	return text_eq(a->type, b->type) && text_eq(a->id, b->id);
}

static bool ip_equal(const struct prefix *a, const struct prefix *b)
{
	return a->v4 == b->v4 && a->bits == b->bits && memcmp(a->addr, b->addr, 16) == 0;
}

bool set_has(const struct value *set, const struct value *member)
{
	for (size_t i = 0; i < set->members.n; i++) {
		if (value_equal(&set->members.items[i], member))
			return true;
	}
	return false;
}

static bool set_within(const struct value *a, const struct value *b)
{
	for (size_t i = 0; i < a->members.n; i++) {
		if (!set_has(b, &a->members.items[i]))
			return false;
	}
	return true;
}

const struct value *record_get(const struct value *record, struct text name)
{
	for (size_t i = 0; i < record->members.n; i++) {
		if (text_eq(record->members.names[i], name))
			return &record->members.items[i];
	}
	return NULL;
}

static bool record_equal(const struct value *a, const struct value *b)
{
	if (a->members.n != b->members.n)
		return false;
	for (size_t i = 0; i < a->members.n; i++) {
		const struct value *other = record_get(b, a->members.names[i]);

		if (!other || !value_equal(&a->members.items[i], other))
			return false;
	}
	return true;
}

bool value_equal(const struct value *a, const struct value *b)
{
	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case VALUE_BOOL:
		return a->boolean == b->boolean;
	case VALUE_STRING:
		return text_eq(a->string, b->string);
	case VALUE_ENTITY:
		return uid_equal(&a->uid, &b->uid);
	case VALUE_SET:
		return set_within(a, b) && set_within(b, a);
	case VALUE_RECORD:
		return record_equal(a, b);
	case VALUE_IP:
		return ip_equal(&a->ip, &b->ip);
	case VALUE_LONG:
	case VALUE_DATETIME:
	case VALUE_DURATION:
	case VALUE_DECIMAL:
		return a->number == b->number;
	}
	return false;
}
