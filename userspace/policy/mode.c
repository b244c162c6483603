/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Modes: which policies are enforced, which are only reported, and the verdict over both. What is
 * reported is what enforcing would do, so it names the policy.
 */
#include "policy/policy.h"

static const char *const verdict_names[] = {
	[VERDICT_ALLOW] = "allow",
	[VERDICT_DENY] = "deny",
	[VERDICT_WOULD_DENY] = "would-deny",
};

const char *verdict_name(enum verdict v)
{
	return verdict_names[v];
}

bool policy_in_view(const struct policy *p, enum policy_view view)
{
	for (size_t i = 0; i < p->n_annotations; i++) {
		const struct annotation *a = &p->annotations[i];

		if (!text_is(a->name, "mode"))
			continue;
		if (text_is(a->value, "off"))
			return false;
		if (text_is(a->value, "observe") && view == VIEW_ENFORCED)
			return false;
	}
	return true;
}

static const char *reason(bool allow, const struct policy *p)
{
	if (allow)
		return "permit";
	return p ? "forbid" : "default-deny";
}

int decide_reference(const struct policy_views *v, const struct request *req, struct decision *ret)
{
	const struct policy *reported_by, *enforced_by;
	bool reported, enforced;
	int r = evaluate(v, req, VIEW_REPORTED, &reported, &reported_by);

	r = r ? r : evaluate(v, req, VIEW_ENFORCED, &enforced, &enforced_by);
	if (r < 0)
		return r;
	if (reported_by && reported_by->origin)
		reported_by = reported_by->origin;
	*ret = (struct decision){ .policy = reported_by, .reason = reason(reported, reported_by) };
	if (!enforced)
		ret->verdict = VERDICT_DENY;
	else
		ret->verdict = reported ? VERDICT_ALLOW : VERDICT_WOULD_DENY;
	return 0;
}
