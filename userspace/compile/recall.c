/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From recorded facts back to a context: which attributes must have been how for each condition to have been as the
 * kernel side decided it. Where a fact leaves several, the worst stays.
 */
#include "compile/compile.h"

#include <errno.h>
#include <string.h>

/* What is being recalled. */
struct recalling {
	const struct image_facts *facts;
	uint64_t asked, held;
	struct context *context;
	struct arena *arena;
};

static const struct {
	const char *name;
	size_t offset;
} flags[] = {
	{ "secureBoot", offsetof(struct context, secure_boot) },
	{ "lockdown", offsetof(struct context, lockdown) },
	{ "diskEncrypted", offsetof(struct context, disk_encrypted) },
	{ "tpm2", offsetof(struct context, tpm2) },
	{ "untainted", offsetof(struct context, untainted) },
	{ "modulesSigned", offsetof(struct context, modules_signed) },
	{ "aslr", offsetof(struct context, aslr) },
	{ "ptraceRestricted", offsetof(struct context, ptrace_restricted) },
	{ "unprivilegedBpfOff", offsetof(struct context, unprivileged_bpf_off) },
};

static bool holds(const struct recalling *r, const struct expr *e)
{
	static const struct entity_set nobody;
	const struct request req = { .context = *r->context };
	bool b = false;

	return evaluate_condition(e, &nobody, &req, &b) == 0 && b;
}

static bool was(const struct recalling *r, size_t fact)
{
	return r->held >> fact & 1;
}

/* How many of the device facts before `n` are not as they were. */
static size_t wrong(const struct recalling *r, size_t n)
{
	size_t found = 0;

	for (size_t k = 0; k < n; k++)
		if (r->asked >> k & 1 && r->facts->device[k])
			found += holds(r, r->facts->device[k]) != was(r, k);
	return found;
}

static void recall_flag(struct recalling *r, struct text name, bool wanted)
{
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (text_is(name, flags[i].name))
			*(bool *)((char *)r->context + flags[i].offset) = wanted;
}

/* The age that a comparison is about, and the literal that it is compared with. */
static int64_t *age_of(struct recalling *r, const struct expr *e, int64_t *ret_limit)
{
	for (size_t i = 0; i < 2 && e->n_args == 2; i++) {
		const struct expr *a = e->args[i], *b = e->args[1 - i];

		if (a->kind != EXPR_GET || b->kind != EXPR_CALL || b->n_args != 1 ||
		    duration_parse(b->args[0]->string, ret_limit) < 0)
			continue;
		return text_is(a->string, "uptime") ? &r->context->uptime_ms
						    : &r->context->updates_age_ms;
	}
	return NULL;
}

/* Unknown, if that is what it can have been; else just on the side of the literal where it was. */
static void recall_age(struct recalling *r, const struct expr *e, size_t fact)
{
	int64_t limit = 0, *age = age_of(r, e, &limit), before = age ? *age : 0;
	const int64_t below = limit > INT64_MIN ? limit - 1 : limit;
	const int64_t above = limit < INT64_MAX ? limit + 1 : limit;
	const int64_t tries[] = { POSTERN_DURATION_WORST, below, limit, above, 0 };
	size_t most = wrong(r, fact);

	for (size_t i = 0; age && i < sizeof(tries) / sizeof(tries[0]); i++) {
		*age = tries[i];
		if (wrong(r, fact + 1) <= most)
			return;
	}
	if (age)
		*age = before;
}

static int add_custom(struct recalling *r, struct text name)
{
	struct context *c = r->context;
	struct text *longer = arena_array_of(r->arena, struct text, c->n_custom + 1);

	if (!longer)
		return -ENOMEM;
	if (c->n_custom)
		memcpy(longer, c->custom, c->n_custom * sizeof(*longer));
	longer[c->n_custom++] = name;
	c->custom = longer;
	return 0;
}

/*
 * isEmpty, or contains, containsAll, containsAny with what is written out; nothing held yet, so that only what did has to
 * be added.
 */
static int recall_custom(struct recalling *r, const struct expr *e, bool wanted)
{
	const struct expr *what = e->n_args == 2 ? e->args[1] : NULL;
	int err = 0;

	if (!what)
		return wanted ? 0 : add_custom(r, (struct text){ "?", 1 });
	if (!wanted)
		return 0;
	if (what->kind == EXPR_STRING)
		return add_custom(r, what->string);
	for (size_t i = 0; err == 0 && what->kind == EXPR_SET && i < what->n_args; i++)
		if (what->args[i]->kind == EXPR_STRING)
			err = add_custom(r, what->args[i]->string);
	return err;
}

static int recall(struct recalling *r, const struct expr *e, bool wanted, size_t fact)
{
	int err = 0;

	if (holds(r, e) == wanted)
		return 0;
	switch (e->kind) {
	case EXPR_NOT:
		return recall(r, e->args[0], !wanted, fact);
	case EXPR_AND:
	case EXPR_OR:
		for (size_t i = 0; err == 0 && i < 2; i++)
			err = recall(r, e->args[i], wanted, fact);
		return err;
	case EXPR_GET:
		recall_flag(r, e->string, wanted);
		return 0;
	case EXPR_METHOD:
		return recall_custom(r, e, wanted);
	default:
		recall_age(r, e, fact);
		return 0;
	}
}

/* A boolean of the session: its fact has one bit for each value it may have. */
static void recall_session(struct recalling *r, size_t k)
{
	const struct postern_fact *f = &r->facts->fact[k];
	bool plain = was(r, k);
	bool value = f->mask == 1 ? !plain : plain;

	if (f->mask != 1 && f->mask != 2)
		return;
	if (f->kind == POSTERN_FACT_MFA)
		r->context->mfa = value;
	else if (f->kind == POSTERN_FACT_VERIFIED)
		r->context->verified = value;
	else if (f->kind == POSTERN_FACT_INTERACTIVE)
		r->context->interactive = value;
}

int image_recall(const struct image_facts *facts, uint64_t asked, uint64_t held,
		 struct arena *arena, struct context *context)
{
	struct recalling r = { facts, asked, held, context, arena };
	size_t n = facts->n < POSTERN_FACTS_MAX ? facts->n : POSTERN_FACTS_MAX;
	int err = 0;

	for (size_t k = 0; err == 0 && k < n; k++) {
		if (!(asked >> k & 1))
			continue;
		recall_session(&r, k);
		if (facts->device[k])
			err = recall(&r, facts->device[k], was(&r, k), k);
	}
	return err;
}
