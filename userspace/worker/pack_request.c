/* SPDX-License-Identifier: BSD-2-Clause */
/* A request that is to be explained. */
#include "worker/pack.h"

#include <postern/abi.h>
#include <string.h>

static void put_principal(struct buf *out, const struct principal *p)
{
	put_u32(out, p->uid);
	put_u32(out, p->gid);
	put_texts(out, p->users, p->n_users);
	put_texts(out, p->groups, p->n_groups);
	put_texts(out, p->programs, p->n_programs);
	put_texts(out, p->slices, p->n_slices);
	put_text(out, p->exe);
	put_text(out, p->unit);
	put_text(out, p->identity);
	put_text(out, p->script);
	put_text(out, p->sha256);
	put_text(out, p->parent);
	put_text(out, p->container);
	put_u32(out, p->preexisting);
}

static void take_principal(struct parcel *p, struct principal *ret)
{
	ret->uid = take_u32(p);
	ret->gid = take_u32(p);
	ret->users = take_texts(p, &ret->n_users);
	ret->groups = take_texts(p, &ret->n_groups);
	ret->programs = take_texts(p, &ret->n_programs);
	ret->slices = take_texts(p, &ret->n_slices);
	ret->exe = take_text(p);
	ret->unit = take_text(p);
	ret->identity = take_text(p);
	ret->script = take_text(p);
	ret->sha256 = take_text(p);
	ret->parent = take_text(p);
	ret->container = take_text(p);
	ret->preexisting = take_bool(p);
}

/* Plain values travel as they lie in memory, the one pointer beside them: both ends are one program. */
void put_request(struct buf *out, const struct request *req)
{
	put_principal(out, &req->principal);
	put_u32(out, req->action);
	buf_put(out, &req->resource, sizeof(req->resource));
	put_text(out, req->resource.socket_kind);
	buf_put(out, &req->context, sizeof(req->context));
	put_texts(out, req->context.custom, req->context.n_custom);
}

void take_request(struct parcel *p, struct request *ret)
{
	const void *plain;

	take_principal(p, &ret->principal);
	ret->action = (enum action)take_below(p, ACTIONS);
	plain = take_bytes(p, sizeof(ret->resource));
	if (plain)
		memcpy(&ret->resource, plain, sizeof(ret->resource));
	ret->resource.socket_kind = take_text(p);
	plain = take_bytes(p, sizeof(ret->context));
	if (plain)
		memcpy(&ret->context, plain, sizeof(ret->context));
	ret->context.custom = take_texts(p, &ret->context.n_custom);
}
