/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Verdicts while policies of a million prefixes change places: as fast as the word that names the one in force can be
 * stored, and as fast as whole images can be loaded. Every verdict is checked; what a connect takes meanwhile is compared,
 * round by round, to what it takes in between. BENCH_ROUNDS=N rounds; BENCH_LONG=1: until 10^8 verdicts were given.
 */
#include "cm.h"

#include <arpa/inet.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "generate_world.h"
#include "measure.h"
#include "rules.h"
#include "scratch.h"

enum { PREFIXES = 1000000, GROUPS = 4, POOL = 65536, WINDOW = 100000, ROUNDS_MAX = 4096 };
static const double verdicts_long = 1e8, most = 1.10;

/* Groups 0 and 2 are let through by one policy, 1 and 2 by the other, 3 by none. */
static const char *const texts[2] = {
	"@id(\"a\") permit(principal, action == Action::\"connect\", resource in Zone::\"g0\");"
	"@id(\"c\") permit(principal, action == Action::\"connect\", resource in Zone::\"g2\");",
	"@id(\"b\") permit(principal, action == Action::\"connect\", resource in Zone::\"g1\");"
	"@id(\"c\") permit(principal, action == Action::\"connect\", resource in Zone::\"g2\");",
};

enum mode { STILL, FLIPS, LOADS, MODES };
static const char *const mode_names[MODES] = { "none", "the word stored", "whole images loaded" };

/* Between the one who swaps and the one who asks. */
static struct shared {
	_Atomic uint64_t turn; /* odd while it changes; turn / 2 % 2 is in force */
	_Atomic uint64_t ordered, done; /* windows */
	uint64_t told, wrong; /* verdicts of one policy alone, and those that were not its */
	double p50, p99; /* ns, of the last window */
} * shared;

static struct scratch s;
static struct image *image[2];
static uint32_t word[2];
static int generation = -1;
static uint64_t swaps[MODES];
static struct end {
	uint32_t host;
	unsigned group;
} pool[POOL];

static void must(int r, const char *what)
{
	if (r >= 0)
		return;
	perror(what);
	exit(EXIT_FAILURE);
}

/* ---- who asks --------------------------------------------------------------------------------- */

static bool allows(uint64_t which, unsigned group)
{
	return group == 2 || group == which;
}

/* Checks a verdict: while one word stood, by that; else by what both say. */
static void check(const struct end *e, bool through, uint64_t before, uint64_t after)
{
	bool stood = before == after && before % 2 == 0;

	if (!stood && allows(0, e->group) != allows(1, e->group))
		return;
	shared->told++;
	shared->wrong += through != allows(before / 2 % 2, e->group);
}

static void window(int fd)
{
	static double took[WINDOW];
	static size_t turn;

	for (size_t i = 0; i < WINDOW; i++) {
		const struct end *e = &pool[turn++ % POOL];
		struct sockaddr_in to = { .sin_family = AF_INET,
					  .sin_port = htons(443),
					  .sin_addr.s_addr = htonl(e->host) };
		uint64_t before = atomic_load(&shared->turn), began = measure_now_ns();
		bool through = connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0;

		took[i] = (double)(measure_now_ns() - began);
		if (!through && errno != EPERM)
			must(-1, "connect");
		check(e, through, before, atomic_load(&shared->turn));
	}
	shared->p50 = measure_quantile(took, WINDOW, 0.5);
	shared->p99 = measure_quantile(took, WINDOW, 0.99);
}

/* Everything of IPv4 is this namespace's own, so that what is let through connects. */
static _Noreturn void ask(void)
{
	uint64_t next = 0;
	int fd;

	scratch_enter(&s, NULL);
	must(unshare(CLONE_NEWNET), "unshare a network namespace");
	if (system("ip link set lo up && ip route add local 0.0.0.0/1 dev lo && "
		   "ip route add local 128.0.0.0/1 dev lo") != 0)
		_exit(EXIT_FAILURE);
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	must(fd, "socket");
	while (getppid() != 1) {
		if (atomic_load(&shared->ordered) == next) {
			(void)usleep(100);
			continue;
		}
		window(fd);
		atomic_store(&shared->done, ++next);
	}
	_exit(EXIT_SUCCESS);
}

/* ---- who swaps -------------------------------------------------------------------------------- */

static void flip(void)
{
	uint64_t turn = atomic_fetch_add(&shared->turn, 1);
	uint32_t zero = 0;

	must(bpf_map_update_elem(generation, &zero, &word[(turn / 2 + 1) % 2], 0), "the word");
	(void)atomic_fetch_add(&shared->turn, 1);
}

static void load(void)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	uint64_t which = (atomic_load(&shared->turn) / 2 + 1) % 2;
	uint32_t slot;

	must(loader_stage(s.loader, image[which], &d, &slot), "stage");
	(void)atomic_fetch_add(&shared->turn, 1);
	must(loader_force(s.loader, NULL, &d), "force");
	(void)atomic_fetch_add(&shared->turn, 1);
}

static uint32_t word_now(void)
{
	uint32_t zero = 0, now = 0;

	must(bpf_map_lookup_elem(generation, &zero, &now), "the word");
	return now;
}

/* Both images loaded, the first in force, and the words that stand for them. */
static void load_both(void)
{
	for (int i = 0; i < 2; i++) {
		load();
		word[atomic_load(&shared->turn) / 2 % 2] = word_now();
	}
	if (atomic_load(&shared->turn) / 2 % 2)
		flip();
}

