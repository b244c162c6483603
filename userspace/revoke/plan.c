/* SPDX-License-Identifier: BSD-2-Clause */
/* What a withdrawn permission means for each socket. Pure: sightings in, a list out. */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "revoke/revoke.h"

/* The kernel's number of a connection request, which has no socket yet; not in netinet/tcp.h. */
#define TCP_NEW_REQUEST 12

/* Whether a connection, or the half of one, hangs on a TCP socket in that state. */
static bool tcp_lives(uint32_t state)
{
	return state != TCP_LISTEN && state != TCP_CLOSE && state != TCP_TIME_WAIT &&
	       state != TCP_NEW_REQUEST;
}

static bool has_a_flow(const struct postern_sighting *s)
{
	if (s->ip_protocol == IPPROTO_TCP)
		return tcp_lives(s->state);
	if (s->ip_protocol == IPPROTO_UDP || s->ip_protocol == IPPROTO_UDPLITE)
		return s->peer_port != 0;
	return true;
}

static enum revoke_step step_of(const struct postern_sighting *s)
{
	return s->ip_protocol == IPPROTO_TCP || s->ip_protocol == IPPROTO_UDP ? REVOKE_DESTROY
									      : REVOKE_DROP;
}

int revoke_plan_add(struct revoke_plan *p, const struct postern_sighting *s)
{
	int r;

	if (s->verdict != POSTERN_DENY || !has_a_flow(s))
		return 0;
	r = vec_push(&p->cuts, ((struct revoke_cut){ .seen = *s, .step = step_of(s) }));
	return r < 0 ? r : 1;
}

static int compare_numbers(uint64_t a, uint64_t b)
{
	return a < b ? -1 : a > b;
}

static int compare_ends(const struct postern_sighting *a, const struct postern_sighting *b)
{
	int r = memcmp(a->local, b->local, sizeof(a->local));

	if (r == 0)
		r = compare_numbers(a->local_port, b->local_port);
	if (r == 0)
		r = memcmp(a->peer, b->peer, sizeof(a->peer));
	return r ? r : compare_numbers(a->peer_port, b->peer_port);
}

static int compare(const void *one, const void *other)
{
	const struct postern_sighting *a = &((const struct revoke_cut *)one)->seen;
	const struct postern_sighting *b = &((const struct revoke_cut *)other)->seen;
	int r = compare_numbers(a->netns, b->netns);

	if (r == 0)
		r = compare_numbers(a->ip_protocol, b->ip_protocol);
	if (r == 0)
		r = compare_ends(a, b);
	return r ? r : compare_numbers(a->cookie, b->cookie);
}

void revoke_plan_sort(struct revoke_plan *p)
{
	if (p->cuts.n > 1)
		qsort(p->cuts.items, p->cuts.n, sizeof(p->cuts.items[0]), compare);
}

void revoke_plan_free(struct revoke_plan *p)
{
	vec_free(&p->cuts);
}
