/* SPDX-License-Identifier: BSD-2-Clause */
/* The steps from a verified bundle to an image, each with its own refusal. */
#include "daemon/deployment.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct rollout rollout_of(const struct bundle *b)
{
	return (struct rollout){ b->observe ? MODE_OBSERVE : MODE_ENFORCE, b->phases };
}

static struct refusal load_rules(struct deployment *dep, int64_t now_ms, struct diags *d)
{
	const struct bundle *b = dep->bundle;
	const struct ruleset_sources src = {
		b->policies, b->n_policies, b->files,	     b->n_files,
		b->entities, b->tests,	    b->not_after_ms, rollout_of(b),
	};
	int r = ruleset_load(&src, now_ms, d, &dep->rules);

	if (r == -ENOMEM)
		return refusal_of_failure("memory", r, d);
	return r < 0 ? refusal_of_policy("policy") : REFUSAL_NONE;
}

static void say_failed_test(const struct policy_test *t, const struct test_outcome *o,
			    struct diags *d)
{
	const struct policy *p = o->decision.policy;

	diag_error(d, "bundle-test", NOWHERE, "postern test BUNDLE",
		   "the bundle's own test \"%s\" fails: expected %s%s%s, got %s by %s", t->name.s,
		   verdict_name(t->expect), t->has_by ? " by " : "", t->has_by ? t->by.s : "",
		   verdict_name(o->decision.verdict), p ? p->id.s : "default-deny");
}

static struct refusal run_tests(const struct deployment *dep, struct diags *d)
{
	struct refusal refused = REFUSAL_NONE;

	for (size_t i = 0; i < dep->rules.tests->n; i++) {
		const struct policy_test *t = &dep->rules.tests->items[i];
		struct test_outcome o;
		int r = ruleset_test(&dep->rules, t, &o);

		if (r == 0 && o.passed)
			continue;
		refused = refusal_of_policy("tests");
		if (r == 0)
			say_failed_test(t, &o, d);
		else
			diag_error(d, "bundle-test", NOWHERE, "postern test BUNDLE",
				   "the bundle's own test \"%s\" cannot be decided", t->name.s);
	}
	return refused;
}

static struct refusal check_appliable(const struct deployment *dep, struct diags *d)
{
	return image_appliable(dep->rules.set, d) == 0 ? REFUSAL_NONE : refusal_of_policy("apply");
}

static struct refusal refuse_image(int r, struct diags *d)
{
	if (r == -E2BIG)
		return refusal_of_policy("size");
	if (r == -EOPNOTSUPP)
		return refusal_of_policy("apply");
	return refusal_of_failure("memory", r, d);
}

/* The device's facts by number, as one text, and that text's digest. */
static int digest_facts(const struct image_facts *facts, char ret[65])
{
	_cleanup_buf_ struct buf all = BUF_INIT;
	int r;

	for (size_t i = 0; i < facts->n; i++) {
		buf_printf(&all, "%zu ", i);
		if (facts->device[i])
			policy_print_expr(facts->device[i], &all);
		buf_putc(&all, '\n');
	}
	r = buf_error(&all);
	return r < 0 ? r : digest_hex(all.data ? all.data : "", all.len, ret);
}

static struct refusal compile(struct deployment *dep, struct diags *d)
{
	_cleanup_image_ struct image *image = NULL;
	const char *why;
	int r = image_compile(dep->rules.views, &dep->binding->binding, d, &image);

	if (r < 0)
		return refuse_image(r, d);
	if (image_validate(image->lines, image->n, &why) < 0) {
		diag_error(d, "image", NOWHERE, "report it, with the bundle",
			   "the compiled image is not sound: %s", why);
		return refusal_of_failure("image", -EBADMSG, d);
	}
	r = digest_facts(&image->facts, dep->facts_digest);
	if (r < 0)
		return refusal_of_failure("memory", r, d);
	image_free(&dep->image);
	dep->facts = image->facts;
	dep->image = TAKE_PTR(image);
	return REFUSAL_NONE;
}

struct refusal deployment_compile(struct deployment *dep, struct diags *d)
{
	_cleanup_host_binding_ struct host_binding *binding = NULL;
	struct host_binding *before = dep->binding;
	struct refusal refused;
	int r = host_binding_new(dep->rules.set, dep->rules.entities, d, &binding);

	if (r < 0)
		return refusal_of_failure("host", r, d);
	dep->binding = binding;
	refused = compile(dep, d);
	if (refused.answer)
		dep->binding = before;
	else
		binding = before; /* released here */
	return refused;
}

struct refusal deployment_new(struct bundle *bundle, int64_t now_ms, struct diags *d,
			      struct deployment **ret)
{
	_cleanup_deployment_ struct deployment *dep = calloc(1, sizeof(*dep));
	struct refusal refused;

	if (!dep) {
		bundle_free(&bundle);
		return refusal_of_failure("memory", -ENOMEM, d);
	}
	dep->bundle = bundle;
	refused = load_rules(dep, now_ms, d);
	if (!refused.answer)
		refused = run_tests(dep, d);
	if (!refused.answer)
		refused = check_appliable(dep, d);
	if (!refused.answer)
		refused = deployment_compile(dep, d);
	if (!refused.answer)
		*ret = TAKE_PTR(dep);
	return refused;
}

void deployment_free(struct deployment **dep)
{
	if (!*dep)
		return;
	image_free(&(*dep)->image);
	host_binding_free(&(*dep)->binding);
	ruleset_free(&(*dep)->rules);
	bundle_free(&(*dep)->bundle);
	free(*dep);
	*dep = NULL;
}

void deployment_loaded(struct deployment *dep, uint32_t image_id)
{
	memmove(dep->image_ids + 1, dep->image_ids,
		sizeof(dep->image_ids) - sizeof(dep->image_ids[0]));
	dep->image_ids[0] = image_id;
	image_free(&dep->image);
}

bool deployment_has_image(const struct deployment *dep, uint32_t image_id)
{
	for (size_t i = 0; i < DEPLOYMENT_IMAGES; i++)
		if (image_id && dep->image_ids[i] == image_id)
			return true;
	return false;
}

bool deployment_has_ended(const struct deployment *dep, int64_t now_ms)
{
	return dep->bundle->not_after_ms && now_ms >= dep->bundle->not_after_ms;
}

const struct policy *deployment_policy(const struct deployment *dep, uint32_t number)
{
	const struct policy_views *v = dep->rules.views;

	return number < v->n ? v->numbered[number] : NULL;
}
