/* SPDX-License-Identifier: BSD-2-Clause */
/* Image validator: in an image that it accepts, every look-up answers and stays inside. */
#include "compile/compile.h"

#include "rig/fuzz.h"
#include "rig/world.h"

static void decide_all(const struct image *i)
{
	const struct fuzz_world *w = fuzz_world();
	struct decision got;

	for (size_t k = 0; k < FUZZ_REQUESTS; k++)
		must(image_decide(i, w->binding, &w->requests[k], &got) == 0);
}

static void look_around(const struct image *i)
{
	const struct postern_header *h = (const struct postern_header *)i->lines;
	const char *first = (const char *)i->lines, *end = (const char *)&i->lines[i->n];
	struct image_size size;

	image_measure(i, &size);
	must(size.bytes == (size_t)(end - first) && size.policies == h->policies);
	for (uint32_t k = 0; k < h->policies; k++) {
		struct text id = image_policy_id(i, k);

		must(id.len == 0 || (id.s > first && id.s + id.len <= end));
	}
	must(image_policy_id(i, h->policies).len == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct policy *policies[POSTERN_POLICIES_MAX + 1];
	struct image image = { .n = (uint32_t)(size / POSTERN_LINE), .policies = policies };
	const char *why = NULL;
	int r;

	/* A copy that is aligned, and ends where the image does. */
	image.lines = malloc((size_t)image.n * POSTERN_LINE);
	must(image.lines || image.n == 0);
	if (image.n > 0)
		memcpy(image.lines, data, (size_t)image.n * POSTERN_LINE);
	r = image_validate(image.lines, image.n, &why);
	must(r == 0 || (r == -EBADMSG && why && *why));
	if (r == 0) {
		look_around(&image);
		decide_all(&image);
	}
	free(image.lines);
	return 0;
}
