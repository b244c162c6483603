/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel's decision against the same look-ups in C: random sets and requests through the syscall
 * program, over images in the very maps that the hooks use. Must give the same verdict, policy and
 * reason.
 */
#include "cm.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "generate.h"
#include "loader/loader.h"

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
	uint32_t slot;
};

static struct loader *loader;
static size_t verdicts[3], named;

static void must(int r, const struct diags *d, const char *what, uint64_t seed)
{
	_cleanup_buf_ struct buf text = BUF_INIT;

	if (r == 0)
		return;
	diags_render(d, &text, false);
	fail_msg("%s of set %llu: %d\n%s", what, (unsigned long long)seed, r,
		 text.data ? text.data : "");
}

static void read_set(struct subject *s, struct diags *d)
{
	_cleanup_buf_ struct buf entities = BUF_INIT, policies = BUF_INIT;
	_cleanup_json_ json_t *json = NULL;
	struct source src = { .name = "entities.json" };

	generate_entities(s->seed, &entities);
	src.text = entities.data;
	src.len = entities.len;
	must(json_parse(&src, d, &json), d, "entities", s->seed);
	must(entities_parse(json, &src, NULL, d, &s->entities), d, "entities", s->seed);
	generate_policies(s->seed, &policies);
	src = (struct source){ "policies.cedar", policies.data, policies.len };
	must(policy_set_new(&s->set), d, "set", s->seed);
	must(policy_parse(s->set, &src, d), d, "policies", s->seed);
	must(policy_check(s->set, s->entities, d), d, "policies", s->seed);
	s->set->not_after_ms = generate_not_after(s->seed);
}

static void read_requests(struct subject *s, struct diags *d)
{
	size_t i;

	must(arena_new(&s->arena), d, "arena", s->seed);
	for (i = 0; i < REQUESTS; i++) {
		_cleanup_buf_ struct buf text = BUF_INIT;
		_cleanup_json_ json_t *json = NULL;
		struct source src = { .name = "request" };

		generate_request(s->seed, i, &text);
		src.text = text.data;
		src.len = text.len;
		must(json_parse(&src, d, &json), d, "request", s->seed);
		must(request_parse(json, &src, 0, s->arena, d, &s->requests[i]), d, "request",
		     s->seed);
	}
	must(request_binding_new(s->requests, REQUESTS, &s->binding), d, "binding", s->seed);
}

static void compile(struct subject *s, struct diags *d)
{
	struct rollout how = { .mode = generate_observe(s->seed) ? MODE_OBSERVE : MODE_ENFORCE };

	generate_phases(s->seed, &how.phases);
	must(policy_views_make(s->set, s->entities, &how, d, &s->views), d, "views", s->seed);
	must(image_compile(s->views, request_binding_get(s->binding), d, &s->image), d, "image",
	     s->seed);
	must(loader_stage(loader, s->image, d, &s->slot), d, "stage", s->seed);
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

static void compare(struct subject *s, size_t i)
{
	struct text texts[POSTERN_ASK_TEXTS], name;
	struct decision want;
	struct postern_ask ask;
	bool same;

	assert_int_equal(image_decide(s->image, s->binding, &s->requests[i], &want), 0);
	assert_int_equal(image_ask(s->image, s->binding, &s->requests[i], &ask, texts), 0);
	ask.slot = s->slot;
	assert_int_equal(loader_ask(loader, &ask, texts), 0);
	name = image_policy_id(s->image, ask.policy);
	same = verdict_from_abi(ask.verdict) == want.verdict &&
	       strcmp(reason_name(ask.reason), want.reason) == 0 &&
	       text_eq(name, want.policy ? want.policy->id : (struct text){ 0 });
	if (!same)
		fail_msg("set %llu request %zu: image %s %s, kernel %s %.*s %s",
			 (unsigned long long)s->seed, i, verdict_name(want.verdict), want.reason,
			 verdict_name(verdict_from_abi(ask.verdict)), (int)name.len,
			 name.len ? name.s : "", reason_name(ask.reason));
	verdicts[want.verdict]++;
	named += want.policy != NULL;
}

static void kernel_and_image_agree(void **state)
{
	uint64_t sets = getenv("POSTERN_LONG") ? SETS * 10 : SETS, seed;
	size_t i;

	(void)state;
	for (seed = 1; seed <= sets; seed++) {
		_cleanup_diags_ struct diags d = DIAGS_INIT;
		struct subject s = { .seed = seed };

		read_set(&s, &d);
		read_requests(&s, &d);
		compile(&s, &d);
		for (i = 0; i < REQUESTS; i++)
			compare(&s, i);
		release(&s);
	}
	assert_true(verdicts[VERDICT_ALLOW] > 100 && verdicts[VERDICT_DENY] > 100 &&
		    verdicts[VERDICT_WOULD_DENY] > 100 && named > 100);
}

/* A slot that nothing was loaded into must not answer "allow". */
static void an_empty_slot_denies(void **state)
{
	struct text texts[POSTERN_ASK_TEXTS] = { 0 };
	struct postern_ask ask = { .slot = POSTERN_SLOTS - 1 };

	(void)state;
	assert_int_equal(loader_ask(loader, &ask, texts), 0);
	assert_int_equal(ask.verdict, POSTERN_DENY);
	assert_int_equal(ask.reason, POSTERN_R_NO_IMAGE);
	ask.slot = 1000000;
	assert_int_equal(loader_ask(loader, &ask, texts), 0);
	assert_int_equal(ask.reason, POSTERN_R_NO_IMAGE);
}

static void a_text_that_is_too_long_is_refused(void **state)
{
	static char bytes[POSTERN_STRING_MAX + 1];
	struct text texts[POSTERN_ASK_TEXTS] = { 0 };
	struct postern_ask ask = { 0 };

	(void)state;
	texts[POSTERN_ASK_EXE] = (struct text){ bytes, sizeof(bytes) };
	assert_int_equal(loader_ask(loader, &ask, texts), -ENAMETOOLONG);
}

static int open_offline(void **state)
{
	struct loader_config cfg = { 0 };
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	int r = loader_open(&cfg, &d, &loader);

	(void)state;
	if (r < 0)
		print_error("%s\n", d.n ? d.items[0].text : "no message");
	return r;
}

static int close_offline(void **state)
{
	(void)state;
	loader_close(&loader);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_slot_denies),
		cmocka_unit_test(a_text_that_is_too_long_is_refused),
		cmocka_unit_test(kernel_and_image_agree),
	};

	return cmocka_run_group_tests(tests, open_offline, close_offline);
}
