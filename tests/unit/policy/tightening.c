/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tightening never grants: with a phase moved from off to observe to enforce, or with the bundle's end reached, nothing is
 * allowed that was not before. Over random sets and requests; POSTERN_SEED and POSTERN_SETS choose others.
 */
#include "cm.h"

#include <stdlib.h>

#include "generate.h"
#include "policy/policy.h"

enum { SETS = 60, REQUESTS = 150 };

struct subject {
	uint64_t seed;
	struct policy_set *set;
	struct entity_set *entities;
	struct arena *arena;
	struct request requests[REQUESTS];
};

static struct source text_of(void (*generate)(uint64_t, struct buf *), uint64_t seed, struct buf *b)
{
	generate(seed, b);
	return (struct source){ "generated", b->data, b->len };
}

static void read_set(struct subject *s)
{
	_cleanup_buf_ struct buf entities = BUF_INIT, policies = BUF_INIT;
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_json_ json_t *json = NULL;
	struct source src = text_of(generate_entities, s->seed, &entities);

	assert_int_equal(json_parse(&src, &d, &json), 0);
	assert_int_equal(entities_parse(json, &src, NULL, &d, &s->entities), 0);
	src = text_of(generate_policies, s->seed, &policies);
	assert_int_equal(policy_set_new(&s->set), 0);
	assert_int_equal(policy_parse(s->set, &src, &d), 0);
	assert_int_equal(policy_check(s->set, s->entities, &d), 0);
}

/* A person is proven in their own account only: a host knows no other requests. */
static void keep_proof_in_its_account(const struct subject *s, struct principal *p)
{
	const struct entity *e = entity_find(s->entities, ENTITY_IDENTITY, p->identity);
	struct text *users = arena_array_of(s->arena, struct text, p->n_users + 1);

	assert_non_null(users);
	if (!e)
		return;
	for (size_t i = 0; i < p->n_users; i++)
		users[i] = p->users[i];
	users[p->n_users++] = e->user;
	p->users = users;
}

static void read_requests(struct subject *s)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;

	assert_int_equal(arena_new(&s->arena), 0);
	for (uint64_t i = 0; i < REQUESTS; i++) {
		_cleanup_buf_ struct buf text = BUF_INIT;
		_cleanup_json_ json_t *json = NULL;
		struct source src;

		generate_request(s->seed, i, &text);
		src = (struct source){ "request", text.data, text.len };
		assert_int_equal(json_parse(&src, &d, &json), 0);
		assert_int_equal(request_parse(json, &src, 0, s->arena, &d, &s->requests[i]), 0);
		keep_proof_in_its_account(s, &s->requests[i].principal);
	}
}

static void release(struct subject *s)
{
	arena_free(&s->arena);
	policy_set_free(&s->set);
	entity_set_free(&s->entities);
}

static size_t compared, withdrawn;

/* Whatever `after` allows in a view, `before` allowed. */
static void never_grants(const struct subject *s, const struct policy_views *before,
			 const struct policy_views *after, const char *what)
{
	for (size_t i = 0; i < REQUESTS; i++) {
		for (int view = VIEW_ENFORCED; view <= VIEW_REPORTED; view++) {
			const struct policy *by;
			bool was, is;

			assert_int_equal(evaluate(before, &s->requests[i], (enum policy_view)view,
						  &was, &by),
					 0);
			assert_int_equal(evaluate(after, &s->requests[i], (enum policy_view)view,
						  &is, &by),
					 0);
			if (is && !was)
				fail_msg("set %llu request %zu view %d: %s grants, by %s",
					 (unsigned long long)s->seed, i, view, what, by->id.s);
			compared++;
			withdrawn += was && !is;
		}
	}
}

static struct policy_views *views_of(const struct subject *s, struct postern_phases phases)
{
	const struct rollout how = { MODE_ENFORCE, phases };
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct policy_views *v = NULL;

	assert_int_equal(policy_views_make(s->set, s->entities, &how, &d, &v), 0);
	return v;
}

/* One phase one step further, the others as they are. */
static void tighten(const struct subject *s, struct postern_phases phases, int which)
{
	enum postern_phase *const all[] = { &phases.identity, &phases.device, &phases.network };
	_cleanup_policy_views_ struct policy_views *before = views_of(s, phases), *after = NULL;

	if (*all[which] == POSTERN_PHASE_ENFORCE)
		return;
	*all[which] = *all[which] == POSTERN_PHASE_OFF ? POSTERN_PHASE_OBSERVE
						       : POSTERN_PHASE_ENFORCE;
	after = views_of(s, phases);
	never_grants(s, before, after, "tightening a phase");
}

static void end(struct subject *s, struct postern_phases phases)
{
	_cleanup_policy_views_ struct policy_views *before = NULL, *after = NULL;

	s->set->not_after_ms = 0;
	before = views_of(s, phases);
	s->set->not_after_ms = 1;
	after = views_of(s, phases);
	s->set->not_after_ms = 0;
	never_grants(s, before, after, "the bundle's end");
}

static void tightening_never_grants(void **state)
{
	uint64_t seed = generate_number("POSTERN_SEED", 1);
	uint64_t sets = generate_number("POSTERN_SETS", getenv("POSTERN_LONG") ? SETS * 20 : SETS);

	(void)state;
	for (uint64_t i = 0; i < sets; i++) {
		struct subject s = { .seed = seed + i };
		struct postern_phases phases;

		read_set(&s);
		read_requests(&s);
		generate_phases(s.seed, &phases);
		for (int which = 0; which < 3; which++)
			tighten(&s, phases, which);
		end(&s, phases);
		release(&s);
	}
	print_message("%zu pairs of decisions, %zu withdrawn\n", compared, withdrawn);
	/* Steps that change nothing would show nothing. */
	assert_true(withdrawn > compared / 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(tightening_never_grants) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
