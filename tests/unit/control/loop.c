/* SPDX-License-Identifier: BSD-2-Clause */
/* The loop: timers, signals and descriptors wake it, and nothing else does. */
#include "control/control.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "base/clock.h"
#include "cm.h"

struct seen {
	struct loop *loop;
	int ticks, signals, bytes;
	int fd;
};

static void on_tick(void *arg)
{
	struct seen *s = arg;

	if (++s->ticks == 3)
		loop_stop(s->loop);
}

static void on_signal(void *arg)
{
	struct seen *s = arg;

	s->signals++;
	loop_stop(s->loop);
}

static void on_byte(void *arg)
{
	struct seen *s = arg;
	char byte;

	s->bytes += (int)read(s->fd, &byte, 1);
	loop_stop(s->loop);
}

static void a_timer_comes_again(void **state)
{
	_cleanup_loop_ struct loop *l = NULL;
	struct seen s = { 0 };

	(void)state;
	assert_int_equal(loop_new(&l), 0);
	s.loop = l;
	assert_int_equal(loop_timer(l, 1, on_tick, &s), 0);
	assert_int_equal(loop_run(l), 0);
	assert_int_equal(s.ticks, 3);
}

static void a_signal_wakes_once(void **state)
{
	_cleanup_loop_ struct loop *l = NULL;
	struct seen s = { 0 };

	(void)state;
	assert_int_equal(loop_new(&l), 0);
	s.loop = l;
	assert_int_equal(loop_signal(l, SIGUSR1, on_signal, &s), 0);
	assert_int_equal(raise(SIGUSR1), 0);
	assert_int_equal(loop_run(l), 0);
	assert_int_equal(s.signals, 1);
}

static void only_a_readable_descriptor_wakes(void **state)
{
	_cleanup_loop_ struct loop *l = NULL;
	struct seen s = { 0 };
	int silent[2], noisy[2];

	(void)state;
	assert_int_equal(pipe(silent), 0);
	assert_int_equal(pipe(noisy), 0);
	assert_int_equal(loop_new(&l), 0);
	s.loop = l;
	s.fd = noisy[0];
	assert_int_equal(loop_fd(l, silent[0], on_tick, &s), 0);
	assert_int_equal(loop_fd(l, noisy[0], on_byte, &s), 0);
	assert_int_equal(write(noisy[1], "xy", 2), 2);
	assert_int_equal(loop_run(l), 0);
	assert_int_equal(s.bytes, 1);
	assert_int_equal(loop_run(l), 0); /* the other byte still waits */
	assert_int_equal(s.bytes, 2);
	assert_int_equal(s.ticks, 0);
	loop_free(&l);
	for (int i = 0; i < 2; i++) {
		(void)close(silent[i]);
		(void)close(noisy[i]);
	}
}

/* The first byte is read at once, what comes soon after it together with what comes later. */
static void a_paced_descriptor_rests(void **state)
{
	_cleanup_loop_ struct loop *l = NULL;
	struct seen s = { 0 };
	uint64_t before;
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(loop_new(&l), 0);
	s.loop = l;
	s.fd = ends[0];
	assert_int_equal(loop_fd_paced(l, ends[0], 100, on_byte, &s), 0);
	assert_int_equal(write(ends[1], "xyz", 3), 3);
	before = clock_boot_ns();
	for (int bytes = 1; bytes <= 3; bytes++) {
		assert_int_equal(loop_run(l), 0);
		assert_int_equal(s.bytes, bytes);
	}
	/* the loop's clock may be some milliseconds old */
	assert_true(clock_boot_ns() - before >= 180000000);
	loop_free(&l);
	(void)close(ends[0]);
	(void)close(ends[1]);
}

static void a_descriptor_that_cannot_be_waited_for_is_refused(void **state)
{
	_cleanup_loop_ struct loop *l = NULL;

	(void)state;
	assert_int_equal(loop_new(&l), 0);
	assert_true(loop_fd(l, 100000, on_tick, NULL) < 0);
	assert_true(loop_fd_paced(l, 100000, 1, on_tick, NULL) < 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_timer_comes_again),
		cmocka_unit_test(a_signal_wakes_once),
		cmocka_unit_test(only_a_readable_descriptor_wakes),
		cmocka_unit_test(a_paced_descriptor_rests),
		cmocka_unit_test(a_descriptor_that_cannot_be_waited_for_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
