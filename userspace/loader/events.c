/* SPDX-License-Identifier: BSD-2-Clause */
/* Draining the ring of events. */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "loader/object.h"

/* A flood is taken in portions: whoever drains has other things to do, too. */
enum { EVENTS_AT_ONCE = 1024 };

struct event_sink {
	void (*fn)(const struct postern_event *e, void *arg);
	void *arg;
	int n;
};

struct text_place {
	size_t at, room;
};

#define PLACE(member)                                                                              \
	{                                                                                          \
		offsetof(struct postern_event, member),                                            \
			sizeof(((struct postern_event *)NULL)->member)                             \
	}

/* In the order in which they are in the ring. */
static const struct text_place places[] = {
	[POSTERN_EVENT_EXE] = PLACE(exe),	    [POSTERN_EVENT_PARENT] = PLACE(parent),
	[POSTERN_EVENT_SCRIPT] = PLACE(script),	    [POSTERN_EVENT_CONTAINER] = PLACE(container),
	[POSTERN_EVENT_IDENTITY] = PLACE(identity),
};

/* The form that it has in the ring is packed, see postern/event.h. 0, or -EBADMSG for what is none. */
static int event_unpack(const void *data, size_t size, struct postern_event *ret)
{
	size_t from = POSTERN_EVENT_HEAD;

	if (size < from)
		return -EBADMSG;
	memset(ret, 0, sizeof(*ret));
	memcpy(ret, data, from);
	if (ret->version != POSTERN_EVENT_VERSION || ret->size < from || ret->size > size)
		return -EBADMSG;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		char *to = (char *)ret + places[i].at;
		size_t n = ret->text_len[i];

		if (n > places[i].room || n > ret->size - from)
			return -EBADMSG;
		memcpy(to, (const char *)data + from, n);
		to[places[i].room - 1] = '\0';
		from += n;
	}
	return 0;
}

/* Records of another version or size are not ours to read: they are passed over. */
static int event_take(void *ctx, void *data, size_t size)
{
	struct loader *l = ctx;
	struct postern_event e;

	if (event_unpack(data, size, &e) < 0)
		return 0;
	l->sink->fn(&e, l->sink->arg);
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
