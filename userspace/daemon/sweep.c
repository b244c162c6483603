/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sweeps. One goes through two stages, each in portions, so that nobody else waits for long: looking at
 * every socket, then cutting those that are no longer allowed. The timer that wakes it is of
 * CLOCK_BOOTTIME, as are the moments at which permissions lapse: a machine that slept cuts when it wakes.
 */
#include "daemon/sweep.h"

#include <errno.h>
#include <string.h>
#include <sys/timerfd.h>

#include "base/clock.h"
#include "daemon/cut.h"
#include "daemon/log.h"

enum {
	CUTS_AT_ONCE = 256, /* a portion, some milliseconds */
	DUE_EVERY_MS = 500, /* how long a connection that lapses soon can go unnoticed */
	PAUSE_LEAST_NS = 20000000,
	RETRY_NS = 1000000000,
	NS_PER_S = 1000000000,
};

struct sweep {
	int timer; /* owned */
	uint64_t due; /* boot ns that the timer is set to; 0: to nothing */
	uint64_t began, rest_until; /* boot ns */
	bool again; /* asked for while one runs */
	bool failing; /* the last one did, which was said */
	struct loader_sweep *looking; /* owned; NULL outside the first stage */
	struct revoke_plan plan;
	size_t next; /* of the plan */
	bool cutting;
	struct revoker *revoker; /* owned */
	uint64_t now[REVOKE_RESULTS]; /* of the sweep that runs, or ran last */
	uint64_t cut; /* since the start */
	uint64_t left; /* could not be destroyed, as last said */
};

/* Wakes us at a boot time; one that has passed: as soon as the loop is reached. */
static void wake_at(struct sweep *s, uint64_t at)
{
	struct itimerspec when = { 0 };

	at = at ? at : 1;
	when.it_value.tv_sec = (time_t)(at / NS_PER_S);
	when.it_value.tv_nsec = (long)(at % NS_PER_S);
	if (timerfd_settime(s->timer, TFD_TIMER_ABSTIME, &when, NULL) == 0)
		s->due = at;
}

static bool is_busy(const struct sweep *s)
{
	return s->looking || s->cutting;
}

/* Sweeps take no more than half of the time, whatever lapses. */
static void wake_no_sooner(struct sweep *s, uint64_t at)
{
	wake_at(s, at > s->rest_until ? at : s->rest_until);
}

void sweep_soon(struct controller *c)
{
	struct sweep *s = c->sweep;

	if (!s)
		return;
	if (is_busy(s))
		s->again = true;
	else
		wake_no_sooner(s, 1);
}

/* Whether something has been admitted that lapses before the next sweep. */
static void look_ahead(void *arg)
{
	struct controller *c = arg;
	struct sweep *s = c->sweep;
	uint64_t lapse = 0;

	if (is_busy(s) || loader_lapse(c->loader, &lapse) < 0 || !lapse)
		return;
	if (!s->due || lapse < s->due)
		wake_no_sooner(s, lapse);
}

static uint64_t left_of(const struct sweep *s)
{
	return s->now[REVOKE_LEFT] + s->now[REVOKE_FAILED];
}

/* What could not be destroyed is met again by each sweep, and told of when its number changes. */
static void say(struct sweep *s)
{
	unsigned long long cut = s->now[REVOKE_CUT], left = left_of(s);

	if (cut || left != s->left)
		log_info(
			"live connections whose permission was withdrawn: %llu cut; of %llu more only "
			"the packets are dropped",
			cut, left);
	s->left = left;
}

static void finish(struct controller *c)
{
	struct sweep *s = c->sweep;
	uint64_t now = clock_boot_ns(), took = now - s->began;

	say(s);
	loader_sweep_end(&s->looking);
	revoke_plan_free(&s->plan);
	revoker_rest(s->revoker);
	s->cutting = false;
	s->next = 0;
	s->due = 0;
	s->rest_until = now + (took > PAUSE_LEAST_NS ? took : PAUSE_LEAST_NS);
	if (s->again)
		wake_no_sooner(s, 1);
	s->again = false;
	look_ahead(c);
}

