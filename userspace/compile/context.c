/* SPDX-License-Identifier: BSD-2-Clause */
/* From a request's context to the values that facts are decided from, and those decisions. */
#include "compile/context.h"

#include <errno.h>

static const struct postern_annex *annex_of(postern_image_t image)
{
	return (const struct postern_annex *)postern_line(image, POSTERN_ANNEX_LINE);
}

static const struct postern_fact *fact_at(postern_image_t image, uint32_t line, uint32_t i)
{
	const struct postern_line *l = postern_line(image, line + i / 2);

	return l ? (const struct postern_fact *)l + i % 2 : NULL;
}

int facts_decide(postern_image_t image, const struct postern_context *c, __u64 *ret)
{
	const struct postern_annex *annex = annex_of(image);
	const struct postern_fact *f;
	__u64 facts = 0;

	if (!annex || annex->facts > POSTERN_FACTS_MAX)
		return -EINVAL;
	for (uint32_t i = 0; i < annex->facts; i++) {
		f = fact_at(image, annex->facts_line, i);
		if (!f)
			return -EINVAL;
		facts |= (__u64)postern_fact_holds(f, i, c) << i;
	}
	*ret = facts;
	return 0;
}

int image_device_facts(const struct image_facts *facts, const struct context *device,
		       uint64_t *ret_bits)
{
	static const struct entity_set nobody;
	const struct request req = { .context = *device };
	uint64_t bits = 0;
	int r = 0;

	for (size_t k = 0; r == 0 && k < facts->n; k++) {
		bool holds = false;

		if (!facts->device[k])
			continue;
		r = evaluate_condition(facts->device[k], &nobody, &req, &holds);
		bits |= (uint64_t)holds << k;
	}
	if (r == 0)
		*ret_bits = bits;
	return r;
}

static uint32_t flags_of(const struct request *req)
{
	const struct context *c = &req->context;
	uint32_t flags = POSTERN_X_DEVICE;

	if (c->mfa)
		flags |= POSTERN_X_MFA;
	if (c->verified)
		flags |= POSTERN_X_VERIFIED;
	if (c->interactive)
		flags |= POSTERN_X_INTERACTIVE;
	if (req->resource.v4)
		flags |= POSTERN_X_LOCAL_V4;
	return flags;
}

/* This end, as image_destination() has the other one. */
static void add_local(const struct endpoint *e, struct postern_context *ret)
{
	for (int k = 0; k < 8; k++) {
		ret->local_high = ret->local_high << 8 | e->local_addr[k];
		ret->local_low = ret->local_low << 8 | e->local_addr[k + 8];
	}
	if (e->v4) {
		ret->local_high = 0;
		ret->local_low &= UINT32_MAX;
	}
	ret->local_port = e->local_port;
}

int image_context(const struct image *i, const struct request *req, struct postern_context *ret)
{
	const struct context *from = &req->context;
	struct postern_context c = {
		.now_ms = from->now_ms,
		.mfa_age_ms = from->mfa_age_ms,
		.local_time_ms = (uint32_t)from->local_time_ms,
		.weekday = (uint32_t)from->local_weekday,
		.flags = flags_of(req),
		.session_end = POSTERN_FOREVER,
		.device_end = POSTERN_FOREVER,
		.zone_left_ms = POSTERN_FOREVER,
	};
	uint64_t device = 0;
	int r = image_device_facts(&i->facts, from, &device);

	add_local(&req->resource, &c);
	c.device = device;
	if (r == 0)
		*ret = c;
	return r;
}
