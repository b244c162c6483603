/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A bundle through a worker's steps, both ends in one process: what one puts the other takes. The
 * process itself is tests/unit/worker/process.c, and tests/e2e/worker.sh.
 */
#include "worker/work.h"

#include <errno.h>
#include <string.h>

#include "base/large.h"
#include "worker/answer.h"
#include "worker/pack.h"

#include "cm.h"

#define PERMIT "@id(\"a\") permit (principal, action == Action::\"connect\", resource) "
#define ENFORCED "{\"identity\":\"enforce\",\"device\":\"enforce\",\"network\":\"enforce\"}"

struct texts {
	const char *policies, *tests, *entities;
	const char *prefixes; /* of "a.txt"; NULL: there is no such file */
};

/* A payload with those texts. */
static void pack(struct texts t, struct buf *out)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct source policies = { "policies/a.cedar", t.policies, strlen(t.policies) };
	struct source prefixes = { "a.txt", t.prefixes, t.prefixes ? strlen(t.prefixes) : 0 };
	struct source file = policies;
	char name[] = "t", *audience[] = { (char[]){ "web-*" } };
	const struct bundle b = {
		.name = name,
		.version = 7,
		.issued_ms = 1000,
		.not_after_ms = INT64_C(4070908800000),
		.audience = audience,
		.n_audience = 1,
		.observe = true,
		.phases = { POSTERN_PHASE_OFF, POSTERN_PHASE_OBSERVE, POSTERN_PHASE_ENFORCE },
		.policies = &file,
		.n_policies = 1,
		.files = &prefixes,
		.n_files = t.prefixes != NULL,
		.tests = { "tests.json", t.tests, t.tests ? strlen(t.tests) : 0 },
		.entities = { "entities.json", t.entities, t.entities ? strlen(t.entities) : 0 },
	};

	assert_int_equal(bundle_pack(&b, &d, out), 0);
}

/* The image where the process would put it. */
static void insert(struct buf *out, size_t at, const void *lines, size_t n)
{
	struct buf all = BUF_INIT;

	buf_put(&all, out->data, at);
	buf_put(&all, lines, n);
	buf_put(&all, out->data + at, out->len - at);
	buf_free(out);
	*out = all;
}

static void ask(struct work *w, enum worker_question what, const struct buf *question,
		struct buf *out)
{
	buf_clear(out);
	assert_int_equal(work_answer(w, what, question->data, question->len, out), 0);
	if (w->image)
		insert(out, w->image_at, w->image->lines, (size_t)w->image->n * POSTERN_LINE);
}

static struct worker_bytes bytes_of(const struct buf *b)
{
	return (struct worker_bytes){ b->data, b->len };
}

/* Opens and loads; the answer of the last that was asked. */
static int load(struct work *w, struct texts t, struct diags *d, struct worker_policies **ret)
{
	_cleanup_buf_ struct buf question = BUF_INIT, out = BUF_INIT;
	_cleanup_bundle_ struct bundle *b = NULL;

	pack(t, &question);
	ask(w, ASK_OPEN, &question, &out);
	assert_int_equal(answer_open(bytes_of(&out), d, &b), WORKER_OK);
	buf_clear(&question);
	put_u64(&question, 1000);
	put_u32(&question, true);
	ask(w, ASK_LOAD, &question, &out);
	return answer_load(bytes_of(&out), d, ret);
}

static void a_bundle_says_what_it_is(void **state)
{
	_cleanup_buf_ struct buf question = BUF_INIT, out = BUF_INIT;
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_bundle_ struct bundle *b = NULL;
	struct work w = WORK_INIT;

	(void)state;
	pack((struct texts){ .policies = PERMIT ";" }, &question);
	ask(&w, ASK_OPEN, &question, &out);
	assert_int_equal(answer_open(bytes_of(&out), &d, &b), WORKER_OK);
	assert_string_equal(b->name, "t");
	assert_int_equal(b->version, 7);
	assert_true(b->not_after_ms == INT64_C(4070908800000));
	assert_int_equal(b->n_audience, 1);
	assert_string_equal(b->audience[0], "web-*");
	assert_true(b->observe);
	assert_int_equal(b->phases.identity, POSTERN_PHASE_OFF);
	assert_int_equal(b->phases.device, POSTERN_PHASE_OBSERVE);
	assert_int_equal(b->phases.network, POSTERN_PHASE_ENFORCE);
	assert_int_equal(b->n_policies, 0);
	work_free(&w);
}

