/* SPDX-License-Identifier: BSD-2-Clause */
/* Gathering and publishing conditions. */
#include "daemon/conditions.h"

#include <errno.h>
#include <string.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "daemon/sweep.h"

enum { RENEW_MS = 30000 };
#define LEASE_NS UINT64_C(90000000000)

/* An image that is not kept with its deployment yet. */
struct coming {
	const struct deployment *dep;
	uint32_t image_id;
};

static int64_t real_ns(void)
{
	struct timespec now = { 0 };

	(void)clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* No earlier than what this host has known: a clock that is set back brings nothing back that has ended. */
static void tell_clock(struct controller *c, struct postern_conditions *ret)
{
	uint64_t before = clock_boot_ns();
	int64_t real = real_ns(), floor;
	uint64_t boot = before + (clock_boot_ns() - before) / 2;

	floor = storage_time_floor(c) * (int64_t)POSTERN_MS;
	if (real < floor)
		real = floor;
	ret->real_minus_boot_ns = real - (int64_t)boot;
	ret->zones = conditions_zones(real / (int64_t)POSTERN_MS, ret->zone);
}

/* The facts of the device under one image. 0, -ENOENT when its policies are not known, -ENOMEM. */
static int facts_of(const struct controller *c, const struct coming *new, uint32_t image_id,
		    struct postern_device_facts *ret)
{
	const struct deployment *dep = controller_deployment_of(c, image_id);
	uint64_t facts;
	int r;

	if (new &&new->image_id == image_id)
		dep = new->dep;
	if (!dep)
		return -ENOENT;
	r = image_device_facts(&dep->facts, &c->device, &facts);
	if (r == 0)
		*ret = (struct postern_device_facts){ .image_id = image_id, .facts = facts };
	return r;
}

/*
 * Until the device has been looked at once, what an earlier controller said stands for as long as that
 * one promised.
 */
static int tell_device(struct controller *c, const struct coming *new,
		       struct postern_conditions *ret)
{
	uint32_t ids[POSTERN_SLOTS];
	struct postern_conditions before;
	size_t n, used = 0;
	int r = 0;

	if (!c->device_known) {
		if (loader_conditions_now(c->loader, &before) < 0)
			return 0;
		ret->device_until = before.device_until;
		memcpy(ret->device, before.device, sizeof(ret->device));
		return 0;
	}
	n = loader_images(c->loader, ids);
	for (size_t i = 0; r == 0 && i < n; i++) {
		r = facts_of(c, new, ids[i], &ret->device[used]);
		if (r == 0)
			used++;
		else if (r == -ENOENT)
			r = 0;
	}
	ret->device_until = clock_boot_ns() + LEASE_NS;
	return r;
}

static void publish(struct controller *c, const struct coming *new)
{
	struct postern_conditions now = { 0 };
	int r = tell_device(c, new, &now);

	if (r == 0) {
		tell_clock(c, &now);
		r = loader_conditions(c->loader, &now);
	}
	if (r < 0)
		controller_set_problem(
			c,
			"the kernel side could not be told the time and the device: %s; it goes on with what it was "
			"told before, and after 90 s without facts of the device; try: restart posternd",
			strerror(-r));
	else if (c->untold)
		controller_set_problem(c, NULL);
	c->untold = r < 0;
}

void conditions_publish(struct controller *c)
{
	publish(c, NULL);
	sweep_soon(c);
}

void conditions_announce(struct controller *c, const struct deployment *dep, uint32_t image_id)
{
	publish(c, &(struct coming){ dep, image_id });
}

/* Far ahead: what matters is that setting the clock ends the waiting (timerfd_create(2)). */
static int wait_for_step(int fd)
{
	const struct itimerspec far = { .it_value.tv_sec = time(NULL) + 1000000000 };

	return timerfd_settime(fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &far, NULL) < 0
		       ? -errno
		       : 0;
}

static void on_step(void *arg)
{
	struct controller *c = arg;
	uint64_t expired;

	(void)!read(c->clock_fd, &expired, sizeof(expired));
	(void)wait_for_step(c->clock_fd);
	conditions_publish(c);
}

static void on_renewal(void *arg)
{
	conditions_publish(arg);
}

int conditions_start(struct controller *c)
{
	int r;

	c->clock_fd = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
	if (c->clock_fd < 0)
		return -errno;
	r = wait_for_step(c->clock_fd);
	if (r == 0)
		r = loop_fd(c->loop, c->clock_fd, on_step, c);
	if (r == 0)
		r = loop_timer(c->loop, RENEW_MS, on_renewal, c);
	if (r == 0)
		conditions_publish(c);
	return r;
}

void conditions_stop(struct controller *c)
{
	cleanup_close(&c->clock_fd);
}
