/* SPDX-License-Identifier: BSD-2-Clause */
/* Doing the plan, socket by socket, over one channel for each network namespace. */
#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "revoke/channel.h"
#include "revoke/namespace.h"
#include "revoke/revoke.h"

/* A namespace that was met; without a channel when it could not be entered. */
struct place {
	uint32_t netns;
	struct channel *channel; /* owned; NULL */
	int error;
};

struct revoker {
	uint32_t own;
	VEC(struct place) places;
};

int revoker_new(struct revoker **ret)
{
	struct revoker *r = calloc(1, sizeof(*r));

	if (!r)
		return -ENOMEM;
	r->own = revoke_own_netns();
	*ret = r;
	return 0;
}

void revoker_rest(struct revoker *r)
{
	for (size_t i = 0; i < r->places.n; i++)
		channel_close(&r->places.items[i].channel);
	vec_free(&r->places);
}

void revoker_free(struct revoker **r)
{
	if (!*r)
		return;
	revoker_rest(*r);
	free(*r);
	*r = NULL;
}

static int enter(const struct revoker *r, const struct postern_sighting *s, struct channel **ret)
{
	_cleanup_close_ int fd = -1;

	if (s->netns == r->own)
		return channel_open(-1, ret);
	fd = namespace_open(s->netns, (pid_t)s->who.process.tgid);
	return fd < 0 ? fd : channel_open(fd, ret);
}

/* The place of a socket; NULL for lack of memory. */
static struct place *place_of(struct revoker *r, const struct postern_sighting *s)
{
	struct place fresh = { .netns = s->netns };

	for (size_t i = 0; i < r->places.n; i++)
		if (r->places.items[i].netns == s->netns)
			return &r->places.items[i];
	fresh.error = enter(r, s, &fresh.channel);
	if (vec_push(&r->places, fresh) < 0) {
		channel_close(&fresh.channel);
		return NULL;
	}
	return &r->places.items[r->places.n - 1];
}

static enum revoke_result failed(int error, int *ret_error)
{
	*ret_error = error;
	return REVOKE_FAILED;
}

enum revoke_result revoker_do(struct revoker *r, const struct revoke_cut *c, int *ret_error)
{
	const struct place *place;
	int error;

	*ret_error = 0;
	if (c->step == REVOKE_DROP)
		return REVOKE_LEFT;
	place = place_of(r, &c->seen);
	if (!place)
		return failed(-ENOMEM, ret_error);
	/* a namespace without processes or a name: sockets there can only be held from outside */
	if (place->error == -ENOENT)
		return REVOKE_LEFT;
	if (place->error < 0)
		return failed(place->error, ret_error);
	error = channel_destroy(place->channel, &c->seen);
	if (error == -ENOENT)
		return REVOKE_GONE;
	return error < 0 ? failed(error, ret_error) : REVOKE_CUT;
}