static void policies_are_known_without_being_read(void **state)
{
	static const struct texts texts = {
		.policies =
			"@id(\"b\") @advice(\"ask Bob\") permit (principal in User::\"root\", action == "
			"Action::\"connect\", resource) when { principal in Program::\"/bin/x\" && "
			"principal in Identity::\"bob\" };" PERMIT ";",
		.entities =
			"[{\"uid\":{\"type\":\"Identity\",\"id\":\"bob\"},\"attrs\":{\"user\":\"b\","
			"\"keys\":[\"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f\"],\"requireVerified\":false},"
			"\"parents\":[]}]",
	};
	_cleanup_worker_policies_ struct worker_policies *p = NULL;
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct work w = WORK_INIT;

	(void)state;
	if (load(&w, texts, &d, &p) != WORKER_OK)
		fail_msg("%s", d.items[0].text);
	assert_int_equal(p->written, 2);
	assert_true(p->n >= 2);
	assert_string_equal(p->items[0].id.s, "a");
	assert_null(p->items[0].advice.s);
	assert_string_equal(p->items[1].id.s, "b");
	assert_string_equal(p->items[1].advice.s, "ask Bob");
	assert_int_equal(p->names.n[NAME_USER], 2);
	assert_string_equal(p->names.items[NAME_USER][0], "b");
	assert_string_equal(p->names.items[NAME_USER][1], "root");
	assert_int_equal(p->names.n[NAME_PROGRAM], 1);
	assert_int_equal(p->identities.n, 1);
	assert_string_equal(p->identities.items[0]->id.s, "bob");
	assert_string_equal(p->identities.items[0]->user.s, "b");
	assert_int_equal(p->identities.items[0]->n_keys, 1);
	work_free(&w);
}

