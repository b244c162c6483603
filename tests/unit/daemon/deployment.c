/* SPDX-License-Identifier: BSD-2-Clause */
/* From a bundle to an image: each thing that can be wrong with it has its own refusal. */
#include "daemon/deployment.h"

#include <string.h>

#include "base/clock.h"
#include "base/file.h"

#include "cm.h"
#include "tmpdir.h"

#define PERMIT "@id(\"a\") permit (principal, action == Action::\"connect\", resource) "
#define ENFORCED "{ \"identity\": \"enforce\", \"device\": \"enforce\", \"network\": \"enforce\" }"

struct texts {
	const char *policies, *tests, *phases, *not_after;
};

static void put(const char *dir, const char *name, const char *text)
{
	char path[256];

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	assert_int_equal(file_write_atomic(AT_FDCWD, path, text, strlen(text), 0600), 0);
}

/* A bundle as read from a directory with those texts. */
static struct bundle *bundle_of(const char *dir, struct texts t)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct bundle *b = NULL;
	char manifest[512], policies[256];

	(void)snprintf(
		manifest, sizeof(manifest),
		"{ \"format\": 1, \"name\": \"t\", \"version\": 1, \"notAfter\": \"%s\", \"audience\": [\"*\"],"
		" \"mode\": \"enforce\", \"phases\": %s }",
		t.not_after ? t.not_after : "2099-01-01T00:00:00Z", t.phases ? t.phases : ENFORCED);
	(void)snprintf(policies, sizeof(policies), "%s/policies", dir);
	assert_int_equal(dir_make(policies, 0700), 0);
	put(dir, "bundle.json", manifest);
	put(dir, "policies/a.cedar", t.policies);
	if (t.tests)
		put(dir, "tests.json", t.tests);
	assert_int_equal(bundle_read_dir(dir, &d, &b), 0);
	return b;
}

/* The answer, "" for none; the deployment in *ret. */
static const char *deploy(void **state, struct texts t, struct deployment **ret)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct refusal refused = deployment_new(bundle_of(*state, t), clock_real_ms(), &d, ret);

	assert_int_equal(refused.answer != NULL, d.errors > 0);
	return refused.answer ? refused.answer : "";
}

static void a_sound_bundle_becomes_an_image(void **state)
{
	_cleanup_deployment_ struct deployment *dep = NULL;

	assert_string_equal(deploy(state, (struct texts){ .policies = PERMIT ";" }, &dep), "");
	assert_non_null(dep->image);
	assert_false(dep->ended);
	assert_int_equal(dep->rules.views->rollout.mode, MODE_ENFORCE);
	assert_string_equal(deployment_policy(dep, 0)->id.s, "a");
	assert_null(deployment_policy(dep, 1));
}

