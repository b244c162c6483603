/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Checked policies: what the profile accepts evaluates without an error, compiles or is refused with
 * a message, and the image decides as the reference does.
 */
#include <errno.h>

#include "compile/compile.h"

#include "rig/fuzz.h"
#include "rig/world.h"

enum { NOT_AFTER_MS = 1800000000 };

/* Views of each kind: all enforced, all observed, and phases on their way. */
static const struct rollout rollouts[] = {
	{ .mode = MODE_ENFORCE },
	{ .mode = MODE_OBSERVE },
	{ .phases = { POSTERN_PHASE_OBSERVE, POSTERN_PHASE_ENFORCE, POSTERN_PHASE_OFF } },
	{ .phases = { POSTERN_PHASE_OFF, POSTERN_PHASE_OBSERVE, POSTERN_PHASE_ENFORCE } },
};

static void compile(const struct fuzz_world *w, const struct policy_views *v,
		    const struct binding *binding)
{
	const struct image_options o = { binding, FUZZ_SEED, NULL };
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_image_ struct image *image = NULL;
	const char *why = NULL;
	int r = image_compile_with(v, &o, &d, &image);

	fuzz_answer(r, &d);
	/* What the profile accepts is too large at most. */
	must(r != -EOPNOTSUPP);
	if (r < 0)
		return;
	must(image_validate(image->lines, image->n, &why) == 0);
	if (binding)
		fuzz_compare(w, v, image);
}

static void evaluate_all(const struct fuzz_world *w, const struct policy_views *v)
{
	const struct policy *by;
	bool allow;

	for (size_t k = 0; k < FUZZ_REQUESTS; k++)
		for (int view = VIEW_ENFORCED; view <= VIEW_REPORTED; view++)
			must(evaluate(v, &w->requests[k], (enum policy_view)view, &allow, &by) ==
			     0);
}

static void explain(const struct fuzz_world *w, const struct policy_views *v)
{
	_cleanup_buf_ struct buf out = BUF_INIT;

	must(policy_explain(v, &w->requests[0], 3, NULL, &out) == 0);
	must(policy_explain(v, &w->requests[12], 3, NULL, &out) == 0);
}

static void roll_out(const struct fuzz_world *w, const struct policy_set *set,
		     const struct rollout *how)
{
	_cleanup_policy_views_ struct policy_views *v = NULL;
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	int r = policy_views_make(set, w->entities, how, &d, &v);

	fuzz_answer(r, &d);
	if (r < 0)
		return;
	evaluate_all(w, v);
	compile(w, v, request_binding_get(w->binding));
	compile(w, v, NULL); /* of no host in particular */
	explain(w, v);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct source src = { "fuzz.cedar", (const char *)data, size };
	const struct fuzz_world *w = fuzz_world();
	_cleanup_policy_set_ struct policy_set *set = NULL;
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	int r;

	must(policy_set_new(&set) == 0);
	if (policy_parse(set, &src, &d) != 0)
		return 0;
	r = policy_check(set, w->entities, &d);
	fuzz_answer(r, &d);
	must(set->checked == (r == 0));
	if (r < 0)
		return 0;
	for (size_t i = 0; i < sizeof(rollouts) / sizeof(rollouts[0]); i++) {
		set->not_after_ms = i % 2 ? NOT_AFTER_MS * INT64_C(1000) : 0;
		roll_out(w, set, &rollouts[i]);
	}
	(void)image_appliable(set, &d);
	return 0;
}
