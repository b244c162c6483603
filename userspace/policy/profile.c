/* SPDX-License-Identifier: BSD-2-Clause */
/* The walk over a policy's conditions: which rule looks at which kind of expression. */
#include "policy/profile.h"

#include <postern/limits.h>

static void refuse_arithmetic(const struct profile *p, const struct expr *e)
{
	refuse(p, "profile-arithmetic", e->span, "write the result as a literal",
	       "arithmetic is not part of the profile: it can overflow, and then a forbid is skipped");
}

static void refuse_record(const struct profile *p, const struct expr *e)
{
	refuse(p, "profile-record", e->span, "compare the attributes one by one",
	       "records are not part of the profile");
}

static void check_if(const struct profile *p, const struct expr *e)
{
	if (type_is_bool(e->args[1]->type) && type_is_bool(e->args[2]->type))
		return;
	refuse(p, "profile-if", e->span, "put the comparison into both branches",
	       "the branches of `if` must be conditions");
}

static void check_node(const struct profile *p, const struct expr *e)
{
	switch (e->kind) {
	case EXPR_ADD:
	case EXPR_SUB:
	case EXPR_MUL:
	case EXPR_NEG:
		return refuse_arithmetic(p, e);
	case EXPR_RECORD:
		return refuse_record(p, e);
	case EXPR_IF:
		return check_if(p, e);
	case EXPR_EQ:
	case EXPR_NE:
	case EXPR_LT:
	case EXPR_LE:
	case EXPR_GT:
	case EXPR_GE:
		return profile_compare(p, e);
	case EXPR_IN:
	case EXPR_IS:
		return profile_membership(p, e);
	case EXPR_GET:
	case EXPR_HAS:
		return profile_attribute(p, e);
	case EXPR_LIKE:
		return profile_like(p, e);
	case EXPR_CALL:
		return profile_call(p, e);
	case EXPR_METHOD:
		return profile_method(p, e);
	case EXPR_SET:
		return profile_set(p, e);
	case EXPR_ENTITY:
		return profile_uid(p, &e->uid, e->span);
	default:
		return;
	}
}

/* What takes work to decide; operands and the literals' constructors are free. */
static bool is_operator(const struct expr *e)
{
	return e->kind >= EXPR_IF && e->kind <= EXPR_METHOD && e->kind != EXPR_GET &&
	       e->kind != EXPR_CALL;
}

/* As deep as the parser let the tree nest. */
static void check_expr(struct profile *p, const struct expr *e)
{
	p->operators += is_operator(e);
	check_node(p, e);
	profile_characters(p, e);
	for (size_t i = 0; i < e->n_args; i++)
		check_expr(p, e->args[i]);
}

static void check_condition(struct profile *p, const struct condition *when)
{
	p->operators = 0;
	check_expr(p, when->body);
	if (p->operators <= POSTERN_OPERATORS_MAX)
		return;
	refuse(p, "profile-operators", when->span,
	       "split the policy: several permits or forbids add up",
	       "the condition has %u operators, at most %d fit", p->operators,
	       POSTERN_OPERATORS_MAX);
}

void profile_policy(struct profile *p, const struct validation *v)
{
	const struct policy *policy = p->policy;

	profile_scope(p);
	for (size_t i = 0; i < policy->n_conditions; i++)
		check_condition(p, &policy->conditions[i]);
	if (v->service_for_accept)
		refuse(p, "profile-accept-service", v->service_for_accept->span,
		       "write a Zone and ports, or name only the actions that go out",
		       "a Service says where to connect, and nothing about who may be accepted");
	profile_essential(p);
	if (policy->effect == EFFECT_PERMIT)
		profile_script(p);
	else
		profile_forbid(p);
}