static void each_fault_has_its_answer(void **state)
{
	static const struct {
		struct texts texts;
		const char *answer;
	} cases[] = {
		{ { .policies = "permit (" }, "policy" },
		{ { .policies = PERMIT "when { resource.prt == 1 };" }, "policy" },
		{ { .policies = "permit (principal, action == Action::\"connect\", resource);" },
		  "policy" },
		{ { .policies = PERMIT "when { principal in Unit::\"/a//b\" };" }, "apply" },
		{ { .policies = PERMIT ";",
		    .tests = "[ { \"name\": \"n\", \"principal\": {}, \"action\": \"connect\","
			     " \"resource\": \"tcp 10.0.0.1:1\", \"expect\": \"deny\" } ]" },
		  "tests" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct deployment *dep = NULL;
		char path[256];

		assert_string_equal(deploy(state, cases[i].texts, &dep), cases[i].answer);
		assert_null(dep);
		(void)snprintf(path, sizeof(path), "%s/tests.json", (const char *)*state);
		(void)unlink(path);
	}
}

static void phases_on_their_way_are_applied(void **state)
{
	static const struct texts texts = {
		.policies = PERMIT ";",
		.phases =
			"{ \"identity\": \"off\", \"device\": \"observe\", \"network\": \"off\" }",
	};
	_cleanup_deployment_ struct deployment *dep = NULL;

	assert_string_equal(deploy(state, texts, &dep), "");
	assert_int_equal(dep->rules.views->rollout.phases.identity, POSTERN_PHASE_OFF);
	assert_int_equal(dep->rules.views->rollout.phases.device, POSTERN_PHASE_OBSERVE);
	/* The permits that phases add have numbers in the image, and names. */
	assert_string_equal(deployment_policy(dep, 1)->id.s, "postern:open-connect");
	assert_null(deployment_policy(dep, 6));
}

static void the_end_is_told_by_the_clock(void **state)
{
	_cleanup_deployment_ struct deployment *dep = NULL;
	int64_t end;

	assert_string_equal(deploy(state, (struct texts){ .policies = PERMIT ";" }, &dep), "");
	end = dep->bundle->not_after_ms;
	assert_false(deployment_has_ended(dep, end - 1));
	assert_true(deployment_has_ended(dep, end));
}

/* The image says when its permits end, so nobody has to be there then. */
static void the_end_is_a_fact_of_the_image(void **state)
{
	static const char essential[] = "@essential " PERMIT ";";
	_cleanup_deployment_ struct deployment *ends = NULL, *stays = NULL;
	const struct postern_annex *annex;
	const struct postern_fact *f;

	assert_string_equal(deploy(state, (struct texts){ .policies = PERMIT ";" }, &ends), "");
	annex = (const struct postern_annex *)&ends->image->lines[POSTERN_ANNEX_LINE];
	assert_int_equal(annex->facts, 1);
	f = (const struct postern_fact *)&ends->image->lines[annex->facts_line];
	assert_int_equal(f->kind, POSTERN_FACT_NOW);
	assert_true(f->high == ends->bundle->not_after_ms - 1);
	assert_string_equal(deploy(state, (struct texts){ .policies = essential }, &stays), "");
	annex = (const struct postern_annex *)&stays->image->lines[POSTERN_ANNEX_LINE];
	assert_int_equal(annex->facts, 0);
}

#define WHEN_DEVICE(what) PERMIT "when { context.device." what " };"

/* What an older image's device facts were is known again only if these are the same, in the same order. */
static void the_devices_facts_have_a_digest(void **state)
{
	static const char *const texts[] = { WHEN_DEVICE("aslr"), WHEN_DEVICE("tpm2"),
					     WHEN_DEVICE("aslr"), PERMIT ";" };
	char digest[4][65];

	for (int i = 0; i < 4; i++) {
		_cleanup_deployment_ struct deployment *dep = NULL;

		assert_string_equal(deploy(state, (struct texts){ .policies = texts[i] }, &dep),
				    "");
		memcpy(digest[i], dep->facts_digest, sizeof(digest[i]));
	}
	assert_string_not_equal(digest[0], digest[1]);
	assert_string_equal(digest[0], digest[2]);
	assert_string_not_equal(digest[0], digest[3]);
}

static void images_are_remembered_newest_first(void **state)
{
	_cleanup_deployment_ struct deployment *dep = NULL;

	assert_string_equal(deploy(state, (struct texts){ .policies = PERMIT ";" }, &dep), "");
	assert_false(deployment_has_image(dep, 0));
	for (uint32_t id = 1; id <= DEPLOYMENT_IMAGES + 2; id++)
		deployment_loaded(dep, id);
	assert_null(dep->image);
	assert_int_equal(dep->image_ids[0], DEPLOYMENT_IMAGES + 2);
	assert_true(deployment_has_image(dep, 3));
	assert_false(deployment_has_image(dep, 2));
	assert_false(deployment_has_image(dep, 0));
}

int main(void)
{
#define IN_TMPDIR(test) cmocka_unit_test_setup_teardown(test, tmpdir_make, tmpdir_remove)
	const struct CMUnitTest tests[] = {
		IN_TMPDIR(a_sound_bundle_becomes_an_image),
		IN_TMPDIR(each_fault_has_its_answer),
		IN_TMPDIR(phases_on_their_way_are_applied),
		IN_TMPDIR(the_end_is_told_by_the_clock),
		IN_TMPDIR(the_end_is_a_fact_of_the_image),
		IN_TMPDIR(the_devices_facts_have_a_digest),
		IN_TMPDIR(images_are_remembered_newest_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
