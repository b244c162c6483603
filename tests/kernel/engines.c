// SPDX-License-Identifier: BSD-2-Clause
/*
 * Three engines, one answer: `postern decide` over generated policy sets, by the tree evaluator, by the compiled image in
 * C, and by the eBPF program. An engine that cannot run fails the test. POSTERN_SEED repeats a run; POSTERN_SETS or
 * POSTERN_LONG make it longer.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/rfc3339.h"
#include "cm.h"
#include "generate.h"
#include "rules.h"

#define SETS 100
#define REQUESTS 500
#define RULES_SETS 16

static const char *const engines[] = { "reference", "image", "kernel" };

static void write_file(const char *dir, const char *name, const struct buf *b)
{
	char path[256];

	assert_int_equal(buf_error(b), 0);
	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	assert_int_equal(file_write_atomic(AT_FDCWD, path, b->data, b->len, 0600), 0);
}

static void put_manifest(uint64_t seed, struct buf *out)
{
	int64_t not_after = generate_not_after(seed);
	char until[RFC3339_SIZE];

	buf_puts(out, "{\"format\":1,\"name\":\"set\",\"version\":1,\"audience\":[\"*\"],");
	if (not_after) {
		assert_int_equal(rfc3339_format(not_after, until), 0);
		buf_printf(out, "\"notAfter\":\"%s\",", until);
	}
	buf_printf(out, "\"mode\":\"%s\",", generate_observe(seed) ? "observe" : "enforce");
	generate_phases_text(seed, out);
	buf_putc(out, '}');
}

static void write_bundle(const char *dir, uint64_t seed)
{
	_cleanup_buf_ struct buf policies = BUF_INIT, entities = BUF_INIT, bundle = BUF_INIT;
	char path[256];

	(void)snprintf(path, sizeof(path), "%s/bundle/policies", dir);
	assert_int_equal(dir_make(path, 0700), 0);
	generate_policies(seed, &policies);
	generate_entities(seed, &entities);
	put_manifest(seed, &bundle);
	write_file(dir, "bundle/policies/all.cedar", &policies);
	write_file(dir, "bundle/entities.json", &entities);
	write_file(dir, "bundle/bundle.json", &bundle);
}

static void write_requests(const char *dir, uint64_t seed)
{
	_cleanup_buf_ struct buf lines = BUF_INIT;

	for (uint64_t i = 0; i < REQUESTS; i++) {
		generate_request(seed, i, &lines);
		buf_putc(&lines, '\n');
	}
	write_file(dir, "requests.jsonl", &lines);
}

/* The answers of one engine, under the bundle's phases with those of `phases` instead; owned by the caller. */
static char *answers_of(const char *dir, const char *engine, const char *phases)
{
	const char *build = getenv("BUILD");
	char command[1024], path[256];
	char *text;
	size_t len;
	int status;

	(void)snprintf(
		command, sizeof(command),
		"%s/postern decide %s/bundle --requests %s/requests.jsonl --engine %s %s%s >%s/%s.out 2>%s/%s.err",
		build ? build : "build", dir, dir, engine, *phases ? "--phases " : "", phases, dir,
		engine, dir, engine);
	status = system(command);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		(void)snprintf(command, sizeof(command), "tail -n 20 %s/%s.err >&2", dir, engine);
		(void)!system(command);
		fail_msg("the engine %s did not run over the set in %s: status %d", engine, dir,
			 status);
	}
	(void)snprintf(path, sizeof(path), "%s/%s.out", dir, engine);
	assert_int_equal(file_read(AT_FDCWD, path, 1u << 30, &text, &len), 0);
	return text;
}

/* The line at `number`, for a message. */
static void line_at(const char *text, size_t number, char *ret, size_t n)
{
	while (number-- && *text)
		text += strcspn(text, "\n") + 1;
	(void)snprintf(ret, n, "%.*s", (int)strcspn(text, "\n"), text);
}

/* Compares line by line; the number of lines, or fails naming the first that differs. */
static size_t compare(const char *dir, uint64_t seed, const char *a, const char *b,
		      const char *engine)
{
	size_t n = 0;

	while (*a || *b) {
		size_t la = strcspn(a, "\n"), lb = strcspn(b, "\n");

		if (la != lb || memcmp(a, b, la) != 0) {
			_cleanup_free_ char *requests = NULL;
			char path[256], request[4096];
			size_t len;

			(void)snprintf(path, sizeof(path), "%s/requests.jsonl", dir);
			assert_int_equal(file_read(AT_FDCWD, path, 1u << 30, &requests, &len), 0);
			line_at(requests, n, request, sizeof(request));
			fail_msg("set seed %" PRIu64
				 " (kept in %s) request %zu: %s\nreference %.*s\n%s %.*s",
				 seed, dir, n, request, (int)la, a, engine, (int)lb, b);
		}
		a += la + (a[la] == '\n');
		b += lb + (b[lb] == '\n');
		n++;
	}
	return n;
}

