/* SPDX-License-Identifier: BSD-2-Clause */
/* Functions and methods by name, one table a type. */
#pragma once

#include "policy/evaluate.h"

/* Arguments were checked against the row: their number and their kinds. 0 or -EINVAL. */
typedef int call_fn(const struct value *a, struct value *ret);

/* Any kind of value, as the second argument of contains(). */
#define VALUE_ANY ((enum value_kind) - 1)

struct call {
	const char *name;
	call_fn *fn;
	size_t n; /* arguments, with what stands before the dot */
	enum value_kind kinds[2];
};

struct call_table {
	const struct call *rows;
	size_t n;
};

extern const struct call_table ip_calls, time_calls, set_calls, decimal_calls;
