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
	struct event *rest; /* the end of its pause; or NULL */
	struct timeval pause;
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

static void waiter_free(struct waiter *w)
{
	if (w->event)
		event_free(w->event);
	if (w->rest)
		event_free(w->rest);
	free(w);
}

void loop_free(struct loop **l)
{
	if (!*l)
		return;
	for (size_t i = 0; i < (*l)->waiters.n; i++)
		waiter_free((*l)->waiters.items[i]);
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
	waiter_free(w);
}

static void wake(evutil_socket_t fd, short what, void *arg)
{
	struct waiter *w = arg;
	const struct waiter now = *w;

	(void)fd;
	(void)what;
	if (now.once)
		forget(now.once, w);
	/* where it cannot pause it goes on without */
	if (now.rest && event_del(now.event) == 0 && evtimer_add(now.rest, &now.pause) < 0)
		(void)event_add(now.event, NULL);
	now.fn(now.arg);
}

static void rested(evutil_socket_t fd, short what, void *arg)
{
	struct waiter *w = arg;

	(void)fd;
	(void)what;
	(void)event_add(w->event, NULL);
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
	if (timerisset(&w.pause))
		kept->rest = evtimer_new(l->base, rested, kept);
	if (kept->event && !timerisset(&w.pause) == !kept->rest &&
	    event_add(kept->event, period) == 0 && vec_push(&l->waiters, kept) == 0)
		return 0;
	waiter_free(kept);
	return -ENOMEM;
}

static struct timeval milliseconds(unsigned ms)
{
	return (struct timeval){ .tv_sec = ms / 1000, .tv_usec = (suseconds_t)(ms % 1000) * 1000 };
}

int loop_signal(struct loop *l, int signo, void (*fn)(void *arg), void *arg)
{
	return add_waiter(l, (struct waiter){ .fn = fn, .arg = arg }, signo, EV_SIGNAL | EV_PERSIST,
			  NULL);
}

int loop_timer(struct loop *l, unsigned ms, void (*fn)(void *arg), void *arg)
{
	const struct timeval period = milliseconds(ms);

	return add_waiter(l, (struct waiter){ .fn = fn, .arg = arg }, -1, EV_PERSIST, &period);
}

int loop_fd(struct loop *l, int fd, void (*fn)(void *arg), void *arg)
{
	return add_waiter(l, (struct waiter){ .fn = fn, .arg = arg }, fd, EV_READ | EV_PERSIST,
			  NULL);
}

int loop_fd_paced(struct loop *l, int fd, unsigned ms, void (*fn)(void *arg), void *arg)
{
	return add_waiter(l, (struct waiter){ .pause = milliseconds(ms), .fn = fn, .arg = arg }, fd,
			  EV_READ | EV_PERSIST, NULL);
}

int loop_once(struct loop *l, int fd, unsigned ms, void (*fn)(void *arg), void *arg)
{
	const struct timeval most = milliseconds(ms);

	return add_waiter(l, (struct waiter){ .once = l, .fn = fn, .arg = arg }, fd, EV_READ,
			  &most);
}
