/* SPDX-License-Identifier: BSD-2-Clause */
/* Draining the ring of events. */
#include <errno.h>

#include "loader/object.h"

/* A flood is taken in portions: whoever drains has other things to do, too. */
enum { EVENTS_AT_ONCE = 1024 };

struct event_sink {
	void (*fn)(const struct postern_event *e, void *arg);
	void *arg;
	int n;
};

/* Records of another version or size are not ours to read: they are passed over. */
static int event_take(void *ctx, void *data, size_t size)
{
	struct loader *l = ctx;
	const struct postern_event *e = data;

	if (size < sizeof(*e) || e->version != POSTERN_EVENT_VERSION || e->size != sizeof(*e))
		return 0;
	l->sink->fn(e, l->sink->arg);
	return ++l->sink->n < EVENTS_AT_ONCE ? 0 : -ECANCELED;
}

static int events_open(struct loader *l)
{
	if (l->ring)
		return 0;
	l->ring = ring_buffer__new(map_fd(l, MAP_EVENTS), event_take, l, NULL);
	return l->ring ? 0 : -errno;
}

int loader_event_fd(struct loader *l)
{
	int r = events_open(l);

	return r < 0 ? r : ring_buffer__epoll_fd(l->ring);
}

int loader_events(struct loader *l, void (*fn)(const struct postern_event *e, void *arg), void *arg)
{
	struct event_sink sink = { .fn = fn, .arg = arg };
	int r = events_open(l);

	if (r < 0)
		return r;
	l->sink = &sink;
	r = ring_buffer__consume(l->ring);
	l->sink = NULL;
	return r < 0 && r != -ECANCELED ? r : sink.n;
}
