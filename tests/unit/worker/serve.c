/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The worker as it is, confined, with a bundle that makes it use everything it needs: this program
 * started anew serves as posternd does. What the confinement stops here would stop a push.
 */
#include "worker/worker.h"

#include <errno.h>
#include <string.h>

#include "cm.h"

enum { PREFIXES = 60000, POLICIES = 400 };

static void put_prefixes(struct buf *out)
{
	for (int i = 0; i < PREFIXES; i++)
		buf_printf(out, "10.%d.%d.%d/32\n", i >> 16 & 255, i >> 8 & 255, i & 255);
}

static void put_policies(struct buf *out)
{
	buf_puts(
		out,
		"@id(\"zone\") permit (principal in User::\"root\", action == Action::\"connect\", "
		"resource) when { resource in Zone::\"z\" && context.device.aslr };\n");
	for (int i = 0; i < POLICIES; i++)
		buf_printf(out,
			   "@id(\"p%d\") permit (principal in Program::\"/usr/bin/%d\", action == "
			   "Action::\"connect\", resource) when { resource.port == %d && "
			   "context.local.weekday == %d };\n",
			   i, i, i + 1, i % 7 + 1);
}

/* A bundle of some size; `broken`: one that does not type-check, in many places. */
static void pack(bool broken, struct buf *out)
{
	static const char entities[] =
		"[{\"uid\":{\"type\":\"Zone\",\"id\":\"z\"},\"attrs\":{\"prefixes\":[\"@z.txt\"]},\"parents\":[]}]";
	static const char tests[] =
		"[{\"name\":\"t\",\"principal\":{\"user\":\"root\"},\"action\":\"connect\",\"resource\":"
		"\"tcp 10.0.0.9:80\",\"context\":{\"device\":{\"aslr\":true}},\"expect\":\"allow\"}]";
	_cleanup_buf_ struct buf policies = BUF_INIT, prefixes = BUF_INIT;
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct source policy = { .name = "policies/a.cedar" }, file = { .name = "z.txt" };
	char name[] = "t", host[] = "*", *audience[] = { host };
	struct bundle b = {
		.name = name,
		.version = 1,
		.not_after_ms = INT64_C(4070908800000),
		.audience = audience,
		.n_audience = 1,
		.entities = { "entities.json", entities, sizeof(entities) - 1 },
		.tests = { "tests.json", tests, sizeof(tests) - 1 },
	};

	put_policies(&policies);
	put_prefixes(&prefixes);
	for (int i = 0; broken && i < 500; i++)
		buf_printf(
			&policies,
			"@id(\"b%d\") permit (principal, action == Action::\"connect\", resource) "
			"when { resource.prt == 1 };\n",
			i);
	policy.text = policies.data;
	policy.len = policies.len;
	file.text = prefixes.data;
	file.len = prefixes.len;
	b.policies = &policy;
	b.n_policies = 1;
	b.files = &file;
	b.n_files = 1;
	assert_int_equal(bundle_pack(&b, &d, out), 0);
}

static void must(int answer, const struct diags *d)
{
	if (answer != WORKER_OK)
		fail_msg("answer %d: %s", answer, d->n ? d->items[0].text : "");
}

/* Opens it and asks to load it; the answer. */
static int load(struct worker *w, bool broken, struct diags *d, struct worker_policies **ret)
{
	_cleanup_buf_ struct buf payload = BUF_INIT;
	_cleanup_bundle_ struct bundle *b = NULL;

	pack(broken, &payload);
	assert_int_equal(worker_ask_open(w, payload.data, payload.len), 0);
	worker_wait(w);
	must(worker_take_open(w, d, &b), d);
	assert_string_equal(b->name, "t");
	assert_int_equal(worker_ask_load(w, 1000, true), 0);
	worker_wait(w);
	return worker_take_load(w, d, ret);
}

