/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests and requests: every request that is accepted is decided alike by the reference and by an image. */
#include "compile/compile.h"

#include "rig/fuzz.h"
#include "rig/world.h"

enum { REQUESTS_MAX = 8 };

static void decide_all(const struct fuzz_world *w, const struct request *reqs, size_t n)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_image_ struct image *image = NULL;
	struct request_binding *binding = NULL;
	struct image_options o = { NULL, FUZZ_SEED, NULL };

	must(request_binding_new(reqs, n, &binding) == 0);
	o.binding = request_binding_get(binding);
	must(image_compile_with(w->views, &o, &d, &image) == 0);
	for (size_t i = 0; i < n; i++) {
		struct decision want, got;

		must(decide_reference(w->views, &reqs[i], &want) == 0);
		must(image_decide(image, binding, &reqs[i], &got) == 0);
		/* A text longer than the kernel side reads is locked down, whatever the policies say. */
		if (strcmp(got.reason, "path-too-long") != 0)
			must(want.verdict == got.verdict && want.policy == got.policy);
	}
	request_binding_free(&binding);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct source src = { "tests.json", (const char *)data, size };
	struct request reqs[REQUESTS_MAX];
	_cleanup_test_set_ struct test_set *set = NULL;
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_json_ json_t *j = NULL;
	size_t n = 0;
	int r = json_parse(&src, &d, &j);

	if (r == 0)
		r = tests_parse(j, &src, 0, &d, &set);
	fuzz_answer(r, &d);
	if (r < 0)
		return 0;
	for (; n < set->n && n < REQUESTS_MAX; n++)
		reqs[n] = set->items[n].request;
	if (n > 0)
		decide_all(fuzz_world(), reqs, n);
	return 0;
}
