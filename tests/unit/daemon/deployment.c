/* SPDX-License-Identifier: BSD-2-Clause */
/* What a worker gives is believed where it is sound; and a bundle remembers its images. */
#include "daemon/deployment.h"

#include <string.h>

#include "cm.h"
#include "compiled.h"

#define PERMIT "@id(\"a\") permit (principal, action == Action::\"connect\", resource) "

/* Without a worker: with so many policies. */
static struct deployment *empty(size_t policies)
{
	struct deployment *dep = NULL;
	uint8_t *container = calloc(1, 2);

	assert_non_null(container);
	assert_int_equal(deployment_new(container, container + 1, 1, &dep), 0);
	dep->policies = calloc(1, sizeof(*dep->policies));
	dep->bundle = calloc(1, sizeof(*dep->bundle));
	assert_non_null(dep->policies);
	assert_non_null(dep->bundle);
	dep->policies->n = policies;
	return dep;
}

/* What a sound worker would give for a text: it is to be taken or released. */
static struct deployment_image given(struct compiled *c, const char *text)
{
	struct deployment_image new = { 0 };

	compiled_make(c, text, NULL, NULL);
	new.image = TAKE_PTR(c->image);
	new.facts = new.image->facts;
	new.binding = calloc(1, sizeof(*new.binding));
	assert_non_null(new.binding);
	return new;
}

static void release(struct deployment_image *new)
{
	image_free(&new->image);
	host_binding_free(&new->binding);
}

#define WHEN_DEVICE(what) PERMIT "when { context.device." what " };"

static void a_sound_image_is_taken(void **state)
{
	_cleanup_deployment_ struct deployment *dep = empty(1);
	_cleanup_compiled_ struct compiled c = { 0 };
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct deployment_image new = given(&c, WHEN_DEVICE("aslr"));

	(void)state;
	assert_null(deployment_take_image(dep, &new, &d).answer);
	assert_non_null(dep->image);
	assert_non_null(dep->binding);
	assert_null(new.image);
	assert_int_equal(strlen(dep->facts_digest), 64);
}

/* How a worker could lie about an image. */
static void break_line(struct deployment_image *new)
{
	struct postern_header *h = (struct postern_header *)new->image->lines;

	h->strings_line = new->image->n;
}
static void break_policies(struct deployment_image *new)
{
	struct postern_header *h = (struct postern_header *)new->image->lines;

	h->policies = 0;
	h->names_lines = 0;
}
static void hide_a_fact(struct deployment_image *new)
{
	new->facts.n = 0;
}
static void change_a_fact(struct deployment_image *new)
{
	new->facts.fact[0].mask ^= 1;
}
static void make_a_fact_absurd(struct deployment_image *new)
{
	static const struct expr number = { .kind = EXPR_LONG, .number = 7 };

	new->facts.device[0] = &number;
}

static void an_unsound_one_is_not(void **state)
{
	static void (*const lies[])(struct deployment_image * new) = {
		break_line, break_policies, hide_a_fact, change_a_fact, make_a_fact_absurd,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		_cleanup_deployment_ struct deployment *dep = empty(1);
		_cleanup_compiled_ struct compiled c = { 0 };
		_cleanup_diags_ struct diags d = DIAGS_INIT;
		struct deployment_image new = given(&c, WHEN_DEVICE("aslr"));

		lies[i](&new);
		assert_string_equal(deployment_take_image(dep, &new, &d).answer, "image");
		assert_string_equal(d.items[0].code, "image");
		assert_null(dep->image);
		release(&new);
	}
}

/* What an older image's device facts were is known again only if these are the same, in the same order. */
static void the_devices_facts_have_a_digest(void **state)
{
	static const char *const texts[] = { WHEN_DEVICE("aslr"), WHEN_DEVICE("tpm2"),
					     WHEN_DEVICE("aslr"), PERMIT ";" };
	char digest[4][65];

	(void)state;
	for (int i = 0; i < 4; i++) {
		_cleanup_deployment_ struct deployment *dep = empty(1);
		_cleanup_compiled_ struct compiled c = { 0 };
		_cleanup_diags_ struct diags d = DIAGS_INIT;
		struct deployment_image new = given(&c, texts[i]);

		assert_null(deployment_take_image(dep, &new, &d).answer);
		memcpy(digest[i], dep->facts_digest, sizeof(digest[i]));
	}
	assert_string_not_equal(digest[0], digest[1]);
	assert_string_equal(digest[0], digest[2]);
	assert_string_not_equal(digest[0], digest[3]);
}

static void the_end_is_told_by_the_clock(void **state)
{
	_cleanup_deployment_ struct deployment *dep = empty(0);

	(void)state;
	assert_false(deployment_has_ended(dep, INT64_MAX));
	dep->bundle->not_after_ms = 1000;
	assert_false(deployment_has_ended(dep, 999));
	assert_true(deployment_has_ended(dep, 1000));
}

static void images_are_remembered_newest_first(void **state)
{
	_cleanup_deployment_ struct deployment *dep = empty(0);

	(void)state;
	assert_false(deployment_has_image(dep, 0));
	for (uint32_t id = 1; id <= DEPLOYMENT_IMAGES + 2; id++)
		deployment_loaded(dep, id);
	assert_null(dep->image);
	assert_int_equal(dep->image_ids[0], DEPLOYMENT_IMAGES + 2);
	assert_true(deployment_has_image(dep, 3));
	assert_false(deployment_has_image(dep, 2));
	assert_false(deployment_has_image(dep, 0));
}

static void policies_go_by_number(void **state)
{
	static struct worker_policy one = { .id = { "a", 1 } };
	_cleanup_deployment_ struct deployment *dep = empty(1);

	(void)state;
	dep->policies->items = &one;
	assert_string_equal(deployment_policy(dep, 0)->id.s, "a");
	assert_null(deployment_policy(dep, 1));
	assert_null(deployment_policy(dep, UINT32_MAX));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_sound_image_is_taken),
		cmocka_unit_test(an_unsound_one_is_not),
		cmocka_unit_test(the_devices_facts_have_a_digest),
		cmocka_unit_test(the_end_is_told_by_the_clock),
		cmocka_unit_test(images_are_remembered_newest_first),
		cmocka_unit_test(policies_go_by_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
