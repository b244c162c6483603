/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the kernel side of this version does not supply or enforce. Such a bundle is good for
 * checking and deciding offline; applying it would claim what nobody does.
 */
#include "compile/walk.h"

enum need {
	NEED_UNIT_PATH,
	NEEDS,
};

static const struct {
	const char *code, *text, *hint;
} needs[] = {
	[NEED_UNIT_PATH] = { "apply-unit-path", "a Unit path that no cgroup has",
			     "write it as /a/b: no empty or dotted component, no slash at the end" },
};

_Static_assert(sizeof(needs) / sizeof(needs[0]) == NEEDS, "words for each need");

/* Where each need was first met in one policy. */
struct survey {
	bool met[NEEDS];
	struct span at[NEEDS];
};

static void meet(struct survey *s, enum need need, struct span at)
{
	if (!s->met[need])
		s->at[need] = at;
	s->met[need] = true;
}

static bool is_walkable(struct text path)
{
	size_t from = 1;

	for (size_t i = 1; i <= path.len; i++) {
		struct text part = { path.s + from, i - from };

		if (i < path.len && path.s[i] != '/')
			continue;
		if (!part.len || text_is(part, ".") || text_is(part, ".."))
			return false;
		from = i + 1;
	}
	return true;
}

static void survey_uid(struct survey *s, const struct entity_uid *uid, struct span at)
{
	if (text_is(uid->type, "Unit") && uid->id.len && uid->id.s[0] == '/' &&
	    !is_walkable(uid->id))
		meet(s, NEED_UNIT_PATH, at);
}

static void survey_expr(struct survey *s, const struct expr *e)
{
	if (e->kind == EXPR_ENTITY)
		survey_uid(s, &e->uid, e->span);
	for (size_t i = 0; i < e->n_args; i++)
		survey_expr(s, e->args[i]);
}

static void survey_policy(struct survey *s, const struct policy *p)
{
	for (size_t i = 0; i < p->principal.n_uids; i++)
		survey_uid(s, &p->principal.uids[i], p->principal.span);
	for (size_t i = 0; i < p->n_conditions; i++)
		survey_expr(s, p->conditions[i].body);
}

int image_appliable(const struct policy_set *set, struct diags *d)
{
	int n = 0;

	for (size_t i = 0; i < set->n; i++) {
		const struct policy *p = set->policies[i];
		struct survey s = { 0 };

		if (!policy_in_view(p, VIEW_REPORTED))
			continue;
		survey_policy(&s, p);
		for (int k = 0; k < NEEDS; k++) {
			if (!s.met[k])
				continue;
			diag_error(
				d, needs[k].code, s.at[k], needs[k].hint,
				"policy \"%s\" needs %s, which this version cannot apply to a host",
				p->id.s, needs[k].text);
			n++;
		}
	}
	return n;
}
