/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the hooks cost. One process moves between cgroups that differ only in the hooks attached to them: none, all of
 * them, and for the table a row a hook, the first one, the first two, and so on. Everything runs on loopback in one
 * thread, where the packets of a send are delivered before it returns.
 *
 * BENCH_ROUNDS=N (default 31) rounds; each measures every cgroup, and what is printed are medians over the rounds.
 */
#include "cm.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "measure.h"
#include "scratch.h"
#include "traffic.h"

enum { HOOKS = 32, ROUNDS_MAX = 200 };

/* A cgroup with the first so many hooks. */
struct place {
	char path[300];
	int procs;
	int links[HOOKS];
	size_t hooks;
};

static struct scratch s;
static struct place home, all, some[HOOKS + 1]; /* some[0]: none */
static struct loader_hook hook[HOOKS];
static size_t hooks, rounds = 31;

static void must(int r, const char *what)
{
	if (r >= 0)
		return;
	perror(what);
	exit(EXIT_FAILURE);
}

/* ---- places ----------------------------------------------------------------------------------- */

static void place_open(struct place *p)
{
	char file[400];

	(void)snprintf(file, sizeof(file), "%s/cgroup.procs", p->path);
	p->procs = open(file, O_WRONLY | O_CLOEXEC);
	must(p->procs, file);
}

static void enter(const struct place *p)
{
	must((int)write(p->procs, "0", 1), p->path);
}

static void attach(struct place *p, const struct loader_hook *h)
{
	enum bpf_prog_type type;
	enum bpf_attach_type where;
	int prog = bpf_prog_get_fd_by_id(h->prog_id), cgroup = open(p->path, O_RDONLY | O_CLOEXEC);

	must(prog, h->name);
	must(libbpf_prog_type_by_name(h->attach, &type, &where), h->attach);
	p->links[p->hooks] = bpf_link_create(prog, cgroup, where, NULL);
	must(p->links[p->hooks++], h->attach);
	(void)close(prog);
	(void)close(cgroup);
}

/* Cgroups beside the governed one, each with one hook more than the one before. */
static void places_make(void)
{
	for (size_t n = 0; n <= hooks; n++) {
		(void)snprintf(some[n].path, sizeof(some[n].path), "%s-%zu", s.cgroup, n);
		(void)rmdir(some[n].path);
		must(mkdir(some[n].path, 0755), some[n].path);
		place_open(&some[n]);
		for (size_t i = 0; i < n; i++)
			attach(&some[n], &hook[i]);
	}
}

static void places_remove(void)
{
	if (home.procs > 0)
		enter(&home);
	for (size_t n = 0; n <= hooks; n++) {
		for (size_t i = 0; i < some[n].hooks; i++)
			(void)close(some[n].links[i]);
		(void)close(some[n].procs);
		for (int tries = 0; rmdir(some[n].path) < 0 && errno == EBUSY && tries < 100;
		     tries++)
			(void)usleep(10000);
	}
	scratch_close(&s);
}

/* The cgroup that we came from. */
static void home_find(void)
{
	char line[300], *at;
	FILE *f = fopen("/proc/self/cgroup", "re");
	size_t root = strlen(s.cgroup) - strlen(strrchr(s.cgroup, '/'));

	while (f && fgets(line, sizeof(line), f)) {
		if (strncmp(line, "0::", 3) != 0)
			continue;
		at = strchr(line, '\n');
		if (at)
			*at = '\0';
		(void)snprintf(home.path, sizeof(home.path), "%.*s%.200s", (int)root, s.cgroup,
			       line + 3);
	}
	if (f)
		(void)fclose(f);
	place_open(&home);
}

/* Median ns of that in that cgroup. */
static double measured(const struct place *p, const struct traffic *t)
{
	enter(p);
	return traffic_measured(t);
}

/* ---- the tables ------------------------------------------------------------------------------- */

static const char *judged(const struct traffic *t, double ratio, int *missed)
{
	if (!t->most)
		return "";
	if (ratio >= t->least && ratio <= t->most)
		return "  as it must be";
	(*missed)++;
	return "  MISSED";
}

/* The cgroup with the hooks of addresses, and the one that writes down who opened a socket. */
static const struct place *addresses(void)
{
	for (size_t n = 0; n < hooks; n++)
		if (strncmp(hook[n].attach, "cgroup/set", 10) == 0)
			return &some[n];
	return &some[hooks];
}

/* A denied connect with its event, against one that a bare kernel refuses since nobody listens. */
static void compare_denied(void)
{
	static double ratio[ROUNDS_MAX], bare[ROUNDS_MAX], denied[ROUNDS_MAX];

	for (size_t r = 0; r < rounds; r++) {
		enter(&some[0]);
		bare[r] = traffic_refused();
		enter(&all);
		denied[r] = traffic_refused();
		ratio[r] = denied[r] / bare[r];
		(void)scratch_denials(&s, NULL);
	}
	(void)printf(
		"\na denied connect with its event %.0f ns, a refused one %.0f ns: ratio %.3f\n",
		measure_median(denied, rounds), measure_median(bare, rounds),
		measure_median(ratio, rounds));
}

