/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Values of Cedar expressions. Values are passed by copy; the members of sets and records live in
 * the arena of one evaluation.
 */
#pragma once

#include "policy/policy.h"

enum value_kind {
	VALUE_BOOL,
	VALUE_LONG,
	VALUE_STRING,
	VALUE_ENTITY,
	VALUE_SET,
	VALUE_RECORD,
	VALUE_IP,
	VALUE_DATETIME,
	VALUE_DURATION,
	VALUE_DECIMAL,
};

struct value {
	enum value_kind kind;
	union {
		bool boolean;
		int64_t number; /* long; milliseconds of datetime and duration; decimal times 10⁴ */
		struct text string;
		struct entity_uid uid;
		struct {
			struct text *names; /* of a record, else NULL */
			struct value *items;
			size_t n;
		} members;
		struct prefix ip; /* host bits are part of the value */
	};
};

struct value value_bool(bool b);
struct value value_long(int64_t n);
struct value value_string(struct text t);
struct value value_entity(const char *type, struct text id);
struct value value_ip(struct prefix ip);
/* DATETIME, DURATION or DECIMAL. */
struct value value_number(enum value_kind kind, int64_t n);

/* Cedar's ==: never an error, false for values of different types; sets without order. */
bool value_equal(const struct value *a, const struct value *b);

/* Whether a set holds an equal value. */
bool set_has(const struct value *set, const struct value *member);
/* The member of a record, or NULL. */
const struct value *record_get(const struct value *record, struct text name);

bool uid_equal(const struct entity_uid *a, const struct entity_uid *b);
