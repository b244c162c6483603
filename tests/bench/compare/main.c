/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The bench. BENCH_LONG=1 also loads what takes long, and takes more rounds; BENCH_ROUNDS=N takes so many. Reports go to
 * $BUILD/bench. "compare rules STYLE N GROUPS DIR" writes a generated bundle instead, for scripts.
 */
#include "compare.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bpf/libbpf.h>

#include "base/file.h"
#include "measure.h"

enum { SIZES_MAX = 8, GROUPS = 200, FLOOD_MS = 1000 };

struct variant variants[VARIANTS_MAX];
size_t n_variants;
static size_t rounds;
static pid_t owner;

const char *working_as = "compare";

void die(const char *what)
{
	(void)fprintf(stderr, "%s: %s: %s\n", working_as, what, strerror(errno));
	exit(EXIT_FAILURE);
}

const struct rules *rules_of(size_t n)
{
	static struct rules known[SIZES_MAX];
	struct rules_wish wish = { .style = RULES_UNIFORM, .seed = 1, .n = n, .groups = GROUPS };
	size_t i = 0;

	while (i < SIZES_MAX && known[i].n && known[i].n != n)
		i++;
	if (i == SIZES_MAX) {
		errno = E2BIG;
		die("rules of one size more");
	}
	if (!known[i].n)
		rules_make(&wish, &known[i]);
	return &known[i];
}

struct variant *variant_add(const char *kind, size_t size)
{
	struct variant *v = &variants[n_variants];

	if (n_variants++ == VARIANTS_MAX) {
		errno = E2BIG;
		die("one variant more");
	}
	v->kind = kind;
	v->rules = size;
	if (size >= 1000000)
		(void)snprintf(v->name, sizeof(v->name), "%s %zuM", kind, size / 1000000);
	else if (size >= 1000)
		(void)snprintf(v->name, sizeof(v->name), "%s %zuk", kind, size / 1000);
	else if (size > 1)
		(void)snprintf(v->name, sizeof(v->name), "%s %zu", kind, size);
	else
		(void)snprintf(v->name, sizeof(v->name), "%s", kind);
	return v;
}

struct variant *variant_named(const char *name)
{
	for (size_t i = 0; i < n_variants; i++)
		if (strcmp(variants[i].name, name) == 0)
			return &variants[i];
	return NULL;
}

/* ---- cgroups ---------------------------------------------------------------------------------- */

/* Beside those that Postern's variants have already, which are children of the root. */
static void cgroups_make(void)
{
	char root[200] = "";

	for (size_t i = 0; i < n_variants; i++)
		if (variants[i].cgroup[0] == '/')
			(void)snprintf(root, sizeof(root), "%.*s",
				       (int)(strrchr(variants[i].cgroup, '/') - variants[i].cgroup),
				       variants[i].cgroup);
	for (size_t i = 0; i < n_variants; i++) {
		struct variant *v = &variants[i];
		char name[64];

		if (v->cgroup[0] == '/')
			continue;
		(void)snprintf(name, sizeof(name), "postern-test-compare-v%zu", i);
		if (v->cgroup[0])
			(void)snprintf(name, sizeof(name), "%.60s", v->cgroup);
		(void)snprintf(v->cgroup, sizeof(v->cgroup), "%s/%s", root, name);
		(void)rmdir(v->cgroup);
		if (mkdir(v->cgroup, 0755) < 0)
			die(v->cgroup);
	}
}

static void remove_all(void)
{
	if (owner != getpid()) /* a worker's end */
		return;
	for (size_t i = n_variants; i-- > 0;) {
		struct variant *v = &variants[i];

		worker_stop(v);
		if (v->tear_down && v->own)
			v->tear_down(v);
		for (int tries = 0; rmdir(v->cgroup) < 0 && errno == EBUSY && tries < 100; tries++)
			(void)usleep(10000);
	}
}

/* Through exit(), so that nothing is left behind. */
static void interrupted(int signal)
{
	exit(128 + signal);
}

/* ---- setting up ------------------------------------------------------------------------------- */

/* What the kernel has taken for itself, by its own account. */
static uint64_t kernel_memory(void)
{
	static const char *const lines[] = { "Slab:", "VmallocUsed:", "Percpu:" };
	FILE *f = fopen("/proc/meminfo", "re");
	char line[200];
	uint64_t sum = 0;
	unsigned long kib;

	while (f && fgets(line, sizeof(line), f))
		for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
			if (strncmp(line, lines[i], strlen(lines[i])) == 0 &&
			    sscanf(line + strlen(lines[i]), "%lu", &kib) == 1)
				sum += (uint64_t)kib << 10;
	if (f)
		(void)fclose(f);
	return sum;
}

