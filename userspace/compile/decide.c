/* SPDX-License-Identifier: BSD-2-Clause */
/* The image engine: the look-ups of include/postern over an image in memory. */
#include "compile/compile.h"

#include <errno.h>

#include "compile/context.h"
#include "compile/request_binding.h"
#include "compile/socket_kind.h"

static const uint32_t text_dims[POSTERN_ASK_TEXTS] = {
	[POSTERN_ASK_EXE] = POSTERN_DIM_EXE,
	[POSTERN_ASK_PARENT] = POSTERN_DIM_PARENT,
	[POSTERN_ASK_SCRIPT] = POSTERN_DIM_SCRIPT,
	[POSTERN_ASK_SHA256] = POSTERN_DIM_SHA256,
	[POSTERN_ASK_CONTAINER] = POSTERN_DIM_CONTAINER,
	[POSTERN_ASK_IDENTITY] = POSTERN_DIM_IDENTITY,
};

static struct postern_memory memory_of(const struct image *i)
{
	return (struct postern_memory){ i->lines, i->n };
}

static struct postern_text postern_text_of(struct text t)
{
	return (struct postern_text){ (uint64_t)(uintptr_t)t.s, (uint32_t)t.len, 0 };
}

static bool texts_of(const struct request_binding *b, const struct principal *p,
		     struct text texts[POSTERN_ASK_TEXTS])
{
	texts[POSTERN_ASK_PARENT] = p->parent;
	texts[POSTERN_ASK_SCRIPT] = p->script;
	texts[POSTERN_ASK_SHA256] = p->sha256;
	texts[POSTERN_ASK_CONTAINER] = p->container;
	texts[POSTERN_ASK_IDENTITY] = p->identity;
	return request_binding_exe(b, p, &texts[POSTERN_ASK_EXE]);
}

static int add_unit(postern_image_t image, struct text name, struct postern_units *units,
		    uint32_t *n)
{
	struct postern_text t = postern_text_of(name);
	uint32_t unit = postern_seek(image, POSTERN_STRING_UNIT, 0, &t);

	if (unit == POSTERN_NONE)
		return 0;
	return unit < POSTERN_UNITS_MAX && !postern_add_unit(units, n, unit) ? 0 : -EINVAL;
}

static int find_units(postern_image_t image, const struct principal *p, struct postern_units *ret)
{
	struct postern_units units = { 0 };
	uint32_t n = 0;
	int r = p->unit.len ? add_unit(image, p->unit, &units, &n) : 0;

	for (size_t i = 0; r == 0 && i < p->n_slices; i++)
		r = add_unit(image, p->slices[i], &units, &n);
	*ret = units;
	return r;
}

static int find_facts(const struct image *i, const struct request *req, __u64 *ret)
{
	struct postern_memory image = memory_of(i);
	struct postern_context c;
	int r = image_context(i, req, &c);

	return r ? r : facts_decide(&image, &c, ret);
}

/* Classes of all dimensions; one that cannot be had is a broken image. */
static int find_classes(postern_image_t image, const struct request_binding *b,
			const struct principal *p, struct postern_subject *s)
{
	struct text texts[POSTERN_ASK_TEXTS];
	uint32_t key;

	if (!texts_of(b, p, texts) || !request_binding_user(b, p, &key))
		return -EINVAL;
	s->cls[POSTERN_DIM_USER] = postern_classify_user(image, key);
	s->cls[POSTERN_DIM_GID] = postern_classify_gid(image, p->gid);
	s->cls[POSTERN_DIM_PREEXISTING] = p->preexisting;
	for (int i = 0; i < POSTERN_ASK_TEXTS; i++) {
		struct postern_text t = postern_text_of(texts[i]);

		s->cls[text_dims[i]] = postern_classify(image, text_dims[i], &t);
	}
	for (int d = 0; d < POSTERN_DIMS; d++)
		if (s->cls[d] == POSTERN_NONE)
			return -EINVAL;
	return 0;
}

static int find_groups(postern_image_t image, const struct request_binding *b,
		       const struct principal *p, struct postern_bits *groups)
{
	uint32_t key;

	for (size_t i = 0; i < p->n_groups; i++)
		if (!request_binding_group(b, p->groups[i], &key) ||
		    postern_add_group(image, key, groups))
			return -EINVAL;
	return 0;
}

