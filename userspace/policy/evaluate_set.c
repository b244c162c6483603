/* SPDX-License-Identifier: BSD-2-Clause */
/* Methods of sets. */
#include "policy/evaluate_call.h"

static int call_contains(const struct value *a, struct value *ret)
{
	*ret = value_bool(set_has(&a[0], &a[1]));
	return 0;
}

static int call_contains_all(const struct value *a, struct value *ret)
{
	bool all = true;

	for (size_t i = 0; all && i < a[1].members.n; i++)
		all = set_has(&a[0], &a[1].members.items[i]);
	*ret = value_bool(all);
	return 0;
}

static int call_contains_any(const struct value *a, struct value *ret)
{
	bool any = false;

	for (size_t i = 0; !any && i < a[1].members.n; i++)
		any = set_has(&a[0], &a[1].members.items[i]);
	*ret = value_bool(any);
	return 0;
}

static int call_is_empty(const struct value *a, struct value *ret)
{
	*ret = value_bool(a[0].members.n == 0);
	return 0;
}

static const struct call rows[] = {
	{ "contains", call_contains, 2, { VALUE_SET, VALUE_ANY } },
	{ "containsAll", call_contains_all, 2, { VALUE_SET, VALUE_SET } },
	{ "containsAny", call_contains_any, 2, { VALUE_SET, VALUE_SET } },
	{ "isEmpty", call_is_empty, 1, { VALUE_SET } },
};

const struct call_table set_calls = { rows, sizeof(rows) / sizeof(rows[0]) };