static void set_up(struct variant *v)
{
	uint64_t before = kernel_memory(), after;

	if (!v->set_up)
		return;
	v->set_up(v);
	after = kernel_memory();
	v->kernel_bytes = after > before ? after - before : 0;
	(void)fprintf(stderr, "  %-32s in force after %8.0f ms\n", v->name, v->apply_ms);
}

/* ---- rounds ----------------------------------------------------------------------------------- */

static size_t samples(enum op_id op)
{
	if (op == OP_SPAWN)
		return 4;
	return op == OP_CONNECT_EVICTED || op == OP_UDP_EVICTED ? 40 : 250;
}

static void take_round(size_t round)
{
	for (enum op_id op = 0; op < OPS; op++) {
		for (size_t i = 0; i < n_variants; i++) {
			/* nobody is always first */
			struct variant *v = &variants[(i + round) % n_variants];

			v->took[op][round] = worker_measure(v, op, samples(op));
			if (v->map_bytes)
				(void)postern_drain(v);
		}
	}
}

/* Denials as fast as one process can make them, their events taken meanwhile. */
static void flood(struct variant *v)
{
	uint64_t lost = postern_lost(v);

	while (postern_drain(v))
		;
	worker_flood_begin(v, FLOOD_MS);
	while (!worker_flood_done(v, &v->floods))
		v->told += postern_drain(v);
	for (size_t n = 1; n;)
		v->told += n = postern_drain(v);
	v->lost = postern_lost(v) - lost;
}

static void reports(void)
{
	const char *build = getenv("BUILD");
	char dir[300], path[340];

	report_table(rounds);
	(void)snprintf(dir, sizeof(dir), "%.280s/bench", build ? build : "build");
	(void)dir_make(dir, 0755);
	(void)snprintf(path, sizeof(path), "%s/compare.json", dir);
	report_json(path, rounds);
	(void)snprintf(path, sizeof(path), "%s/compare.svg", dir);
	report_svg(path, rounds);
	(void)printf("\n%s/compare.json, compare.svg\n", dir);
}

static int compare(bool long_form)
{
	(void)variant_add("none", 0);
	postern_variants();
	nft_variants(long_form);
	lpm_variants();
	landlock_variants();
	owner = getpid();
	(void)signal(SIGINT, interrupted);
	(void)signal(SIGTERM, interrupted);
	(void)atexit(remove_all);
	cgroups_make();
	pool_make(rules_of(1000000));
	for (size_t i = 0; i < n_variants; i++)
		worker_start(&variants[i]);
	for (size_t i = 0; i < n_variants; i++)
		set_up(&variants[i]);
	for (size_t i = 0; i < rounds; i++)
		take_round(i);
	flood(variant_named("postern 1M"));
	reports();
	return report_judge(rounds) ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int write_rules(char **words)
{
	static const char *const styles[] = { "uniform", "access", "firewall", "chain" };
	struct rules_wish wish = { .n = strtoul(words[1], NULL, 10),
				   .groups = strtoul(words[2], NULL, 10) };
	struct rules rules;

	while (wish.style < RULES_STYLES && strcmp(styles[wish.style], words[0]) != 0)
		wish.style++;
	if (wish.style == RULES_STYLES || !wish.n || !wish.groups) {
		(void)fputs("compare rules uniform|access|firewall|chain N GROUPS DIR\n", stderr);
		return EXIT_FAILURE;
	}
	rules_make(&wish, &rules);
	rules_write(&rules, words[3]);
	rules_free(&rules);
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	const char *asked = getenv("BENCH_ROUNDS"), *longer = getenv("BENCH_LONG");
	bool long_form = longer && *longer && *longer != '0';

	if (argc == 6 && strcmp(argv[1], "rules") == 0)
		return write_rules(argv + 2);
	rounds = asked ? strtoul(asked, NULL, 10) : long_form ? 41 : 11;
	if (rounds < 1 || rounds > ROUNDS_MAX)
		rounds = ROUNDS_MAX;
	measure_no_stats();
	(void)libbpf_set_print(NULL);
	return compare(long_form);
}
