/* SPDX-License-Identifier: BSD-2-Clause */
/* Types: joining two into one, attributes, and their names. */
#include "policy/type.h"

#include <errno.h>

#include "policy/schema.h"

const struct type type_true = { .kind = TYPE_TRUE };
const struct type type_false = { .kind = TYPE_FALSE };
const struct type type_bool = { .kind = TYPE_BOOL };
const struct type type_long = { .kind = TYPE_LONG };
const struct type type_string = { .kind = TYPE_STRING };
const struct type type_ipaddr = { .kind = TYPE_IPADDR };
const struct type type_decimal = { .kind = TYPE_DECIMAL };
const struct type type_datetime = { .kind = TYPE_DATETIME };
const struct type type_duration = { .kind = TYPE_DURATION };
const struct type type_string_set = { .kind = TYPE_SET, .element = &type_string };

bool type_is_bool(const struct type *t)
{
	return t->kind == TYPE_BOOL || t->kind == TYPE_TRUE || t->kind == TYPE_FALSE;
}

const struct type *type_of_bool(bool value)
{
	return value ? &type_true : &type_false;
}

const struct type *type_set_of(struct arena *a, const struct type *element)
{
	struct type *t = arena_new_of(a, struct type);

	if (!t)
		return NULL;
	*t = (struct type){ .kind = TYPE_SET, .element = element };
	return t;
}

const struct attribute *type_attribute(const struct type *t, struct text name)
{
	const struct attribute *attributes = t->attributes;
	size_t n = t->n_attributes;

	if (t->kind == TYPE_ENTITY) {
		attributes = t->entity->attributes;
		n = t->entity->n_attributes;
	}
	for (size_t i = 0; i < n; i++) {
		if (text_eq(attributes[i].name, name))
			return &attributes[i];
	}
	return NULL;
}

static int join_records(struct arena *a, const struct type *x, const struct type *y,
			const struct type **ret)
{
	struct attribute *attributes;
	struct type *t;
	int r;

	if (x->n_attributes != y->n_attributes)
		return -EINVAL;
	attributes = arena_array_of(a, struct attribute, x->n_attributes);
	t = arena_new_of(a, struct type);
	if (!attributes || !t)
		return -ENOMEM;
	for (size_t i = 0; i < x->n_attributes; i++) {
		const struct attribute *other = type_attribute(y, x->attributes[i].name);

		if (!other)
			return -EINVAL;
		attributes[i].name = other->name;
		r = type_join(a, x->attributes[i].type, other->type, &attributes[i].type);
		if (r < 0)
			return r;
	}
	*t = (struct type){ .kind = TYPE_RECORD, .attributes = attributes };
	t->n_attributes = x->n_attributes;
	*ret = t;
	return 0;
}

static int join_sets(struct arena *a, const struct type *x, const struct type *y,
		     const struct type **ret)
{
	const struct type *element, *t;
	int r = type_join(a, x->element, y->element, &element);

	if (r < 0)
		return r;
	t = type_set_of(a, element);
	if (!t)
		return -ENOMEM;
	*ret = t;
	return 0;
}

int type_join(struct arena *a, const struct type *x, const struct type *y, const struct type **ret)
{
	if (x == y) {
		*ret = x;
		return 0;
	}
	if (type_is_bool(x) && type_is_bool(y)) {
		*ret = x->kind == y->kind ? x : &type_bool;
		return 0;
	}
	if (x->kind != y->kind)
		return -EINVAL;
	if (x->kind == TYPE_SET)
		return join_sets(a, x, y, ret);
	if (x->kind == TYPE_RECORD)
		return join_records(a, x, y, ret);
	if (x->kind == TYPE_ENTITY && x->entity != y->entity)
		return -EINVAL;
	*ret = x;
	return 0;
}

static const char *const kind_names[] = {
	[TYPE_TRUE] = "Bool",	    [TYPE_FALSE] = "Bool",	  [TYPE_BOOL] = "Bool",
	[TYPE_LONG] = "Long",	    [TYPE_STRING] = "String",	  [TYPE_IPADDR] = "ipaddr",
	[TYPE_DECIMAL] = "decimal", [TYPE_DATETIME] = "datetime", [TYPE_DURATION] = "duration",
	[TYPE_SET] = "Set",	    [TYPE_RECORD] = "record",	  [TYPE_ENTITY] = "entity",
};

static void print_record(const struct type *t, struct buf *out)
{
	buf_putc(out, '{');
	for (size_t i = 0; i < t->n_attributes; i++) {
		buf_puts(out, i ? ", " : "");
		buf_put(out, t->attributes[i].name.s, t->attributes[i].name.len);
		buf_puts(out, ": ");
		type_print(t->attributes[i].type, out);
	}
	buf_putc(out, '}');
}

void type_print(const struct type *t, struct buf *out)
{
	if (t->kind == TYPE_SET) {
		buf_puts(out, "Set<");
		type_print(t->element, out);
		buf_putc(out, '>');
	} else if (t->kind == TYPE_ENTITY) {
		buf_put(out, t->entity->name.s, t->entity->name.len);
	} else if (t->kind == TYPE_RECORD && !t->name) {
		print_record(t, out);
	} else {
		buf_puts(out, t->name ? t->name : kind_names[t->kind]);
	}
}
