/* SPDX-License-Identifier: BSD-2-Clause */
/* Annotations: the ones that have a meaning, and the ones that are notes. */
#include <postern/limits.h>

#include <string.h>

#include "base/suggest.h"
#include "policy/profile.h"

static void check_id(const struct profile *p, const struct annotation *a)
{
	bool sane = a->value.len > 0 && a->value.len <= POSTERN_POLICY_ID_MAX;

	for (size_t i = 0; i < a->value.len; i++) {
		char c = a->value.s[i];

		sane &= c > ' ' && c < 0x7f && c != '"' && c != '\\' && c != '`';
	}
	if (text_is(a->value, "default-deny"))
		refuse(p, "profile-id", a->span, "choose another",
		       "`default-deny` is what no policy decided");
	else if (a->value.len >= sizeof(POLICY_RESERVED) - 1 &&
		 memcmp(a->value.s, POLICY_RESERVED, sizeof(POLICY_RESERVED) - 1) == 0)
		refuse(p, "profile-id", a->span, "choose another",
		       "ids that begin with `" POLICY_RESERVED
		       "` are those of permits that phases add");
	else if (!sane)
		refuse(p, "profile-id", a->span, "write letters, digits, `-`, `_`, `.`, `:` or `/`",
		       "an id is 1 to %d printable ASCII characters without spaces or quotes",
		       POSTERN_POLICY_ID_MAX);
}

static void check_expires(const struct profile *p, const struct annotation *a)
{
	int64_t ms;

	if (datetime_parse(a->value, &ms) < 0)
		refuse(p, "profile-expires", a->span, "write @expires(\"2027-03-01T00:00:00Z\")",
		       "this is no datetime");
}

static void check_essential(const struct profile *p, const struct annotation *a)
{
	if (p->policy->effect != EFFECT_PERMIT)
		refuse(p, "profile-essential", a->span,
		       "leave it out: forbids never expire with a bundle",
		       "only a permit can be essential");
	else if (a->has_value)
		refuse(p, "profile-essential", a->span, "write @essential",
		       "@essential takes no value");
}

static void check_mode(const struct profile *p, const struct annotation *a)
{
	if (p->policy->effect != EFFECT_FORBID)
		refuse(p, "profile-mode", a->span, "leave the permit out, or set the bundle's mode",
		       "only a forbid can have a mode of its own");
	else if (!text_is(a->value, "observe") && !text_is(a->value, "off"))
		refuse(p, "profile-mode", a->span, "write @mode(\"observe\") or @mode(\"off\")",
		       "there is no such mode");
}

static const struct {
	const char *name;
	void (*check)(const struct profile *p, const struct annotation *a);
} annotations[] = {
	{ "id", check_id },
	{ "expires", check_expires },
	{ "essential", check_essential },
	{ "mode", check_mode },
	{ "owner", NULL },
	{ "ticket", NULL },
	{ "advice", NULL },
};

enum { N_ANNOTATIONS = sizeof(annotations) / sizeof(annotations[0]) };

static void refuse_unknown(const struct profile *p, const struct annotation *a)
{
	_cleanup_buf_ struct buf hint = BUF_INIT;
	const char *names[N_ANNOTATIONS];
	const char *near;

	for (size_t i = 0; i < N_ANNOTATIONS; i++)
		names[i] = annotations[i].name;
	near = suggest(a->name.s, names, N_ANNOTATIONS);
	if (near)
		buf_printf(&hint, "write @%s", near);
	else
		buf_puts(&hint,
			 "one of @id, @expires, @essential, @mode, @owner, @ticket, @advice");
	refuse(p, "profile-annotation", a->span, hint.data, "there is no annotation @%s",
	       a->name.s);
}

static void check_annotation(const struct profile *p, const struct annotation *a)
{
	for (size_t i = 0; i < N_ANNOTATIONS; i++) {
		if (!text_is(a->name, annotations[i].name))
			continue;
		if (annotations[i].check)
			annotations[i].check(p, a);
		return;
	}
	refuse_unknown(p, a);
}

void profile_annotations(const struct profile *p)
{
	bool named = false;

	for (size_t i = 0; i < p->policy->n_annotations; i++) {
		check_annotation(p, &p->policy->annotations[i]);
		named |= text_is(p->policy->annotations[i].name, "id");
	}
	if (!named)
		refuse(p, "profile-id-missing", p->policy->span, "write @id(\"a-name\") before it",
		       "every policy needs an id: events and explanations name it");
}

/* The first expression that reads what an essential permit must not, or NULL. */
static const struct expr *unessential(const struct expr *e)
{
	if (is_variable(e, VAR_CONTEXT) ||
	    (e->kind == EXPR_ENTITY && subject_of(e->uid.type) == SUBJECT_PERSON))
		return e;
	for (size_t i = 0; i < e->n_args; i++) {
		const struct expr *found = unessential(e->args[i]);

		if (found)
			return found;
	}
	return NULL;
}

static void refuse_unessential(const struct profile *p, struct span where)
{
	refuse(p, "profile-essential-reads", where, "leave @essential or this condition out",
	       "an essential permit must hold when nobody is logged in and no fact is known");
}

void profile_essential(const struct profile *p)
{
	const struct policy *policy = p->policy;
	const struct scope *who = &policy->principal;
	bool essential = false;

	for (size_t i = 0; i < policy->n_annotations; i++)
		essential |= text_is(policy->annotations[i].name, "essential");
	if (!essential)
		return;
	if (who->n_uids > 0 && subject_of(who->uids[0].type) == SUBJECT_PERSON)
		refuse_unessential(p, who->span);
	for (size_t i = 0; i < policy->n_conditions; i++) {
		const struct expr *found = unessential(policy->conditions[i].body);

		if (found)
			refuse_unessential(p, found->span);
	}
}
