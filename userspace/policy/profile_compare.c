/* SPDX-License-Identifier: BSD-2-Clause */
/* Comparisons: an attribute with a literal, of a type whose equality means what it says. */
#include "policy/prefix.h"
#include "policy/profile.h"

#define MFA_AGE_MAX_MS (INT64_C(8760) * 60 * 60 * 1000)

static bool has_other_ids(const struct expr *e)
{
	static const char *const types[] = { "Process", "Endpoint", "Action" };

	if (e->kind != EXPR_ENTITY)
		return false;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (text_is(e->uid.type, types[i]))
			return true;
	}
	return false;
}

/* Of all ids of a request only the kind of socket is known to an author. */
static bool compares_ids(const struct expr *a, const struct expr *b)
{
	if (has_other_ids(a) || is_variable(a, VAR_PRINCIPAL) || is_variable(a, VAR_ACTION))
		return true;
	return is_variable(a, VAR_RESOURCE) &&
	       !(b->kind == EXPR_ENTITY && text_is(b->uid.type, "SocketKind"));
}

static void refuse_ids(const struct profile *p, const struct expr *e)
{
	refuse(p, "profile-ids", e->span,
	       "write `principal in User::\"…\"`, `resource in Service::\"…\"`, or name the action in the scope",
	       "a process, an endpoint or an action cannot be compared by its id");
}

/* ip("10.0.0.0/8"), a literal that is more than one address. */
static bool is_network(const struct expr *e)
{
	const char *why;
	struct prefix prefix;

	if (e->kind != EXPR_CALL || !text_is(e->string, "ip") || e->n_args != 1)
		return false;
	if (prefix_parse(e->args[0]->string, &prefix, &why) < 0)
		return false;
	return prefix.bits < (prefix.v4 ? 32 : 128);
}

bool profile_equality(const struct profile *p, const struct expr *e, const struct expr *with)
{
	switch (with->type->kind) {
	case TYPE_SET:
		refuse(p, "profile-set-equality", e->span,
		       "write contains, containsAll or containsAny",
		       "sets cannot be compared as wholes");
		return false;
	case TYPE_RECORD:
		refuse(p, "profile-record-equality", e->span, "compare the attributes one by one",
		       "records cannot be compared as wholes");
		return false;
	case TYPE_TRUE:
	case TYPE_FALSE:
	case TYPE_BOOL:
		refuse(p, "profile-bool-equality", e->span,
		       "write the condition itself, or `!` before it",
		       "two conditions cannot be compared");
		return false;
	case TYPE_DATETIME:
	case TYPE_DURATION:
		refuse(p, "profile-time-equality", e->span, "write `<`, `<=`, `>` or `>=`",
		       "times are counted in milliseconds, so equality never holds when it matters");
		return false;
	case TYPE_IPADDR:
		if (!is_network(with))
			return true;
		refuse(p, "profile-ip-prefix", with->span, "write `.isInRange(ip(\"…\"))`",
		       "an address never equals a network");
		return false;
	default:
		return true;
	}
}

static bool is_mfa_age(const struct expr *e)
{
	return e->kind == EXPR_GET && text_is(e->string, "mfaAge");
}

static void check_mfa_age(const struct profile *p, const struct expr *age, const struct expr *limit)
{
	int64_t ms;

	if (!is_mfa_age(age) || limit->kind != EXPR_CALL || limit->n_args != 1 ||
	    duration_parse(limit->args[0]->string, &ms) < 0 || ms < MFA_AGE_MAX_MS)
		return;
	refuse(p, "profile-mfa-age", limit->span, "write less than duration(\"8760h\")",
	       "an age of a year or more is not told apart from no proof at all");
}

static bool is_compound(const struct expr *e)
{
	return e->kind == EXPR_IF || e->kind == EXPR_RECORD;
}

void profile_compare(const struct profile *p, const struct expr *e)
{
	const struct expr *a = e->args[0], *b = e->args[1];

	if (e->kind == EXPR_EQ || e->kind == EXPR_NE) {
		if (compares_ids(a, b) || compares_ids(b, a))
			return refuse_ids(p, e);
		if (!profile_equality(p, e, a) || !profile_equality(p, e, b))
			return;
	}
	if (is_compound(a) || is_compound(b))
		return; /* refused for itself */
	if (reads_anything(a) && reads_anything(b))
		refuse(p, "profile-two-attributes", e->span, "compare each with a literal",
		       "two attributes cannot be compared with each other");
	check_mfa_age(p, a, b);
	check_mfa_age(p, b, a);
}
