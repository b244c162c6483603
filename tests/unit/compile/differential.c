/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The image against the meaning: random sets and requests, both engines must give the same verdict,
 * policy and reason. POSTERN_SEED and POSTERN_SETS choose other ones; a failure prints its seeds,
 * the request, and the smallest set of policies that still shows it.
 */
#include "cm.h"

#include <stdio.h>
#include <stdlib.h>

#include "compile/compile.h"
#include "generate.h"

enum { REQUESTS = 200, SETS = 150 };

struct subject {
	uint64_t seed;
	struct policy_set *set;
	struct entity_set *entities;
	struct arena *arena;
	struct request requests[REQUESTS];
	struct request_binding *binding;
	struct policy_views *views;
	struct image *image;
	struct rollout rollout;
};

static void show(const struct diags *d)
{
	_cleanup_buf_ struct buf text = BUF_INIT;

	diags_render(d, &text, false);
	print_error("%s\n", text.data ? text.data : "no message");
}

static void read_entities(struct subject *s, struct diags *d)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	_cleanup_json_ json_t *json = NULL;
	struct source src = { .name = "entities.json" };

	generate_entities(s->seed, &text);
	src.text = text.data;
	src.len = text.len;
	if (json_parse(&src, d, &json) || entities_parse(json, &src, NULL, d, &s->entities)) {
		show(d);
		fail_msg("entities of set %llu", (unsigned long long)s->seed);
	}
}

static void read_policies(struct subject *s, const struct buf *text, struct diags *d)
{
	struct source src = { "generated.cedar", text->data, text->len };

	assert_int_equal(policy_set_new(&s->set), 0);
	if (policy_parse(s->set, &src, d) || policy_check(s->set, s->entities, d)) {
		show(d);
		fail_msg("policies of set %llu", (unsigned long long)s->seed);
	}
	s->set->not_after_ms = generate_not_after(s->seed);
}

static void read_requests(struct subject *s, struct diags *d)
{
	assert_int_equal(arena_new(&s->arena), 0);
	for (uint64_t i = 0; i < REQUESTS; i++) {
		_cleanup_buf_ struct buf text = BUF_INIT;
		_cleanup_json_ json_t *json = NULL;
		struct source src = { .name = "request" };

		generate_request(s->seed, i, &text);
		src.text = text.data;
		src.len = text.len;
		if (json_parse(&src, d, &json) ||
		    request_parse(json, &src, 0, s->arena, d, &s->requests[i])) {
			show(d);
			fail_msg("request %llu of set %llu: %s", (unsigned long long)i,
				 (unsigned long long)s->seed, text.data);
		}
	}
	assert_int_equal(request_binding_new(s->requests, REQUESTS, &s->binding), 0);
}

static int compile(struct subject *s, struct diags *d)
{
	int r;

	image_free(&s->image);
	policy_views_free(&s->views);
	r = policy_views_make(s->set, s->entities, &s->rollout, d, &s->views);
	return r ? r : image_compile(s->views, request_binding_get(s->binding), d, &s->image);
}

static void release(struct subject *s)
{
	image_free(&s->image);
	request_binding_free(&s->binding);
	arena_free(&s->arena);
	policy_views_free(&s->views);
	policy_set_free(&s->set);
	entity_set_free(&s->entities);
}

static bool agree(struct subject *s, const struct request *req, struct decision *ret_want,
		  struct decision *ret_got)
{
	if (decide_reference(s->views, req, ret_want))
		fail_msg("reference failed in set %llu", (unsigned long long)s->seed);
	if (image_decide(s->image, s->binding, req, ret_got))
		return false;
	return ret_want->verdict == ret_got->verdict && ret_want->policy == ret_got->policy &&
	       strcmp(ret_want->reason, ret_got->reason) == 0;
}

/* Whether the engines still differ over the set without policy `without`. */
static bool differs_without(struct subject *s, const struct request *req, size_t without)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct policy *taken = s->set->policies[without];
	struct decision want, got;
	bool differs;

	memmove(&s->set->policies[without], &s->set->policies[without + 1],
		(s->set->n - without - 1) * sizeof(taken));
	s->set->n--;
	differs = compile(s, &d) == 0 && !agree(s, req, &want, &got);
	if (differs)
		return true;
	memmove(&s->set->policies[without + 1], &s->set->policies[without],
		(s->set->n - without) * sizeof(taken));
	s->set->policies[without] = taken;
	s->set->n++;
	return false;
}

static void explain(struct subject *s, size_t i)
{
	_cleanup_buf_ struct buf text = BUF_INIT, request = BUF_INIT;
	const struct request *req = &s->requests[i];
	struct decision want = { 0 }, got = { 0 };

	agree(s, req, &want, &got);
	generate_request(s->seed, i, &request);
	print_error("set %llu request %zu: reference %s %s %s, image %s %s %s\n%s\n",
		    (unsigned long long)s->seed, i, verdict_name(want.verdict),
		    want.policy ? want.policy->id.s : "-", want.reason, verdict_name(got.verdict),
		    got.policy ? got.policy->id.s : "-", got.reason ? got.reason : "-",
		    request.data);
	for (size_t k = s->set->n; k-- > 0;)
		differs_without(s, req, k);
	for (size_t k = 0; k < s->set->n; k++)
		policy_print(s->set->policies[k], &text);
	print_error("%s\n", text.data ? text.data : "");
	fail_msg("image and reference differ");
}

/* Counts of each verdict, so that a test that only sees one cannot pass. */
static size_t verdicts[3], by_policy;

static void check_set(uint64_t seed)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_buf_ struct buf policies = BUF_INIT;
	struct subject s = { .seed = seed };
	struct decision want, got;
	const char *why = "";

	s.rollout.mode = generate_observe(seed) ? MODE_OBSERVE : MODE_ENFORCE;
	generate_phases(seed, &s.rollout.phases);
	generate_policies(seed, &policies);
	read_entities(&s, &d);
	read_policies(&s, &policies, &d);
	read_requests(&s, &d);
	if (compile(&s, &d)) {
		show(&d);
		fail_msg("set %llu does not compile", (unsigned long long)seed);
	}
	if (image_validate(s.image->lines, s.image->n, &why))
		fail_msg("set %llu: image is not valid: %s", (unsigned long long)seed, why);
	for (size_t i = 0; i < REQUESTS; i++) {
		if (!agree(&s, &s.requests[i], &want, &got))
			explain(&s, i);
		verdicts[want.verdict]++;
		by_policy += want.policy != NULL;
	}
	release(&s);
}

static void image_and_meaning_agree(void **state)
{
	uint64_t seed = generate_number("POSTERN_SEED", 1);
	uint64_t sets = generate_number("POSTERN_SETS", getenv("POSTERN_LONG") ? SETS * 20 : SETS);

	(void)state;
	for (uint64_t i = 0; i < sets; i++)
		check_set(seed + i);
	print_message("%llu decisions: %zu allow, %zu deny, %zu would-deny, %zu by a policy\n",
		      (unsigned long long)sets * REQUESTS, verdicts[VERDICT_ALLOW],
		      verdicts[VERDICT_DENY], verdicts[VERDICT_WOULD_DENY], by_policy);
}

static void the_sets_decide_something(void **state)
{
	size_t all = verdicts[0] + verdicts[1] + verdicts[2];

	(void)state;
	for (int v = 0; v < 3; v++)
		assert_true(verdicts[v] > all / 50);
	assert_true(by_policy > all / 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(image_and_meaning_agree),
		cmocka_unit_test(the_sets_decide_something),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
