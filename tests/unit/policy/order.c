/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * No order of policies matters, and a forbid overrides every permit: random sets, asked as they are, with
 * their policies in another order, and with one more forbid. POSTERN_SEED and POSTERN_SETS choose others.
 */
#include "cm.h"

#include <stdlib.h>
#include <string.h>

#include "generate.h"
#include "policy/policy.h"

enum { SETS = 60, REQUESTS = 100 };

static const struct rollout enforce_all = {
	MODE_ENFORCE, { POSTERN_PHASE_ENFORCE, POSTERN_PHASE_ENFORCE, POSTERN_PHASE_ENFORCE }
};

struct asked {
	uint64_t seed;
	struct entity_set *entities;
	struct arena *arena;
	struct request requests[REQUESTS];
};

static struct entity_set *read_entities(uint64_t seed)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_json_ json_t *json = NULL;
	struct entity_set *entities = NULL;
	struct source src;

	generate_entities(seed, &text);
	src = (struct source){ "entities", text.data, text.len };
	assert_int_equal(json_parse(&src, &d, &json), 0);
	assert_int_equal(entities_parse(json, &src, NULL, &d, &entities), 0);
	return entities;
}

static void read_requests(struct asked *a)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;

	assert_int_equal(arena_new(&a->arena), 0);
	for (uint64_t i = 0; i < REQUESTS; i++) {
		_cleanup_buf_ struct buf text = BUF_INIT;
		_cleanup_json_ json_t *json = NULL;
		struct source src;

		generate_request(a->seed, i, &text);
		src = (struct source){ "request", text.data, text.len };
		assert_int_equal(json_parse(&src, &d, &json), 0);
		assert_int_equal(request_parse(json, &src, 0, a->arena, &d, &a->requests[i]), 0);
	}
}

/* Policies are asked in the order of their ids: these turn it round. */
static void turn_round(struct policy_set *set)
{
	for (size_t i = 0; i < set->n; i++) {
		const char *id = arena_printf(set->arena, "p%06zu", set->n - i);

		assert_non_null(id);
		for (size_t k = 0; k < set->policies[i]->n_annotations; k++)
			if (strcmp(set->policies[i]->annotations[k].name.s, "id") == 0)
				set->policies[i]->annotations[k].value =
					(struct text){ id, strlen(id) };
	}
}

/* The set of that seed, checked; with `more` after its text. */
static struct policy_set *read_set(const struct asked *a, const char *more, bool turned)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct policy_set *set = NULL;
	struct source src;

	generate_policies(a->seed, &text);
	buf_puts(&text, more);
	src = (struct source){ "policies", text.data, text.len };
	assert_int_equal(policy_set_new(&set), 0);
	assert_int_equal(policy_parse(set, &src, &d), 0);
	if (turned)
		turn_round(set);
	assert_int_equal(policy_check(set, a->entities, &d), 0);
	assert_true(!turned || strcmp(set->policies[0]->id.s, "p000001") == 0);
	return set;
}

static struct policy_views *views_of(const struct asked *a, struct policy_set *set)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct policy_views *v = NULL;

	assert_int_equal(policy_views_make(set, a->entities, &enforce_all, &d, &v), 0);
	return v;
}

static bool allows(const struct policy_views *v, const struct request *r)
{
	const struct policy *by;
	bool allow;

	assert_int_equal(evaluate(v, r, VIEW_ENFORCED, &allow, &by), 0);
	return allow;
}

static size_t allowed, denied;

/* Calls `fn` with the views of each set, and of the same set with `more`, or turned round. */
static void compare(const char *more, bool turned, void (*fn)(bool was, bool is))
{
	uint64_t seed = generate_number("POSTERN_SEED", 1);
	uint64_t sets = generate_number("POSTERN_SETS", getenv("POSTERN_LONG") ? SETS * 20 : SETS);

	allowed = denied = 0;
	for (uint64_t i = 0; i < sets; i++) {
		struct asked a = { .seed = seed + i, .entities = read_entities(seed + i) };
		_cleanup_policy_set_ struct policy_set *set = read_set(&a, "", false),
						       *other = read_set(&a, more, turned);
		_cleanup_policy_views_ struct policy_views *before = views_of(&a, set),
							   *after = views_of(&a, other);

		read_requests(&a);
		for (size_t k = 0; k < REQUESTS; k++) {
			bool was = allows(before, &a.requests[k]);

			fn(was, allows(after, &a.requests[k]));
			allowed += was;
			denied += !was;
		}
		arena_free(&a.arena);
		entity_set_free(&a.entities);
	}
	/* Sets that always answer the same would show nothing. */
	assert_true(allowed > denied / 100 && denied > allowed / 100);
}

static void is_the_same(bool was, bool is)
{
	assert_int_equal(was, is);
}

static void is_denied(bool was, bool is)
{
	(void)was;
	assert_false(is);
}

static void no_order_matters(void **state)
{
	(void)state;
	compare("", true, is_the_same);
}

/* Its id stands before or after all others. */
static void a_forbid_overrides_every_permit(void **state)
{
	(void)state;
	compare("@id(\"!\") forbid (principal, action, resource);", false, is_denied);
	compare("@id(\"~\") forbid (principal, action, resource);", false, is_denied);
}

/* Nor does a permit that comes later bring back what a forbid takes. */
static void a_permit_overrides_no_forbid(void **state)
{
	(void)state;
	compare("@id(\"!\") forbid (principal, action, resource);"
		"@id(\"~\") permit (principal, action in [Action::\"egress\", Action::\"ingress\"], resource);",
		false, is_denied);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_order_matters),
		cmocka_unit_test(a_forbid_overrides_every_permit),
		cmocka_unit_test(a_permit_overrides_no_forbid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
