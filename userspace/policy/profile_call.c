/* SPDX-License-Identifier: BSD-2-Clause */
/* Functions, methods and sets. */
#include <string.h>

#include "policy/prefix.h"
#include "policy/profile.h"

/* No attribute is a decimal, so every use of one has a constructor in it. */
static void refuse_decimal(const struct profile *p, const struct expr *e)
{
	refuse(p, "profile-decimal", e->span, "leave it out: nothing can be compared with it",
	       "decimals are not part of the profile");
}

/* The literal was read by the validator: an address, or an address and a length. */
static void check_ip(const struct profile *p, const struct expr *e)
{
	struct text t = e->args[0]->string;
	const char *slash = memchr(t.s, '/', t.len);
	struct text address = { t.s, slash ? (size_t)(slash - t.s) : t.len };
	struct prefix prefix;
	const char *why;
	bool v4;

	if (slash) {
		if (prefix_parse(t, &prefix, &why) < 0)
			refuse(p, "profile-ip", e->span,
			       "write the network as IPv4 or IPv6, with its first address",
			       "\"%s\" %s", t.s, why);
	} else if (address_parse(address, prefix.addr, &v4) == 0 && !v4 &&
		   address_is_mapped(prefix.addr)) {
		refuse(p, "profile-ip", e->span, "write the IPv4 address",
		       "\"%s\" is an IPv4 address written as IPv6, which no request shows", t.s);
	}
}

void profile_call(const struct profile *p, const struct expr *e)
{
	if (text_is(e->string, "decimal"))
		refuse_decimal(p, e);
	else if (text_is(e->string, "ip"))
		check_ip(p, e);
}

static bool is_one_of(struct text name, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (text_is(name, names[i]))
			return true;
	}
	return false;
}

#define IS_ONE_OF(name, names) is_one_of((name), (names), sizeof(names) / sizeof((names)[0]))

static const char *const of_time[] = {
	"offset",  "toDate",	"durationSince", "toDays",
	"toHours", "toMinutes", "toSeconds",	 "toMilliseconds",
};
static const char *const of_tags[] = { "hasTag", "getTag" };
static const char *const of_sets[] = { "contains", "containsAll", "containsAny" };

/* contains() compares elements, so what holds for `==` holds for it. */
static void check_contains(const struct profile *p, const struct expr *e)
{
	const struct expr *set = e->args[0], *what = e->args[1];

	for (size_t i = 0; i < e->n_args; i++) {
		if (e->args[i]->kind == EXPR_VAR)
			return refuse(
				p, "profile-ids", e->span, "write `in` and the set",
				"contains() would compare ids; entities are asked for with `in`");
	}
	if (reads_anything(set) && reads_anything(what)) {
		refuse(p, "profile-two-attributes", e->span, "look for a literal",
		       "two attributes cannot be compared with each other");
		return;
	}
	if (text_is(e->string, "contains") && !profile_equality(p, e, what))
		return;
	for (size_t i = 0; set->kind == EXPR_SET && i < set->n_args; i++) {
		if (!profile_equality(p, e, set->args[i]))
			return;
	}
}

static void check_range(const struct profile *p, const struct expr *e)
{
	if (!reads_anything(e->args[1]))
		return;
	refuse(p, "profile-range", e->span, "write `resource.ip.isInRange(ip(\"10.0.0.0/8\"))`",
	       "the range must be written out");
}

void profile_method(const struct profile *p, const struct expr *e)
{
	if (IS_ONE_OF(e->string, of_time))
		refuse(p, "profile-time-method", e->span,
		       "compare `context.now` with datetime(\"…\"), or an age with duration(\"…\")",
		       "`%s` is not part of the profile", e->string.s);
	else if (IS_ONE_OF(e->string, of_tags))
		refuse(p, "profile-tags", e->span, "ask for an attribute", "no entity has tags");
	else if (IS_ONE_OF(e->string, of_sets))
		check_contains(p, e);
	else if (text_is(e->string, "isInRange"))
		check_range(p, e);
}

void profile_set(const struct profile *p, const struct expr *e)
{
	for (size_t i = 0; i < e->n_args; i++) {
		if (reads_anything(e->args[i]))
			return refuse(p, "profile-set-element", e->args[i]->span,
				      "write the comparison once for each attribute",
				      "the elements of a set must be written out");
	}
}
