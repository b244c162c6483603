/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A flood of denials from every processor: how many a second the kernel side takes with an exact account of each, and what
 * a denied call costs with somebody who takes the events and with nobody. All alike, all different, and from many
 * processes, so that few are folded. Every call must be refused, and every refusal is an event that was taken, was folded
 * with others, or is counted as lost: to the last one.
 *
 * BENCH_FLOOD_MS=N (default 1000): how long each flood goes on.
 */
#include "cm.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "measure.h"
#include "scratch.h"

enum { WORKERS_MAX = 64, IN_A_ROW = 64, WANTED_A_SECOND = 1000000 };

struct form {
	const char *name;
	bool different; /* each goes to another address */
	bool many; /* processes: as many as there can be, else one a processor */
	bool taken; /* events are taken meanwhile */
};

static const struct form forms[] = {
	{ "all alike", false, false, false },
	{ "all alike, events taken", false, false, true },
	{ "all different", true, false, false },
	{ "all different, events taken", true, false, true },
	{ "all different, 64 processes", true, true, false },
	{ "all different, 64 processes, events taken", true, true, true },
};

/* What parent and workers share. */
struct shared {
	atomic_int ready, go, stop;
	_Atomic uint64_t denied[WORKERS_MAX];
	_Atomic uint64_t ns[WORKERS_MAX]; /* of the processor's time */
};

struct account {
	uint64_t denied, told, folded, lost; /* by the kernel side's counters */
};

static struct scratch s;
static struct shared *shared;
static uint64_t taken;

static void die(const char *what)
{
	(void)fprintf(stderr, "flood: %s: %s\n", what, strerror(errno));
	exit(EXIT_FAILURE);
}

static uint64_t own_time_ns(void)
{
	struct rusage used;

	(void)getrusage(RUSAGE_SELF, &used);
	return (uint64_t)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000000 +
	       (uint64_t)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) * 1000;
}

/* ---- workers ---------------------------------------------------------------------------------- */

static void work(const struct form *f, size_t i)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(9) };
	uint32_t address = INADDR_LOOPBACK + ((uint32_t)i << 17);
	uint64_t n = 0, began;
	int fd;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	scratch_enter(&s, NULL);
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	to.sin_addr.s_addr = htonl(address);
	atomic_fetch_add(&shared->ready, 1);
	while (!atomic_load(&shared->go))
		(void)usleep(1000);
	began = own_time_ns();
	while (!atomic_load(&shared->stop)) {
		for (int k = 0; k < IN_A_ROW; k++, n++) {
			if (f->different)
				to.sin_addr.s_addr = htonl(address + (n & 0x1ffff));
			if (sendto(fd, "x", 1, 0, (struct sockaddr *)&to, sizeof(to)) != -1 ||
			    errno != EPERM)
				_exit(EXIT_FAILURE);
		}
	}
	shared->ns[i] = own_time_ns() - began;
	shared->denied[i] = n;
	_exit(EXIT_SUCCESS);
}

static size_t start(const struct form *f, pid_t *pids)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	size_t n = f->many || cpus > WORKERS_MAX ? WORKERS_MAX : (size_t)cpus;

	memset(shared, 0, sizeof(*shared));
	for (size_t i = 0; i < n; i++) {
		pids[i] = fork();
		if (pids[i] < 0)
			die("fork");
		if (pids[i] == 0)
			work(f, i);
	}
	while (atomic_load(&shared->ready) < (int)n)
		(void)usleep(1000);
	return n;
}

static void wait_for(const pid_t *pids, size_t n)
{
	int status;

	for (size_t i = 0; i < n; i++)
		if (waitpid(pids[i], &status, 0) < 0 || status != 0) {
			errno = EPERM;
			die("a call was not refused");
		}
}

/* ---- events and their account ----------------------------------------------------------------- */

static void take(const struct postern_event *e, void *arg)
{
	(void)e;
	(void)arg;
	taken++;
}

