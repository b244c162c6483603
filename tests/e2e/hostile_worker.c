/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * posternd as it is, but for three functions that the linker wraps (-Wl,--wrap): in the worker, a
 * bundle whose name is "worker-" and a word of tests/harness/hostile.c makes it do that; the product
 * has no such way. "worker-image" compiles to an image whose references lead out of it, and
 * "worker-empty" to one without the policies. In the controller WORKER_MS is what a worker may take to open a bundle.
 */
#include <stdlib.h>
#include <string.h>

#include "worker/process.h"

#include "hostile.h"

int __real_bundle_parse_next(const uint8_t *payload, size_t len, struct bundle **before,
			     struct diags *d, struct bundle **ret);
int __wrap_bundle_parse_next(const uint8_t *payload, size_t len, struct bundle **before,
			     struct diags *d, struct bundle **ret);
int __real_image_compile_next(const struct policy_views *views, const struct binding *binding,
			      struct image_memory **memory, struct diags *d, struct image **ret);
int __wrap_image_compile_next(const struct policy_views *views, const struct binding *binding,
			      struct image_memory **memory, struct diags *d, struct image **ret);
unsigned __real_worker_time_most(enum worker_question what);
unsigned __wrap_worker_time_most(enum worker_question what);

#define PREFIX "worker-"

static char word[64];

int __wrap_bundle_parse_next(const uint8_t *payload, size_t len, struct bundle **before,
			     struct diags *d, struct bundle **ret)
{
	int r = __real_bundle_parse_next(payload, len, before, d, ret);

	if (r == BUNDLE_OK && strncmp((*ret)->name, PREFIX, strlen(PREFIX)) == 0 &&
	    strlen((*ret)->name) < sizeof(word)) {
		strcpy(word, (*ret)->name + strlen(PREFIX));
		(void)hostile_do(word);
	}
	return r;
}

int __wrap_image_compile_next(const struct policy_views *views, const struct binding *binding,
			      struct image_memory **memory, struct diags *d, struct image **ret)
{
	int r = __real_image_compile_next(views, binding, memory, d, ret);
	struct postern_header *h = r == 0 ? (struct postern_header *)(*ret)->lines : NULL;

	if (h && strcmp(word, "image") == 0)
		h->strings_line = UINT32_MAX;
	if (h && strcmp(word, "empty") == 0)
		h->policies = 0;
	return r;
}

unsigned __wrap_worker_time_most(enum worker_question what)
{
	return what == ASK_OPEN && getenv("WORKER_MS") ? (unsigned)atoi(getenv("WORKER_MS"))
						       : __real_worker_time_most(what);
}
