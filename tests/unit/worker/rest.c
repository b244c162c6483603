/* SPDX-License-Identifier: BSD-2-Clause */
/* A worker gives back, when no question comes for a while, what it kept for the next one; and answers then as before. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/file.h"
#include "worker/process.h"

#include "cm.h"

#define ZONE                                                                                       \
	"[{\"uid\":{\"type\":\"Zone\",\"id\":\"z\"},\"attrs\":{\"prefixes\":[\"@a.txt\"]},\"parents\":[]}]"
#define PERMIT                                                                                     \
	"@id(\"a\") permit (principal, action == Action::\"connect\", resource in Zone::\"z\");"

enum { PREFIXES = 200000, REST_MS = 50, TRIES = 200 };

/* With many prefixes that have gaps between them. */
static void pack(struct buf *out)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct source policies = { "policies/a.cedar", PERMIT, strlen(PERMIT) };
	struct source prefixes = { .name = "a.txt" };
	char name[] = "t", *audience[] = { (char[]){ "*" } };
	const struct bundle b = {
		.name = name,
		.version = 1,
		.issued_ms = 1000,
		.not_after_ms = INT64_C(4070908800000),
		.audience = audience,
		.n_audience = 1,
		.policies = &policies,
		.n_policies = 1,
		.files = &prefixes,
		.n_files = 1,
		.entities = { "entities.json", ZONE, strlen(ZONE) },
		.tests = { "tests.json", NULL, 0 },
	};

	for (unsigned i = 0; i < PREFIXES; i++)
		buf_printf(&text, "10.%u.%u.%u/32\n", i >> 15, i >> 7 & 255, i << 1 & 255);
	assert_int_equal(buf_error(&text), 0);
	prefixes.text = text.data;
	prefixes.len = text.len;
	assert_int_equal(bundle_pack(&b, &d, out), 0);
}

static void load(struct worker *w, const struct buf *payload)
{
	_cleanup_worker_policies_ struct worker_policies *p = NULL;
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_bundle_ struct bundle *b = NULL;

	assert_int_equal(worker_ask_open(w, payload->data, payload->len), 0);
	worker_wait(w);
	assert_int_equal(worker_take_open(w, &d, &b), WORKER_OK);
	assert_int_equal(worker_ask_load(w, 1000, false), 0);
	worker_wait(w);
	assert_int_equal(worker_take_load(w, &d, &p), WORKER_OK);
}

static void compile(struct worker *w)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_image_ struct image *image = NULL;
	const struct binding nobody = { 0 };
	struct image_facts facts;
	struct arena *arena = NULL;

	assert_int_equal(worker_ask_compile(w, &nobody), 0);
	worker_wait(w);
	assert_int_equal(worker_take_compile(w, &d, &image, &facts, &arena), WORKER_OK);
	arena_free(&arena);
}

/* Kilobytes of its own memory that are there. */
static unsigned long memory(const struct worker *w)
{
	_cleanup_free_ char *status = NULL;
	char path[64], *line;
	size_t len;

	(void)snprintf(path, sizeof(path), "/proc/%d/status", (int)w->pid);
	assert_int_equal(file_read(AT_FDCWD, path, 1 << 20, &status, &len), 0);
	line = strstr(status, "RssAnon:");
	assert_non_null(line);
	return strtoul(line + strlen("RssAnon:"), NULL, 10);
}

static void it_gives_back_what_it_kept(void **state)
{
	_cleanup_buf_ struct buf payload = BUF_INIT;
	_cleanup_worker_ struct worker *w = NULL;
	unsigned long busy, rested;

	(void)state;
	pack(&payload);
	assert_int_equal(worker_start(&w), 0);
	load(w, &payload);
	compile(w);
	busy = rested = memory(w);
	for (int i = 0; i < TRIES && rested > busy - busy / 4; i++) {
		(void)usleep(REST_MS * 1000);
		rested = memory(w);
	}
	if (!SANITIZED && rested > busy - busy / 4)
		fail_msg("%lu KiB when busy, %lu KiB at rest", busy, rested);
	load(w, &payload);
	compile(w);
}

/* As it would be, but impatient. */
_Noreturn static void serve(void)
{
	const struct timeval rest = { .tv_usec = REST_MS * 1000 };

	(void)setsockopt(WORKER_SOCKET, SOL_SOCKET, SO_RCVTIMEO, &rest, sizeof(rest));
	worker_serve();
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_gives_back_what_it_kept),
	};

	if (argc == 1 && strcmp(argv[0], WORKER_NAME) == 0)
		serve();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