static void compile(struct worker *w, struct diags *d)
{
	const struct binding nobody = { 0 };
	_cleanup_image_ struct image *image = NULL;
	struct image_facts facts;
	struct arena *arena = NULL;
	const char *why = "";

	assert_int_equal(worker_ask_compile(w, &nobody), 0);
	worker_wait(w);
	must(worker_take_compile(w, d, &image, &facts, &arena), d);
	if (image_validate(image->lines, image->n, &why) < 0)
		fail_msg("%s", why);
	assert_true(facts.n > 0);
	arena_free(&arena);
}

static void explain(struct worker *w, struct diags *d)
{
	static const char json[] =
		"{\"principal\":{\"user\":\"root\"},\"action\":\"connect\",\"resource\":"
		"\"tcp 10.0.0.9:80\"}";
	const struct source src = { "r", json, sizeof(json) - 1 };
	_cleanup_buf_ struct buf text = BUF_INIT, phrase = BUF_INIT;
	_cleanup_json_ json_t *j = NULL;
	enum verdict verdict = VERDICT_ALLOW;
	struct arena *arena = NULL;
	struct request req;

	assert_int_equal(arena_new(&arena), 0);
	assert_int_equal(json_parse(&src, d, &j), 0);
	assert_int_equal(request_parse(j, &src, 0, arena, d, &req), 0);
	assert_int_equal(worker_ask_explain(w, &req, 3), 0);
	worker_wait(w);
	must(worker_take_explain(w, d, &text, &verdict), d);
	assert_int_equal(verdict, VERDICT_DENY);
	assert_non_null(strstr(text.data, "zone"));
	assert_int_equal(worker_ask_remedy(w, &req), 0);
	worker_wait(w);
	must(worker_take_remedy(w, d, &phrase), d);
	arena_free(&arena);
}

static void a_bundle_goes_all_the_way(void **state)
{
	_cleanup_worker_policies_ struct worker_policies *p = NULL;
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_worker_ struct worker *w = NULL;

	(void)state;
	assert_int_equal(worker_start(&w), 0);
	must(load(w, false, &d, &p), &d);
	assert_int_equal(p->written, POLICIES + 1);
	assert_int_equal(p->names.n[NAME_PROGRAM], POLICIES);
	compile(w, &d);
	explain(w, &d);
	compile(w, &d);
	assert_int_equal(d.errors, 0);
}

/* With all its messages, and the number of those that there was no room for. */
static void one_that_is_wrong_is_explained(void **state)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_worker_ struct worker *w = NULL;
	struct worker_policies *p = NULL;

	(void)state;
	assert_int_equal(worker_start(&w), 0);
	assert_int_equal(load(w, true, &d, &p), WORKER_E_POLICY);
	assert_null(p);
	assert_int_equal(d.n, 100);
	assert_int_equal(d.errors, 500);
	assert_string_equal(d.items[0].code, "type-attribute");
	assert_string_equal(d.items[0].file, "policies/a.cedar");
	assert_int_equal(d.items[0].line, POLICIES + 2);
	assert_non_null(d.items[0].excerpt);
}

/* Nothing but questions in their order is answered. */
static void a_question_out_of_order_ends_it(void **state)
{
	const struct binding nobody = { 0 };
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_worker_ struct worker *w = NULL;
	struct image_facts facts;
	struct image *image = NULL;
	struct arena *arena = NULL;

	(void)state;
	assert_int_equal(worker_start(&w), 0);
	assert_int_equal(worker_ask_compile(w, &nobody), 0);
	worker_wait(w);
	assert_int_equal(worker_take_compile(w, &d, &image, &facts, &arena), -EPROTO);
	assert_int_equal(d.errors, 1);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bundle_goes_all_the_way),
		cmocka_unit_test(one_that_is_wrong_is_explained),
		cmocka_unit_test(a_question_out_of_order_ends_it),
	};

	if (argc == 1 && strcmp(argv[0], WORKER_NAME) == 0)
		worker_serve();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