/*
 * Enforcing more never grants, in the kernel either. Identity stays as it is: generated requests have people proven in
 * accounts that are not theirs, which no host has.
 */
static void tighten(const char *dir, uint64_t seed, const char *before)
{
	_cleanup_free_ char *after = answers_of(dir, "kernel", "device=enforce,network=enforce");
	const char *a = before, *b = after;

	for (size_t n = 0; *a && *b; n++) {
		size_t la = strcspn(a, "\n"), lb = strcspn(b, "\n");

		if (memmem(a, la, "\"deny\"", 6) && !memmem(b, lb, "\"deny\"", 6))
			fail_msg("set seed %" PRIu64
				 " (kept in %s) request %zu is granted by enforcing more: %.*s",
				 seed, dir, n, (int)lb, b);
		a += la + (a[la] == '\n');
		b += lb + (b[lb] == '\n');
	}
	assert_true(!*a && !*b);
}

/* Every family of rules in turn, from a handful to so many that addresses are looked up by a front. */
static void write_rules(const char *dir, uint64_t seed)
{
	static const size_t sizes[] = { 40, 1000, 6000, 30000 };
	const struct rules_wish wish = { .style = (enum rules_style)(seed % RULES_STYLES),
					 .seed = seed,
					 .n = sizes[seed / RULES_STYLES % 4],
					 .groups = 3 + seed % 60 };
	_cleanup_buf_ struct buf lines = BUF_INIT;
	struct rules rules;
	char path[256];

	rules_make(&wish, &rules);
	(void)snprintf(path, sizeof(path), "%s/bundle", dir);
	assert_int_equal(dir_make(path, 0700), 0);
	rules_write(&rules, path);
	for (uint64_t i = 0; i < REQUESTS; i++) {
		rules_request(&rules, seed << 20 | i, &lines);
		buf_putc(&lines, '\n');
	}
	write_file(dir, "requests.jsonl", &lines);
	rules_free(&rules);
}

static void write_set(const char *dir, uint64_t seed)
{
	write_bundle(dir, seed);
	write_requests(dir, seed);
}

typedef void (*writer)(const char *dir, uint64_t seed);

static size_t decide_set(const char *root, writer write, uint64_t seed, size_t *denied)
{
	char dir[200], command[256];
	_cleanup_free_ char *reference = NULL;

	(void)snprintf(dir, sizeof(dir), "%s/%" PRIu64, root, seed);
	assert_int_equal(dir_make(dir, 0700), 0);
	write(dir, seed);
	reference = answers_of(dir, engines[0], "");
	for (size_t i = 1; i < sizeof(engines) / sizeof(engines[0]); i++) {
		_cleanup_free_ char *other = answers_of(dir, engines[i], "");

		assert_int_equal(compare(dir, seed, reference, other, engines[i]), REQUESTS);
	}
	if (seed % 4 == 0)
		tighten(dir, seed, reference);
	for (const char *at = reference; (at = strstr(at, "\"deny\"")); at++)
		(*denied)++;
	(void)snprintf(command, sizeof(command), "rm -rf %s", dir);
	assert_int_equal(system(command), 0);
	return REQUESTS;
}

/* `sets` sets that `write` makes, from seed `first` on. */
static void agree(writer write, uint64_t first, uint64_t sets)
{
	char root[] = "/tmp/postern-engines-XXXXXX";
	size_t decided = 0, denied = 0;

	assert_non_null(mkdtemp(root));
	for (uint64_t i = 0; i < sets; i++)
		decided += decide_set(root, write, first + i, &denied);
	assert_int_equal(rmdir(root), 0);
	print_message("%zu decisions over %" PRIu64 " sets from seed %" PRIu64
		      ", three engines, %zu denied\n",
		      decided, sets, first, denied);
	/* Sets that allow everything, or nothing, would compare nothing. */
	assert_true(denied > decided / 50 && denied < decided - decided / 50);
}

static uint64_t first_seed(void)
{
	return generate_number("POSTERN_SEED", (uint64_t)time(NULL) << 16);
}

static void engines_agree(void **state)
{
	(void)state;
	agree(write_set, first_seed(),
	      generate_number("POSTERN_SETS", getenv("POSTERN_LONG") ? 10 * SETS : SETS));
}

static void engines_agree_over_rules(void **state)
{
	(void)state;
	agree(write_rules, first_seed(), getenv("POSTERN_LONG") ? 20 * RULES_SETS : RULES_SETS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(engines_agree),
		cmocka_unit_test(engines_agree_over_rules),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
