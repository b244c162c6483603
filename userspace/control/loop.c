/* SPDX-License-Identifier: BSD-2-Clause */
/* The event loop of the controller: libevent with what we use of it. */
#include "control/loop.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/time.h>

#include "base/cleanup.h"
#include "base/vec.h"

/* One thing waited for. */
struct waiter {
	struct loop *once; /* borrowed: where it is to be removed from when it wakes; or NULL */
	struct event *event;
	void (*fn)(void *arg);
	void *arg;
};

struct loop {
	struct event_base *base;
	VEC(struct waiter *) waiters; /* each owned */
};

int loop_new(struct loop **ret)
{
	struct loop *l = calloc(1, sizeof(*l));

	if (!l)
		return -ENOMEM;
	l->base = event_base_new();
	if (!l->base) {
		free(l);
		return -ENOMEM;
	}
	*ret = l;
	return 0;
}

void loop_free(struct loop **l)
{
	if (!*l)
		return;
	for (size_t i = 0; i < (*l)->waiters.n; i++) {
		event_free((*l)->waiters.items[i]->event);
		free((*l)->waiters.items[i]);
	}
	vec_free(&(*l)->waiters);
	event_base_free((*l)->base);
	free(*l);
	*l = NULL;
}

struct event_base *loop_base(struct loop *l)
{
	return l->base;
}

int loop_run(struct loop *l)
{
	return event_base_loop(l->base, EVLOOP_NO_EXIT_ON_EMPTY) < 0 ? -EIO : 0;
}

void loop_stop(struct loop *l)
{
	(void)event_base_loopbreak(l->base);
}

static void forget(struct loop *l, struct waiter *w)
{
	for (size_t i = 0; i < l->waiters.n; i++)
		if (l->waiters.items[i] == w)
			l->waiters.items[i] = l->waiters.items[--l->waiters.n];
	event_free(w->event);
	free(w);
}

static void wake(evutil_socket_t fd, short what, void *arg)
{
	struct waiter *w = arg;
	const struct waiter now = *w;

	(void)fd;
	(void)what;
	if (now.once)
		forget(now.once, w);
	now.fn(now.arg);
}

/*
 * Waits for `what` on `fd` (a signal number, a descriptor, or -1), with a period if there is one.
 */
static int add_waiter(struct loop *l, struct waiter w, int fd, short what,
		      const struct timeval *period)
{
	struct waiter *kept = malloc(sizeof(*kept));

	if (!kept)
		return -ENOMEM;
	*kept = w;
	kept->event = event_new(l->base, fd, what, wake, kept);
	if (kept->event && event_add(kept->event, period) == 0 && vec_push(&l->waiters, kept) == 0)
		return 0;
	if (kept->event)
		event_free(kept->event);
	free(kept);
	return -ENOMEM;
}

int loop_signal(struct loop *l, int signo, void (*fn)(void *arg), void *arg)
{
	return add_waiter(l, (struct waiter){ .fn = fn, .arg = arg }, signo, EV_SIGNAL | EV_PERSIST,
			  NULL);
}

int loop_timer(struct loop *l, unsigned ms, void (*fn)(void *arg), void *arg)
{
	const struct timeval period = { .tv_sec = ms / 1000,
					.tv_usec = (suseconds_t)(ms % 1000) * 1000 };

	return add_waiter(l, (struct waiter){ .fn = fn, .arg = arg }, -1, EV_PERSIST, &period);
}

int loop_fd(struct loop *l, int fd, void (*fn)(void *arg), void *arg)
{
	return add_waiter(l, (struct waiter){ .fn = fn, .arg = arg }, fd, EV_READ | EV_PERSIST,
			  NULL);
}

int loop_once(struct loop *l, int fd, unsigned ms, void (*fn)(void *arg), void *arg)
{
	const struct timeval most = { .tv_sec = ms / 1000,
				      .tv_usec = (suseconds_t)(ms % 1000) * 1000 };

	return add_waiter(l, (struct waiter){ .once = l, .fn = fn, .arg = arg }, fd, EV_READ,
			  &most);
}
