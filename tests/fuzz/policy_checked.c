/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Checked policies: what the profile accepts evaluates without an error, compiles or is refused with
 * a message, and the image decides as the reference does.
 */
#include "compile/compile.h"

#include "rig/fuzz.h"
#include "rig/world.h"

enum { NOT_AFTER_MS = 1800000000 };

static void compile(const struct fuzz_world *w, const struct policy_set *set, enum policy_mode mode,
		    const struct binding *binding)
{
	const struct image_options o = { mode, binding, FUZZ_SEED };
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_image_ struct image *image = NULL;
	const char *why = NULL;
	int r = image_compile_with(set, w->entities, &o, &d, &image);

	fuzz_answer(r, &d);
	if (r < 0)
		return;
	must(image_validate(image->lines, image->n, &why) == 0);
	if (binding)
		fuzz_compare(w, set, mode, image);
}

static void evaluate_all(const struct fuzz_world *w, const struct policy_set *set)
{
	const struct policy *by;
	bool allow;

	for (size_t k = 0; k < FUZZ_REQUESTS; k++)
		for (int view = VIEW_ENFORCED; view <= VIEW_REPORTED; view++)
			must(evaluate(set, w->entities, &w->requests[k], (enum policy_view)view,
				      &allow, &by) == 0);
}

static void explain(const struct fuzz_world *w, const struct policy_set *set)
{
	_cleanup_buf_ struct buf out = BUF_INIT;

	must(policy_explain(set, w->entities, MODE_ENFORCE, &w->requests[0], 3, &out) == 0);
	must(policy_explain(set, w->entities, MODE_OBSERVE, &w->requests[12], 3, &out) == 0);
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
	evaluate_all(w, set);
	compile(w, set, MODE_ENFORCE, request_binding_get(w->binding));
	compile(w, set, MODE_ENFORCE, NULL); /* of no host in particular */
	set->not_after_ms = NOT_AFTER_MS * INT64_C(1000);
	compile(w, set, MODE_OBSERVE, request_binding_get(w->binding));
	explain(w, set);
	(void)image_appliable(set, &d);
	return 0;
}
