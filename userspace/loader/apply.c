/* SPDX-License-Identifier: BSD-2-Clause */
/* Putting an image in force, and reading back which one is. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "loader/object.h"

static int apply_check(const struct image *image, struct diags *d)
{
	const char *why = NULL;
	int r = image_validate(image->lines, image->n, &why);

	if (r < 0)
		diag_error(d, "loader-image", NOWHERE, NULL, "the image is not whole: %s", why);
	return r;
}

static int apply_fill(struct loader *l, const struct image *image, struct diags *d,
		      uint32_t *ret_slot, uint32_t *ret_image_id)
{
	int r = apply_check(image, d);

	if (r < 0)
		return r;
	r = slot_free(l, ret_slot);
	if (r == 0)
		r = slot_fill(l, *ret_slot, image, ret_image_id);
	if (r < 0)
		diag_error(d, "loader-slot", NOWHERE,
			   r == -ENOMEM ? "free memory, or split the bundle" : NULL,
			   "cannot load an image of %zu bytes: %s", (size_t)image->n * POSTERN_LINE,
			   strerror(-r));
	return r;
}

/* What somebody asked to only observe for a while stays so under another image. */
static int describe(const struct loader *l, uint32_t slot, const struct loader_trial *trial,
		    struct postern_descriptor *ret)
{
	struct postern_descriptor desc = { 0 };
	uint32_t word = 0;
	int r = force_read(l, &word, &desc);

	if (r < 0)
		return r;
	*ret = (struct postern_descriptor){ .slot = slot, .fallback = slot };
	ret->observe_until = word ? desc.observe_until : 0;
	if (!trial || !trial->deadline)
		return 0;
	ret->deadline = trial->deadline;
	return slot_fallback(l, trial->fallback_id, &ret->fallback);
}

/* The image in a slot decides from now on; on failure the one before still does. */
static int apply_slot(struct loader *l, uint32_t slot, const struct loader_trial *trial,
		      struct diags *d)
{
	struct postern_descriptor desc;
	uint32_t before = 0;
	int r = describe(l, slot, trial, &desc);

	if (r == 0)
		r = force_store(l, &desc, &before);

	if (r < 0) {
		diag_error(d, "loader-force", NOWHERE, NULL, "cannot switch to the image: %s",
			   strerror(-r));
		return r;
	}
	r = l->pin ? links_attach(l, d) : 0;
	if (r < 0) {
		(void)force_restore(l, before);
		return r;
	}
	cgroups_sweep(l);
	return 0;
}

int loader_apply(struct loader *l, const struct image *image, struct diags *d,
		 uint32_t *ret_image_id)
{
	uint32_t slot = 0, id = 0;
	int r = apply_fill(l, image, d, &slot, &id);

	if (r == 0)
		r = apply_slot(l, slot, NULL, d);
	if (r == 0)
		*ret_image_id = id;
	return r;
}

int loader_force(struct loader *l, const struct loader_trial *trial, struct diags *d)
{
	int r;

	if (l->staged == POSTERN_SLOTS)
		return -ENOENT;
	r = apply_slot(l, l->staged, trial, d);
	if (r == 0)
		l->staged = POSTERN_SLOTS;
	return r;
}

int loader_stage(struct loader *l, const struct image *image, struct diags *d, uint32_t *ret_slot)
{
	uint32_t slot = l->staged, id;
	int r;

	if (slot == POSTERN_SLOTS)
		r = apply_fill(l, image, d, &slot, &id);
	else
		r = apply_check(image, d) ?: slot_fill(l, slot, image, &id);
	if (r < 0)
		return r;
	l->staged = slot;
	*ret_slot = slot;
	return 0;
}

static int image_copy(const struct held *h, struct image **ret)
{
	struct image *i = calloc(1, sizeof(*i));
	const struct postern_line *line;
	int r;

	if (!i)
		return -ENOMEM;
	i->lines = malloc((size_t)h->lines * POSTERN_LINE);
	r = i->lines ? held_map(h, &line) : -ENOMEM;
	if (r < 0) {
		free(i->lines);
		free(i);
		return r;
	}
	memcpy(i->lines, line, (size_t)h->lines * POSTERN_LINE);
	held_unmap(h, line);
	i->n = h->lines;
	*ret = i;
	return 0;
}

int loader_active(struct loader *l, struct image **ret, uint32_t *ret_image_id)
{
	struct postern_descriptor desc = { 0 };
	const struct held *h;
	uint32_t word;
	int r = force_read(l, &word, &desc);

	if (r < 0)
		return r;
	if (!word || force_slot(&desc) >= POSTERN_SLOTS)
		return -ENOENT;
	h = &l->held[force_slot(&desc)];
	if (h->fd < 0)
		return -ENOENT;
	r = ret ? image_copy(h, ret) : 0;
	if (r == 0)
		*ret_image_id = h->image_id;
	return r;
}

static void policy_name(const struct held *h, uint32_t policy, char *ret, size_t n)
{
	const struct postern_line *line;
	struct image view = { .n = h->lines };
	struct text name;

	if (held_map(h, &line) < 0)
		return;
	view.lines = (struct postern_line *)line;
	name = image_policy_id(&view, policy);
	if (name.len >= n)
		name.len = n - 1;
	if (name.len)
		memcpy(ret, name.s, name.len);
	ret[name.len] = '\0';
	held_unmap(h, line);
}

void loader_policy_name(struct loader *l, uint32_t image_id, uint32_t policy, char *ret, size_t n)
{
	if (n == 0)
		return;
	ret[0] = '\0';
	for (size_t i = 0; i < POSTERN_SLOTS && image_id; i++)
		if (l->held[i].image_id == image_id)
			policy_name(&l->held[i], policy, ret, n);
}