static void each_fault_has_its_answer(void **state)
{
	static const struct {
		struct texts texts;
		enum worker_answer answer;
		const char *code;
	} cases[] = {
		{ { .policies = PERMIT "when { resource.prt == 1 };" },
		  WORKER_E_POLICY,
		  "type-attribute" },
		{ { .policies = "permit (principal, action == Action::\"connect\", resource);" },
		  WORKER_E_POLICY,
		  "profile-id-missing" },
		{ { .policies = PERMIT "when { principal in Unit::\"/a//b\" };" },
		  WORKER_E_APPLY,
		  "apply-unit-path" },
		{ { .policies = PERMIT ";",
		    .tests = "[ { \"name\": \"n\", \"principal\": {}, \"action\": \"listen\","
			     " \"resource\": \"tcp 10.0.0.1:1\", \"expect\": \"allow\" } ]" },
		  WORKER_E_TESTS,
		  "bundle-test" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		_cleanup_diags_ struct diags d = DIAGS_INIT;
		struct worker_policies *p = NULL;
		struct work w = WORK_INIT;

		assert_int_equal(load(&w, cases[i].texts, &d, &p), cases[i].answer);
		assert_null(p);
		assert_true(d.errors > 0);
		assert_string_equal(d.items[0].code, cases[i].code);
		work_free(&w);
	}
}

static void bytes_that_are_no_bundle_are_told(void **state)
{
	_cleanup_buf_ struct buf question = BUF_INIT, out = BUF_INIT;
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct bundle *b = NULL;
	struct work w = WORK_INIT;

	(void)state;
	buf_puts(&question, "not gzip");
	ask(&w, ASK_OPEN, &question, &out);
	assert_int_equal(answer_open(bytes_of(&out), &d, &b), WORKER_E_PAYLOAD);
	assert_string_equal(d.items[0].code, "bundle-gzip");
	assert_string_equal(d.items[0].text, "the payload is not one whole gzip member");
	assert_null(b);
	work_free(&w);
}

/* The tests of the bundle see which prefixes its Zone has. */
static int load_zone(struct work *w, const char *prefixes)
{
	_cleanup_worker_policies_ struct worker_policies *p = NULL;
	_cleanup_diags_ struct diags d = DIAGS_INIT;

	return load(w,
		    (struct texts){
			    .policies =
				    "@id(\"a\") permit (principal, action == Action::\"connect\", "
				    "resource in Zone::\"z\");",
			    .entities = "[{\"uid\":{\"type\":\"Zone\",\"id\":\"z\"},\"attrs\":"
					"{\"prefixes\":[\"@a.txt\"]},\"parents\":[]}]",
			    .tests = "[{\"name\":\"n\",\"principal\":{},\"action\":\"connect\","
				     "\"resource\":\"tcp 10.0.0.1:1\",\"expect\":\"allow\"}]",
			    .prefixes = prefixes,
		    },
		    &d, &p);
}

/* A file may have a number that another one had before what is no bundle came. */
static void nothing_is_kept_over_what_is_no_bundle(void **state)
{
	_cleanup_buf_ struct buf question = BUF_INIT, out = BUF_INIT;
	struct work w = WORK_INIT;

	(void)state;
	buf_puts(&question, "not gzip");
	assert_int_equal(load_zone(&w, "10.0.0.0/8\n"), WORKER_OK);
	ask(&w, ASK_OPEN, &question, &out);
	assert_int_equal(load_zone(&w, "192.0.2.0/24\n"), WORKER_E_TESTS);
	ask(&w, ASK_OPEN, &question, &out);
	assert_int_equal(load_zone(&w, "10.0.0.0/8\n"), WORKER_OK);
	work_free(&w);
}

/* The image and its facts as the compiler gives them in one process. */
static void images_arrive_whole(void **state)
{
	_cleanup_buf_ struct buf question = BUF_INIT, out = BUF_INIT;
	_cleanup_worker_policies_ struct worker_policies *p = NULL;
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_image_ struct image *image = NULL;
	uint8_t *bytes;
	const struct context safe = { .secure_boot = true, .updates_age_ms = 1 };
	struct binding nobody = { 0 };
	struct arena *arena = NULL;
	struct image_facts facts;
	struct work w = WORK_INIT;
	const char *why = NULL;
	uint64_t bits = 0;

	(void)state;
	assert_int_equal(load(&w,
			      (struct texts){ .policies = PERMIT
					      "when { context.device.secureBoot } when { "
					      "context.device.updatesAge < duration(\"8h\") };" },
			      &d, &p),
			 WORKER_OK);
	put_binding(&question, &nobody);
	ask(&w, ASK_COMPILE, &question, &out);
	bytes = large_alloc(out.len);
	assert_non_null(bytes);
	memcpy(bytes, out.data, out.len);
	assert_int_equal(answer_compile(&bytes, out.len, &d, &image, &facts, &arena), WORKER_OK);
	assert_null(bytes);
	assert_int_equal(image_validate(image->lines, image->n, &why), 0);
	assert_true(facts.n > 0);
	assert_int_equal(image_device_facts(&facts, &safe, &bits), 0);
	assert_true(bits != 0);
	arena_free(&arena);
	work_free(&w);
}

static void requests_are_explained(void **state)
{
	static const char json[] =
		"{\"principal\":{\"user\":\"root\",\"program\":\"/bin/x\"},\"action\":"
		"\"connect\",\"resource\":\"tcp 10.0.0.1:1\"}";
	const struct source src = { "r", json, sizeof(json) - 1 };
	_cleanup_buf_ struct buf question = BUF_INIT, out = BUF_INIT, text = BUF_INIT;
	_cleanup_worker_policies_ struct worker_policies *p = NULL;
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_json_ json_t *j = NULL;
	enum verdict verdict = VERDICT_DENY;
	struct work w = WORK_INIT;
	struct request req;
	struct arena *arena = NULL;

	(void)state;
	assert_int_equal(load(&w, (struct texts){ .policies = PERMIT ";" }, &d, &p), WORKER_OK);
	assert_int_equal(arena_new(&arena), 0);
	assert_int_equal(json_parse(&src, &d, &j), 0);
	if (request_parse(j, &src, 0, arena, &d, &req) < 0)
		fail_msg("%s", d.items[0].text);
	put_u32(&question, 3);
	put_request(&question, &req);
	ask(&w, ASK_EXPLAIN, &question, &out);
	assert_int_equal(answer_explain(bytes_of(&out), &d, &text, &verdict), WORKER_OK);
	assert_int_equal(verdict, VERDICT_ALLOW);
	assert_non_null(strstr(text.data, "/bin/x"));
	arena_free(&arena);
	work_free(&w);
}

static void questions_out_of_order_are_none(void **state)
{
	_cleanup_buf_ struct buf question = BUF_INIT, out = BUF_INIT;
	struct binding nobody = { 0 };
	struct work w = WORK_INIT;

	(void)state;
	put_binding(&question, &nobody);
	assert_int_equal(work_answer(&w, ASK_COMPILE, question.data, question.len, &out), -EBADMSG);
	assert_int_equal(work_answer(&w, ASK_KINDS, question.data, question.len, &out), -EBADMSG);
	buf_clear(&question);
	put_u64(&question, 0);
	assert_int_equal(work_answer(&w, ASK_LOAD, question.data, question.len, &out), -EBADMSG);
	work_free(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bundle_says_what_it_is),
		cmocka_unit_test(policies_are_known_without_being_read),
		cmocka_unit_test(each_fault_has_its_answer),
		cmocka_unit_test(bytes_that_are_no_bundle_are_told),
		cmocka_unit_test(nothing_is_kept_over_what_is_no_bundle),
		cmocka_unit_test(images_arrive_whole),
		cmocka_unit_test(requests_are_explained),
		cmocka_unit_test(questions_out_of_order_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