int image_subject(const struct image *i, const struct request_binding *b, const struct request *req,
		  struct postern_subject *ret)
{
	struct postern_memory image = memory_of(i);
	struct postern_subject s = { 0 };
	int r = find_classes(&image, b, &req->principal, &s);

	if (r == 0)
		r = find_groups(&image, b, &req->principal, &s.groups);
	if (r == 0)
		r = find_units(&image, &req->principal, &s.units);
	if (r == 0)
		r = find_facts(i, req, &s.facts);
	if (r == 0)
		*ret = s;
	return r;
}

void image_destination(const struct request *req, struct postern_destination *ret)
{
	const struct endpoint *e = &req->resource;
	struct postern_destination d = { .v4 = 1, .action = (uint32_t)req->action };

	if (req->action == ACTION_CREATE) {
		d.protocol = POSTERN_NO_PROTOCOL;
		if (socket_kind_number(e->socket_kind, &d.port))
			d.port = UINT16_MAX;
		*ret = d;
		return;
	}
	d.v4 = e->v4;
	d.protocol = e->protocol;
	d.port = e->port;
	for (int k = 0; k < 8; k++) {
		d.high = d.high << 8 | e->addr[k];
		d.low = d.low << 8 | e->addr[k + 8];
	}
	if (e->v4) {
		d.high = 0;
		d.low &= UINT32_MAX;
	}
	*ret = d;
}

/* Texts that the kernel side would not look up at all. */
static bool too_long(const struct principal *p)
{
	const struct text all[] = { p->exe,    p->parent,    p->script,
				    p->sha256, p->container, p->identity };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (all[i].len > POSTERN_STRING_MAX)
			return true;
	return false;
}

static int outcome_of(const struct image *i, const struct request_binding *b,
		      const struct request *req, struct postern_outcome *ret)
{
	const struct postern_header *h = (const struct postern_header *)i->lines;
	struct postern_memory image = memory_of(i);
	struct postern_walk walk = { .image = &image };
	struct postern_destination d;
	int r;

	if (too_long(&req->principal)) {
		*ret = postern_lock_down(h->mode, POSTERN_R_PATH_TOO_LONG);
		return 0;
	}
	r = image_subject(i, b, req, &walk.subject);
	if (r)
		return r;
	image_destination(req, &d);
	if (postern_match(&walk, &d))
		return -EINVAL;
	*ret = postern_decide(h->mode, walk.match);
	return 0;
}

int image_decide(const struct image *i, const struct request_binding *b, const struct request *req,
		 struct decision *ret)
{
	const struct postern_header *h = (const struct postern_header *)i->lines;
	struct postern_outcome o;
	int r = outcome_of(i, b, req, &o);

	if (r)
		return r;
	if (o.policy != POSTERN_NONE && (o.policy >= h->policies || !i->policies))
		return -EINVAL;
	*ret = (struct decision){
		.verdict = verdict_from_abi(o.verdict),
		.policy = o.policy == POSTERN_NONE ? NULL : i->policies[o.policy],
		.reason = reason_name(o.reason),
	};
	return 0;
}

int image_ask(const struct image *i, const struct request_binding *b, const struct request *req,
	      struct postern_ask *ret, struct text texts[POSTERN_ASK_TEXTS])
{
	const struct principal *p = &req->principal;
	struct postern_memory image = memory_of(i);
	struct postern_destination d;
	struct postern_ask ask = { .gid = p->gid, .preexisting = p->preexisting };
	int r;

	if (p->n_groups > sizeof(ask.group) / sizeof(ask.group[0]))
		return -E2BIG;
	if (!texts_of(b, p, texts) || !request_binding_user(b, p, &ask.user_key))
		return -EINVAL;
	for (ask.groups = 0; ask.groups < p->n_groups; ask.groups++)
		if (!request_binding_group(b, p->groups[ask.groups], &ask.group[ask.groups]))
			return -EINVAL;
	for (int k = 0; k < POSTERN_ASK_TEXTS; k++)
		ask.text_len[k] = (uint32_t)texts[k].len;
	r = find_units(&image, p, &ask.units);
	if (r == 0)
		r = image_context(i, req, &ask.context);
	if (r)
		return r;
	image_destination(req, &d);
	ask.v4 = d.v4;
	ask.high = d.high;
	ask.low = d.low;
	ask.action = d.action;
	ask.protocol = d.protocol;
	ask.port = d.port;
	*ret = ask;
	return 0;
}