/* All hooks against none, twice: with nothing that can lapse, and with a fact that does in 2090. */
static int compare_all(const char *under)
{
	static double none[TRAFFICS][ROUNDS_MAX], with[TRAFFICS][ROUNDS_MAX],
		ratio[TRAFFICS][ROUNDS_MAX], part[TRAFFICS][ROUNDS_MAX];
	const struct place *few = addresses();
	int missed = 0;

	for (size_t r = 0; r < rounds; r++) {
		for (size_t i = 0; i < TRAFFICS; i++) {
			none[i][r] = measured(&some[0], &traffics[i]);
			with[i][r] = measured(&all, &traffics[i]);
			ratio[i][r] = with[i][r] / none[i][r];
			part[i][r] = measured(few, &traffics[i]) / none[i][r];
		}
	}
	(void)printf("\nall hooks, and those of addresses, against none, %s (%zu rounds)\n", under,
		     rounds);
	for (size_t i = 0; i < TRAFFICS; i++) {
		double x = measure_median(ratio[i], rounds);

		(void)printf("  %-36s %9.0f ns %9.0f ns  ratio %.3f  addresses %.3f%s\n",
			     traffics[i].name, measure_median(none[i], rounds),
			     measure_median(with[i], rounds), x, measure_median(part[i], rounds),
			     judged(&traffics[i], x, &missed));
	}
	return missed;
}

static void each_hook(const struct traffic *t)
{
	static double took[HOOKS + 1][ROUNDS_MAX], added[HOOKS + 1][ROUNDS_MAX];

	for (size_t r = 0; r < rounds; r++) {
		for (size_t n = 0; n <= hooks; n++) {
			took[n][r] = measured(&some[n], t);
			added[n][r] = n ? took[n][r] - took[n - 1][r] : 0;
		}
	}
	(void)printf("\n%s: %.0f ns without hooks; added by\n", t->name,
		     measure_median(took[0], rounds));
	for (size_t n = 1; n <= hooks; n++)
		(void)printf("  %-24s %+7.0f ns\n", hook[n - 1].attach,
			     measure_median(added[n], rounds));
}

#define OPEN_DOOR                                                                                  \
	"@id(\"loopback\") permit(principal, action in [Action::\"connect\", Action::\"send\", "   \
	"Action::\"listen\", Action::\"accept\"], resource) when { resource.port > 1 && resource.ip.isLoopback()"

/* Those that this libbpf has a word for: not the Unix ones, which no inet socket meets. */
static void hooks_find(void)
{
	enum bpf_attach_type where;
	enum bpf_prog_type type;
	struct loader_hook every[HOOKS];
	size_t n = loader_hooks(s.loader, every, HOOKS);

	for (size_t i = 0; i < n; i++)
		if (strncmp(every[i].attach, "cgroup", 6) == 0 && every[i].attached &&
		    libbpf_prog_type_by_name(every[i].attach, &type, &where) == 0)
			hook[hooks++] = every[i];
}

/* With the clock told: a fact about the time is a worst one otherwise. */
static void tell_the_time(void)
{
	struct postern_conditions c = { .zones = 1, .zone = { { .from_ms = INT64_MIN } } };
	struct timespec real, boot;

	(void)clock_gettime(CLOCK_REALTIME, &real);
	(void)clock_gettime(CLOCK_BOOTTIME, &boot);
	c.real_minus_boot_ns =
		(real.tv_sec - boot.tv_sec) * 1000000000ll + (real.tv_nsec - boot.tv_nsec);
	must(loader_conditions(s.loader, &c), "loader_conditions");
}

int main(void)
{
	const char *wanted = getenv("BENCH_ROUNDS");
	int missed;

	if (wanted && atoi(wanted) > 0 && atoi(wanted) <= ROUNDS_MAX)
		rounds = (size_t)atoi(wanted);
	measure_no_stats();
	(void)libbpf_set_print(NULL);
	scratch_open(&s, "bench-hooks");
	(void)atexit(places_remove);
	scratch_load(&s);
	tell_the_time();
	(void)scratch_apply(&s, OPEN_DOOR " };", NULL, NULL);
	home_find();
	(void)snprintf(all.path, sizeof(all.path), "%s", s.cgroup);
	place_open(&all);
	hooks_find();
	places_make();
	missed = compare_all("where nothing can lapse");
	compare_denied();
	for (size_t i = TRAFFICS - TRAFFIC_OPENS; i < TRAFFICS; i++)
		each_hook(&traffics[i]);
	(void)scratch_apply(&s, OPEN_DOOR " && context.now < datetime(\"2090-01-01T00:00:00Z\") };",
			    NULL, NULL);
	missed += compare_all("where everything hangs on a fact");
	return missed ? EXIT_FAILURE : EXIT_SUCCESS;
}
