/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Functions and methods of Cedar's extension types and sets, by name. A method's first argument is
 * what stands before its dot. Wrong types and texts that say no value are errors.
 */
#include "policy/evaluate_call.h"

#include <errno.h>

static const struct call *call_find(struct text name)
{
	static const struct call_table *const tables[] = {
		&ip_calls,
		&time_calls,
		&set_calls,
		&decimal_calls,
	};

	for (size_t t = 0; t < sizeof(tables) / sizeof(tables[0]); t++) {
		for (size_t i = 0; i < tables[t]->n; i++) {
			if (text_is(name, tables[t]->rows[i].name))
				return &tables[t]->rows[i];
		}
	}
	return NULL;
}

int call_evaluate(struct text name, const struct value *args, size_t n, struct value *ret)
{
	const struct call *c = call_find(name);

	if (!c || n != c->n)
		return -EINVAL;
	for (size_t i = 0; i < n; i++) {
		if (c->kinds[i] != VALUE_ANY && args[i].kind != c->kinds[i])
			return -EINVAL;
	}
	return c->fn(args, ret);
}
