/* SPDX-License-Identifier: BSD-2-Clause */
/* What a worker said, checked before it is believed; and which images a bundle has had. */
#include "daemon/deployment.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/making.h"

int deployment_new(void *container, const uint8_t *payload, size_t len, struct deployment **ret)
{
	struct deployment *dep = calloc(1, sizeof(*dep));

	if (!dep)
		return -ENOMEM;
	dep->container = container;
	dep->payload = payload;
	dep->payload_len = len;
	*ret = dep;
	return 0;
}

void deployment_free(struct deployment **dep)
{
	struct deployment *gone = *dep;

	if (!gone)
		return;
	if (gone->making)
		making_stop(gone->making);
	worker_end(&gone->worker);
	image_free(&gone->image);
	arena_free(&gone->facts_arena);
	host_binding_free(&gone->binding);
	worker_policies_free(&gone->policies);
	bundle_free(&gone->bundle);
	free(gone->container);
	free(gone);
	*dep = NULL;
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

/* Whether the facts are those that a sound image has, and can be decided on any device. */
static bool are_facts_sound(const struct image *image, const struct image_facts *facts)
{
	const struct postern_annex *annex =
		(const struct postern_annex *)&image->lines[POSTERN_ANNEX_LINE];
	const struct context worst = { .updates_age_ms = POSTERN_DURATION_WORST };
	uint64_t bits;

	return annex->facts == facts->n &&
	       memcmp(&image->lines[annex->facts_line], facts->fact,
		      facts->n * sizeof(facts->fact[0])) == 0 &&
	       image_device_facts(facts, &worst, &bits) == 0;
}

static const char *unsound(const struct deployment_image *new, size_t policies)
{
	const struct postern_header *h = (const struct postern_header *)new->image->lines;
	const char *why;

	if (image_validate(new->image->lines, new->image->n, &why) < 0)
		return why;
	if (h->policies != policies)
		return "it has another number of policies than the bundle";
	return are_facts_sound(new->image, &new->facts) ? NULL
							: "its facts are not those of its policies";
}

static void take(struct deployment *dep, struct deployment_image *new)
{
	image_free(&dep->image);
	arena_free(&dep->facts_arena);
	host_binding_free(&dep->binding);
	dep->image = TAKE_PTR(new->image);
	dep->facts = new->facts;
	dep->facts_arena = TAKE_PTR(new->facts_arena);
	dep->binding = TAKE_PTR(new->binding);
}

struct refusal deployment_take_image(struct deployment *dep, struct deployment_image *new,
				     struct diags *d)
{
	const char *why = unsound(new, dep->policies->n);
	char digest[65];
	int r = why ? 0 : digest_facts(&new->facts, digest);

	if (why) {
		diag_error(d, "image", NOWHERE, "report it, with the bundle",
			   "the compiled image is not sound: %s", why);
		return refusal_of_failure("image", -EBADMSG, d);
	}
	if (r < 0)
		return refusal_of_failure("memory", r, d);
	take(dep, new);
	memcpy(dep->facts_digest, digest, sizeof(digest));
	return REFUSAL_NONE;
}

void deployment_drop_image(struct deployment *dep)
{
	image_free(&dep->image);
	dep->binding->seen[0] = '\0';
	dep->binding->digest[0] = '\0';
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

const struct worker_policy *deployment_policy(const struct deployment *dep, uint32_t number)
{
	return number < dep->policies->n ? &dep->policies->items[number] : NULL;
}
