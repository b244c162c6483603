/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Loads every eBPF program with the verifier's statistics on, and compares the instructions that it
 * walked through with a committed budget: growth is then a decision, not an accident. Programs that
 * come near the verifier's limit stop loading on older kernels first. TAP; one test a program:
 *     ok 1 - connect4 1234 2000
 */
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/file.h"

enum {
	LOG_STATISTICS = 4, /* BPF_LOG_STATS of the kernel: only the closing lines */
	LOG_SIZE = 1 << 16,
	BUDGET_FILE_MOST = 1 << 16,
	PROGRAMS_MOST = 128,
	TAIL = 4000, /* bytes shown of what the verifier said to a program that it refused */
};

struct measured {
	const char *name;
	char *log;
	unsigned long budget; /* 0: no row */
};

struct run {
	struct bpf_object *object;
	struct measured programs[PROGRAMS_MOST];
	size_t n;
	size_t tests, failures;
};

static void result(struct run *run, bool good, const char *words)
{
	run->tests++;
	run->failures += !good;
	printf("%sok %zu - %s\n", good ? "" : "not ", run->tests, words);
}

/* libbpf's own words go behind a #, so that they are not taken for results. */
static int say(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	if (level == LIBBPF_DEBUG)
		return 0;
	printf("# ");
	return vprintf(fmt, ap);
}

/* Not every kernel takes them: small ones, without a budget. */
static bool is_optional(const struct bpf_program *p)
{
	const char *section = bpf_program__section_name(p);

	return bpf_program__type(p) == BPF_PROG_TYPE_UNSPEC || strncmp(section, "lsm", 3) == 0;
}

static int open_object(struct run *run, const char *path)
{
	struct bpf_program *p;

	run->object = bpf_object__open_file(path, NULL);
	if (!run->object)
		return -errno;
	bpf_object__for_each_program(p, run->object)
	{
		struct measured *m = &run->programs[run->n];

		if (is_optional(p)) {
			(void)bpf_program__set_autoload(p, false);
			continue;
		}
		if (run->n == PROGRAMS_MOST)
			return -E2BIG;
		m->name = bpf_program__name(p);
		m->log = calloc(1, LOG_SIZE);
		if (!m->log)
			return -ENOMEM;
		bpf_program__set_log_level(p, LOG_STATISTICS);
		bpf_program__set_log_buf(p, m->log, LOG_SIZE);
		run->n++;
	}
	return 0;
}

static struct measured *find_program(struct run *run, const char *name)
{
	for (size_t i = 0; i < run->n; i++)
		if (strcmp(run->programs[i].name, name) == 0)
			return &run->programs[i];
	return NULL;
}

/* One row: "program budget". Rows that nothing answers to are failures: they hide a rename. */
static void read_row(struct run *run, const char *row)
{
	char name[128], words[192];
	unsigned long budget;
	struct measured *m;

	if (row[0] == '#' || sscanf(row, "%127s %lu", name, &budget) != 2)
		return;
	m = find_program(run, name);
	if (m) {
		m->budget = budget;
		return;
	}
	(void)snprintf(words, sizeof(words), "budget without a program: %s", name);
	result(run, false, words);
}

static void read_budget(struct run *run, const char *path)
{
	_cleanup_free_ char *text = NULL;
	char *rest, *row;
	size_t len;

	if (file_read(AT_FDCWD, path, BUDGET_FILE_MOST, &text, &len) < 0) {
		printf("# %s cannot be read\n", path);
		return;
	}
	rest = text;
	while ((row = strsep(&rest, "\n")))
		read_row(run, row);
}

static void judge(struct run *run, const struct measured *m)
{
	const char *at = strstr(m->log, "processed ");
	unsigned long walked = 0;
	char words[256];

	if (!at || sscanf(at, "processed %lu insns", &walked) != 1) {
		(void)snprintf(words, sizeof(words), "%s: the verifier did not say", m->name);
		result(run, false, words);
		return;
	}
	(void)snprintf(words, sizeof(words), "%s %lu %lu", m->name, walked, m->budget);
	result(run, walked <= m->budget, words);
	if (m->budget == 0)
		printf("# %s has no budget: see make budget-update\n", m->name);
}

/* What the verifier said last to each program; lines behind a #, as all that is no result. */
static void show_logs(const struct run *run)
{
	for (size_t i = 0; i < run->n; i++) {
		size_t len = strlen(run->programs[i].log);
		char *rest = run->programs[i].log + (len > TAIL ? len - TAIL : 0), *line;

		if (len)
			printf("# %s:\n", run->programs[i].name);
		while (len && (line = strsep(&rest, "\n")))
			printf("# %s\n", line);
	}
}

static void measure(struct run *run, const char *object, const char *budget)
{
	int r = open_object(run, object);

	if (r < 0) {
		printf("# %s: %s; try: make\n", object, strerror(-r));
		result(run, false, "the eBPF object opens");
		return;
	}
	read_budget(run, budget);
	r = bpf_object__load(run->object);
	if (r < 0) {
		show_logs(run);
		printf("# %s\n", strerror(-r));
		result(run, false, "the eBPF programs load");
		return;
	}
	for (size_t i = 0; i < run->n; i++)
		judge(run, &run->programs[i]);
}

int main(int argc, char **argv)
{
	const char *build = getenv("BPF_BUILD");
	struct run run = { 0 };
	char object[4096];

	if (geteuid() != 0) {
		printf("skipped: loading eBPF programs needs root\n");
		return 77;
	}
	libbpf_set_print(say);
	(void)snprintf(object, sizeof(object), "%s/bpf/postern.bpf.o", build ? build : "build");
	measure(&run, object, argc > 1 ? argv[1] : "tests/kernel/budget.txt");
	printf("1..%zu\n", run.tests);
	bpf_object__close(run.object);
	for (size_t i = 0; i < run.n; i++)
		free(run.programs[i].log);
	return run.failures ? 1 : 0;
}