static void run_window(enum mode mode, pid_t asker)
{
	uint64_t number = atomic_fetch_add(&shared->ordered, 1) + 1;

	while (atomic_load(&shared->done) != number) {
		if (kill(asker, 0) < 0)
			must(-1, "the asking process");
		if (mode == STILL) {
			(void)usleep(1000);
			continue;
		}
		if (mode == FLIPS)
			flip();
		else
			load();
		swaps[mode]++;
	}
	if (mode == LOADS)
		load_both();
}

/* ---- setting up ------------------------------------------------------------------------------- */

static void compile(const struct rules *r, const char *policies, struct image **ret)
{
	static const struct binding nobody;
	_cleanup_buf_ struct buf entities = BUF_INIT;
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_ruleset_ struct ruleset rules = RULESET_INIT;
	struct buf files[GROUPS] = { 0 };
	struct source names[GROUPS];
	static const char *const called[GROUPS] = { "g0.txt", "g1.txt", "g2.txt", "g3.txt" };
	struct source text = { "swap.cedar", (char *)policies, strlen(policies) };
	struct ruleset_sources src = { .policies = &text,
				       .n_policies = 1,
				       .files = names,
				       .n_files = GROUPS,
				       .rollout = ROLLOUT_ENFORCED };

	rules_entities(r, &entities);
	rules_files(r, files);
	for (size_t i = 0; i < GROUPS; i++)
		names[i] = (struct source){ (char *)called[i], files[i].data, files[i].len };
	src.entities = (struct source){ "entities.json", entities.data, entities.len };
	must(ruleset_load(&src, 0, &d, &rules), "policies");
	must(image_compile(rules.views, &nobody, &d, ret), "compile");
	for (size_t i = 0; i < GROUPS; i++)
		buf_free(&files[i]);
}

static void set_up(void)
{
	const struct rules_wish wish = { RULES_UNIFORM, .seed = 3, .n = PREFIXES,
					 .groups = GROUPS };
	struct rng rng = { 21 };
	struct rules rules;
	char path[256];

	rules_make(&wish, &rules);
	for (size_t i = 0; i < POOL; i++) {
		const struct rule *r = &rules.items[rng_below(&rng, PREFIXES)];

		pool[i] = (struct end){ r->addr, r->group };
	}
	for (int i = 0; i < 2; i++)
		compile(&rules, texts[i], &image[i]);
	rules_free(&rules);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	if (shared == MAP_FAILED)
		must(-1, "shared memory");
	(void)snprintf(path, sizeof(path), "%s/maps/generation", s.pin);
	generation = bpf_obj_get(path);
	must(generation, path);
	load_both();
}

/* ---- the report ------------------------------------------------------------------------------- */

static double p50[MODES][ROUNDS_MAX], p99[MODES][ROUNDS_MAX], ratio50[MODES][ROUNDS_MAX],
	ratio99[MODES][ROUNDS_MAX];

static void round_of_all(size_t r, pid_t asker)
{
	for (enum mode m = STILL; m < MODES; m++) {
		run_window(m, asker);
		p50[m][r] = shared->p50;
		p99[m][r] = shared->p99;
		ratio50[m][r] = p50[m][r] / p50[STILL][r];
		ratio99[m][r] = p99[m][r] / p99[STILL][r];
	}
}

static int report(size_t rounds)
{
	double worst = measure_median(ratio99[LOADS], rounds);

	(void)printf("\n%.0f verdicts over two policies of %d prefixes, %llu of them sure of one; "
		     "wrong: %llu\n",
		     (double)rounds * MODES * WINDOW, PREFIXES, (unsigned long long)shared->told,
		     (unsigned long long)shared->wrong);
	(void)printf("UDP connect, %d addresses, while there are swaps (%zu rounds)\n", POOL,
		     rounds);
	for (enum mode m = STILL; m < MODES; m++)
		(void)printf("  %-20s %9llu swaps  p50 %6.0f ns (%.3f)  p99 %6.0f ns (%.3f)%s\n",
			     mode_names[m], (unsigned long long)swaps[m],
			     measure_median(p50[m], rounds), measure_median(ratio50[m], rounds),
			     measure_median(p99[m], rounds), measure_median(ratio99[m], rounds),
			     m != LOADS	     ? ""
			     : worst <= most ? "  as it must be"
					     : "  MISSED");
	return shared->wrong || worst > most ? EXIT_FAILURE : EXIT_SUCCESS;
}

int main(void)
{
	const char *wanted = getenv("BENCH_ROUNDS"), *longer = getenv("BENCH_LONG");
	size_t rounds = wanted && atoi(wanted) > 0 ? (size_t)atoi(wanted) : 15, r;
	pid_t asker;

	if (longer && *longer && *longer != '0')
		rounds = (size_t)(verdicts_long / MODES / WINDOW) + 1;
	rounds = rounds < ROUNDS_MAX ? rounds : ROUNDS_MAX;
	measure_no_stats();
	(void)libbpf_set_print(NULL);
	scratch_open(&s, "bench-swap");
	scratch_load(&s);
	set_up();
	asker = fork();
	must(asker, "fork");
	if (asker == 0)
		ask();
	for (r = 0; r < rounds; r++)
		round_of_all(r, asker);
	(void)kill(asker, SIGTERM);
	(void)scratch_wait(asker);
	scratch_close(&s);
	return report(rounds);
}