/* What it should have cut is tried again: nothing else may ask for it. */
static void failed(struct controller *c, int r)
{
	struct sweep *s = c->sweep;

	if (!s->failing)
		log_error(
			"live connections could not be looked at: %s; packets of those that are no "
			"longer allowed are dropped, and it is tried again each second",
			strerror(-r));
	s->failing = true;
	s->again = false;
	finish(c);
	wake_at(s, clock_boot_ns() + RETRY_NS);
}

static void take(const struct postern_sighting *seen, void *arg)
{
	struct sweep *s = arg;

	if (revoke_plan_add(&s->plan, seen) < 0)
		s->now[REVOKE_FAILED]++;
}

static void look(struct controller *c)
{
	struct sweep *s = c->sweep;
	int r = loader_sweep_step(s->looking, take, s);

	if (r < 0) {
		failed(c, r);
		return;
	}
	if (r == 0) {
		loader_sweep_end(&s->looking);
		revoke_plan_sort(&s->plan);
		s->cutting = true;
	}
	wake_at(s, 1);
}

static void cut_one(struct controller *c, const struct revoke_cut *cut)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct sweep *s = c->sweep;
	int error;
	enum revoke_result result = revoker_do(s->revoker, cut, &error);

	s->now[result]++;
	if (result == REVOKE_CUT)
		s->cut++;
	if (result != REVOKE_FAILED || s->now[REVOKE_FAILED] > 1)
		return;
	cut_text(c, cut, &text);
	log_warning("cannot destroy a socket: %s; its packets are dropped: %s", strerror(-error),
		    text.data ? text.data : "");
}

static void cut(struct controller *c)
{
	struct sweep *s = c->sweep;
	size_t end = s->next + CUTS_AT_ONCE;

	s->failing = false;
	for (; s->next < s->plan.cuts.n && s->next < end; s->next++)
		cut_one(c, &s->plan.cuts.items[s->next]);
	if (s->next < s->plan.cuts.n)
		wake_at(s, 1);
	else
		finish(c);
}

static void begin(struct controller *c)
{
	struct sweep *s = c->sweep;
	int r;

	s->began = clock_boot_ns();
	memset(s->now, 0, sizeof(s->now));
	r = loader_sweep_begin(c->loader, LOADER_IN_FORCE, &s->looking);
	if (r < 0)
		failed(c, r);
	else
		look(c);
}

static void on_timer(void *arg)
{
	struct controller *c = arg;
	struct sweep *s = c->sweep;
	uint64_t times;

	if (read(s->timer, &times, sizeof(times)) < 0)
		return;
	s->due = 0;
	if (s->looking)
		look(c);
	else if (s->cutting)
		cut(c);
	else
		begin(c);
}

int sweep_start(struct controller *c)
{
	struct sweep *s = calloc(1, sizeof(*s));
	int r;

	if (!s)
		return -ENOMEM;
	c->sweep = s;
	s->timer = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);
	r = s->timer < 0 ? -errno : revoker_new(&s->revoker);
	if (r == 0)
		r = loop_fd(c->loop, s->timer, on_timer, c);
	if (r == 0)
		r = loop_timer(c->loop, DUE_EVERY_MS, look_ahead, c);
	if (r == 0)
		sweep_soon(c);
	return r;
}

void sweep_stop(struct controller *c)
{
	struct sweep *s = c->sweep;

	if (!s)
		return;
	loader_sweep_end(&s->looking);
	revoke_plan_free(&s->plan);
	revoker_free(&s->revoker);
	if (s->timer >= 0)
		(void)close(s->timer);
	free(s);
	c->sweep = NULL;
}

void sweep_count(const struct controller *c, uint64_t *ret_cut, uint64_t *ret_left)
{
	*ret_cut = c->sweep ? c->sweep->cut : 0;
	*ret_left = c->sweep ? c->sweep->left : 0;
}
