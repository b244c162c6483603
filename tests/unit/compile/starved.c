/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory that runs out at any moment from a bundle's directory to a decision: a failure, or the right answer; never a
 * crash or another verdict. The Makefile has the linker bring the library's allocations here. Under the sanitizers what
 * was not given back is a failure, too. Some of the moments in a short run, all with POSTERN_LONG=1.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "bundle/bundle.h"
#include "cm.h"
#include "compile/compile.h"
#include "generate.h"
#include "tmpdir.h"

static long left = -1; /* allocations that will still succeed; negative: all */
static unsigned long asked;

static bool is_refused(void)
{
	asked++;
	if (left < 0)
		return false;
	if (left > 0) {
		left--;
		return false;
	}
	errno = ENOMEM;
	return true;
}

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__real_reallocarray(void *p, size_t n, size_t size);
char *__real_strdup(const char *s);
char *__real_strndup(const char *s, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);
void *__wrap_reallocarray(void *p, size_t n, size_t size);
char *__wrap_strdup(const char *s);
char *__wrap_strndup(const char *s, size_t n);

void *__wrap_malloc(size_t n)
{
	return is_refused() ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t size)
{
	return is_refused() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t n)
{
	return is_refused() ? NULL : __real_realloc(p, n);
}

void *__wrap_reallocarray(void *p, size_t n, size_t size)
{
	return is_refused() ? NULL : __real_reallocarray(p, n, size);
}

char *__wrap_strdup(const char *s)
{
	return is_refused() ? NULL : __real_strdup(s);
}

char *__wrap_strndup(const char *s, size_t n)
{
	return is_refused() ? NULL : __real_strndup(s, n);
}

/* All that a decision needs; zero at rest. */
struct whole {
	struct bundle *read, *bundle;
	struct buf payload;
	struct ruleset rules;
	struct arena *arena;
	struct request requests[4];
	struct request_binding *binding;
	struct image *image;
	struct decision decisions[4];
};

static char request_text[4][4096];

static void release(struct whole *w)
{
	image_free(&w->image);
	request_binding_free(&w->binding);
	arena_free(&w->arena);
	ruleset_free(&w->rules);
	buf_free(&w->payload);
	bundle_free(&w->bundle);
	bundle_free(&w->read);
}

/* A directory's bundle, packed and unpacked again. */
static int take_bundle(struct whole *w, const char *dir, struct diags *d)
{
	int r = bundle_read_dir(dir, d, &w->read);

	if (r == 0)
		r = bundle_pack(w->read, d, &w->payload);
	return r < 0 ? r
		     : bundle_parse((const uint8_t *)w->payload.data, w->payload.len, d,
				    &w->bundle);
}

static int take_rules(struct whole *w, struct diags *d)
{
	const struct bundle *b = w->bundle;
	const struct ruleset_sources src = {
		.policies = b->policies,
		.n_policies = b->n_policies,
		.files = b->files,
		.n_files = b->n_files,
		.entities = b->entities,
		.tests = b->tests,
		.not_after_ms = b->not_after_ms,
		.rollout = { b->observe ? MODE_OBSERVE : MODE_ENFORCE, b->phases },
	};

	return ruleset_load(&src, 0, d, &w->rules);
}

static int take_requests(struct whole *w, struct diags *d)
{
	int r = arena_new(&w->arena);

	for (size_t i = 0; i < 4 && r == 0; i++) {
		const struct source src = { "request", request_text[i], strlen(request_text[i]) };
		_cleanup_json_ json_t *json = NULL;

		r = json_parse(&src, d, &json);
		if (r == 0)
			r = request_parse(json, &src, 0, w->arena, d, &w->requests[i]);
	}
	return r < 0 ? r : request_binding_new(w->requests, 4, &w->binding);
}

