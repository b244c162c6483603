/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Abstract syntax of Cedar, as the grammar of docs.cedarpolicy.com (language version 4) defines it.
 * Nodes live in the arena of their policy set; pointers between them are never NULL unless said so.
 * Part of the door: compile/ walks these nodes.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"

/*
 * Height of a tree that the parser gives at most: a walk that calls itself per node stays within so many frames.
 * Chains such as `a && b && c` lean left, so each operator of a chain counts, as each level of nesting does.
 */
#define EXPR_HEIGHT_MAX 1000

/* A string value: bytes with their length; may hold NUL. UTF-8. */
struct text {
	const char *s; /* NUL-terminated for convenience */
	size_t len;
};

/* An entity's unique id: Type::"id". `type` is the path as written, e.g. "User". */
struct entity_uid {
	struct text type;
	struct text id;
};

/*
 * Pattern of `like`: `*` is any run of bytes. Elements in order; literal runs are unescaped. As in Cedar's parser a star
 * written as an escape (`\x2a`) is a wildcard too; only `\*` is the character.
 */
struct pattern_part {
	bool star;
	struct text literal; /* when !star */
};

enum variable { VAR_PRINCIPAL, VAR_ACTION, VAR_RESOURCE, VAR_CONTEXT };

enum expr_kind {
	EXPR_BOOL, /* .boolean */
	EXPR_LONG, /* .number */
	EXPR_STRING, /* .string */
	EXPR_ENTITY, /* .uid */
	EXPR_VAR, /* .var */
	EXPR_SLOT, /* .string: "?principal" or "?resource"; never in a condition of a policy */
	EXPR_SET, /* args */
	EXPR_RECORD, /* names[i] : args[i] */
	EXPR_IF, /* args: condition, then, else */
	EXPR_OR, /* args: two */
	EXPR_AND, /* args: two */
	EXPR_NOT, /* args: one */
	EXPR_NEG, /* args: one; `-1` is EXPR_LONG, `-(1)` is EXPR_NEG */
	EXPR_EQ, /* args: two, for each up to EXPR_IN */
	EXPR_NE,
	EXPR_LT,
	EXPR_LE,
	EXPR_GT,
	EXPR_GE,
	EXPR_ADD,
	EXPR_SUB,
	EXPR_MUL,
	EXPR_IN,
	EXPR_IS, /* args: one, or two for `e is T in f`; .string is the type */
	EXPR_HAS, /* args: one; names: the path a.b.c (one element unless extended has) */
	EXPR_LIKE, /* args: one; .pattern */
	EXPR_GET, /* args: one; .string is the attribute; e.a and e["a"] alike */
	/*
	 * Function: .string is the name: ip, decimal, datetime, duration, or unknown (Cedar's partial evaluation:
	 * its parser accepts that name, its validator does not). Any number of args.
	 */
	EXPR_CALL,
	/*
	 * args[0].string(args[1..]): contains, containsAll, containsAny, isEmpty, getTag, hasTag with their number of
	 * arguments; the methods of the extension types with any number.
	 */
	EXPR_METHOD,
};

struct type; /* policy/type.h: the checker's types */

struct expr {
	enum expr_kind kind;
	struct span span;
	bool boolean;
	enum variable var;
	int64_t number;
	struct text string;
	struct entity_uid uid;
	struct pattern_part *pattern;
	size_t n_pattern;
	struct text *names;
	struct expr **args;
	size_t n_args;
	size_t n_names;
	uint16_t height; /* 1 for a leaf; at most EXPR_HEIGHT_MAX */
	const struct type *type; /* set by the checker; NULL before */
};

enum effect { EFFECT_PERMIT, EFFECT_FORBID };

/* Shape of one scope part: principal, action or resource. */
enum scope_kind {
	SCOPE_ANY, /* principal */
	SCOPE_EQ, /* == E */
	SCOPE_IN, /* in E; for action also in [E, …] */
	SCOPE_IS, /* is T */
	SCOPE_IS_IN, /* is T in E */
};

struct scope {
	enum scope_kind kind;
	struct span span;
	struct text type; /* SCOPE_IS, SCOPE_IS_IN */
	struct entity_uid *uids; /* one; any number for action in […]; none for a slot */
	size_t n_uids;
	bool list; /* action in [ … ], also with one element: for the printer */
	bool slot; /* the entity is a template slot: parsed, refused by the profile */
};

struct annotation {
	struct text name;
	struct text value; /* "" when has_value is false */
	bool has_value;
	struct span span;
};

struct condition {
	bool unless;
	bool end; /* of a rewritten policy: stands for @expires, or for the end of the bundle */
	struct expr *body;
	struct span span;
};

struct policy {
	struct text id; /* value of @id; "" until checked when it is missing */
	enum effect effect;
	struct scope principal, action, resource;
	struct annotation *annotations;
	size_t n_annotations;
	struct condition *conditions;
	size_t n_conditions;
	struct span span; /* the whole statement */
	const struct policy *origin; /* of a rewritten one: as it was written; else NULL */
};