static void drain(void)
{
	while (loader_events(s.loader, take, NULL) > 0)
		;
}

/* As the controller does. */
static void consume(uint64_t until)
{
	struct pollfd fd = { .fd = loader_event_fd(s.loader), .events = POLLIN };

	while (measure_now_ns() < until)
		if (poll(&fd, 1, 10) > 0)
			(void)loader_events(s.loader, take, NULL);
}

static struct account account(void)
{
	return (struct account){ loader_counter(s.loader, POSTERN_C_DENY),
				 loader_counter(s.loader, POSTERN_C_EVENTS),
				 loader_counter(s.loader, POSTERN_C_EVENTS_FOLDED),
				 loader_counter(s.loader, POSTERN_C_EVENTS_LOST) };
}

static struct account since(const struct account *before)
{
	const struct account now = account();

	return (struct account){ now.denied - before->denied, now.told - before->told,
				 now.folded - before->folded, now.lost - before->lost };
}

/* Whether everything is accounted for. */
static bool adds_up(const struct account *a, uint64_t denied, uint64_t seen)
{
	bool well = a->denied == denied && a->told + a->folded + a->lost == denied &&
		    a->told == seen;

	if (!well)
		(void)printf("  NOT EXACT: %llu refused, %llu counted; %llu told, %llu taken\n",
			     (unsigned long long)denied, (unsigned long long)a->denied,
			     (unsigned long long)a->told, (unsigned long long)seen);
	return well;
}

static bool report(const struct form *f, const struct account *a, double seconds, double call_ns,
		   double taker)
{
	double rate = (double)a->denied / seconds;

	(void)printf("  %-42s %9.0f/s %6.0f ns  told %8.0f/s  folded %5.1f%%  lost %5.1f%%  taker "
		     "%4.1f%%%s\n",
		     f->name, rate, call_ns, (double)a->told / seconds,
		     100.0 * (double)a->folded / (double)a->denied,
		     100.0 * (double)a->lost / (double)a->denied, taker,
		     rate >= WANTED_A_SECOND ? "" : "  below a million");
	return rate >= WANTED_A_SECOND;
}

static bool flood(const struct form *f, unsigned ms)
{
	uint64_t began, ended, own, denied = 0, ns = 0;
	struct account before, a;
	pid_t pids[WORKERS_MAX];
	size_t n;

	drain();
	before = account();
	taken = 0;
	n = start(f, pids);
	own = own_time_ns();
	began = measure_now_ns();
	atomic_store(&shared->go, 1);
	if (f->taken)
		consume(began + ms * 1000000ull);
	else
		(void)usleep(ms * 1000);
	atomic_store(&shared->stop, 1);
	wait_for(pids, n);
	ended = measure_now_ns();
	own = own_time_ns() - own;
	drain();
	for (size_t i = 0; i < n; i++) {
		denied += shared->denied[i];
		ns += shared->ns[i];
	}
	a = since(&before);
	(void)report(f, &a, (double)(ended - began) / 1e9, (double)ns / (double)denied,
		     100.0 * (double)own / (double)(ended - began));
	return adds_up(&a, denied, taken);
}

static void close_all(void)
{
	scratch_close(&s);
}

int main(void)
{
	const char *asked = getenv("BENCH_FLOOD_MS");
	unsigned ms = asked && atoi(asked) > 0 ? (unsigned)atoi(asked) : 1000;
	bool exact = true;

	measure_no_stats();
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	if (shared == MAP_FAILED)
		die("memory");
	scratch_open(&s, "bench-flood");
	scratch_load(&s);
	(void)scratch_apply(
		&s, "@id(\"none\") forbid(principal, action in Action::\"egress\", resource);",
		NULL, NULL);
	(void)printf(
		"denials as fast as every processor makes them, and the time that one takes\n");
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		exact &= flood(&forms[i], ms);
	close_all();
	(void)printf("%s\n", exact ? "every denial is accounted for" : "denials are missing");
	return exact ? EXIT_SUCCESS : EXIT_FAILURE;
}