/* By the image and by the tree, which must agree; and as the kernel would be asked. */
static int decide(struct whole *w, size_t i)
{
	struct text texts[POSTERN_ASK_TEXTS];
	struct decision reference;
	struct postern_ask ask;
	int r = image_decide(w->image, w->binding, &w->requests[i], &w->decisions[i]);

	if (r == 0)
		r = decide_reference(w->rules.views, &w->requests[i], &reference);
	if (r == 0)
		r = image_ask(w->image, w->binding, &w->requests[i], &ask, texts);
	if (r == 0)
		assert_int_equal(reference.verdict, w->decisions[i].verdict);
	return r;
}

static int run(struct whole *w, const char *dir)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	int r = take_bundle(w, dir, &d);

	if (r == 0)
		r = take_rules(w, &d);
	if (r == 0)
		r = take_requests(w, &d);
	if (r == 0)
		r = image_compile(w->rules.views, request_binding_get(w->binding), &d, &w->image);
	for (size_t i = 0; i < 4 && r == 0; i++)
		r = decide(w, i);
	return r;
}

static void write_text(const char *dir, const char *name, const struct buf *b)
{
	char path[PATH_MAX];

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	assert_int_equal(file_write_atomic(AT_FDCWD, path, b->data, b->len, 0600), 0);
}

static void write_bundle(const char *dir, uint64_t seed)
{
	_cleanup_buf_ struct buf policies = BUF_INIT, entities = BUF_INIT, manifest = BUF_INIT;
	char path[PATH_MAX];

	(void)snprintf(path, sizeof(path), "%s/policies", dir);
	assert_int_equal(dir_make(path, 0700), 0);
	generate_policies(seed, &policies);
	generate_entities(seed, &entities);
	buf_puts(&manifest, "{\"format\":1,\"name\":\"set\",\"version\":1,\"audience\":[\"*\"],");
	generate_phases_text(seed, &manifest);
	buf_putc(&manifest, '}');
	write_text(dir, "policies/all.cedar", &policies);
	write_text(dir, "entities.json", &entities);
	write_text(dir, "bundle.json", &manifest);
	for (uint64_t i = 0; i < 4; i++) {
		_cleanup_buf_ struct buf line = BUF_INIT;

		generate_request(seed, i, &line);
		(void)snprintf(request_text[i], sizeof(request_text[i]), "%s", line.data);
	}
}

/* The whole way with so many allocations; true when it came to its end. */
static bool reaches_the_end(const char *dir, long allocations, const struct whole *right)
{
	struct whole w = { .payload = BUF_INIT };
	int r;

	left = allocations;
	r = run(&w, dir);
	left = -1;
	for (size_t i = 0; i < 4 && r == 0; i++) {
		assert_int_equal(w.decisions[i].verdict, right->decisions[i].verdict);
		assert_string_equal(w.decisions[i].reason, right->decisions[i].reason);
	}
	release(&w);
	return r == 0;
}

static void starve(const char *root, uint64_t seed, unsigned long moments)
{
	struct whole right = { .payload = BUF_INIT };
	unsigned long all, failed = 0;
	char dir[64];

	(void)snprintf(dir, sizeof(dir), "%s/%llu", root, (unsigned long long)seed);
	write_bundle(dir, seed);
	asked = 0;
	assert_int_equal(run(&right, dir), 0);
	all = asked;
	for (unsigned long i = 0; i < moments && i < all; i++)
		failed += !reaches_the_end(dir, (long)(moments < all ? i * all / moments : i),
					   &right);
	assert_true(failed > 0);
	assert_true(reaches_the_end(dir, (long)all, &right));
	print_message("%lu allocations, %lu of the moments end in a failure\n", all, failed);
	release(&right);
}

static void lack_of_memory_is_a_failure_or_the_right_answer(void **state)
{
	const bool everywhere = getenv("POSTERN_LONG");

	json_set_alloc_funcs(__wrap_malloc, free);
	for (uint64_t seed = 1; seed <= 3; seed++)
		starve(*state, seed, everywhere ? ULONG_MAX : 150);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(lack_of_memory_is_a_failure_or_the_right_answer,
						tmpdir_make, tmpdir_remove),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
