/* SPDX-License-Identifier: BSD-2-Clause */
/* Trees as written, looked up as the kernel looks them up: every size around the edges of a line. */
#include "compile/writer.h"

#include <stdlib.h>

#include "cm.h"

struct tree {
	struct writer w;
	uint64_t *keys;
	uint32_t *values;
	uint32_t at;
	size_t n;
	bool wide;
};

/* Keys 0, step, 2·step, …; values are their numbers. */
static void make(struct tree *t, size_t n, uint64_t step, bool wide)
{
	assert_int_equal(writer_init(&t->w, 1), 0);
	t->keys = calloc(n, sizeof(*t->keys));
	t->values = calloc(n, sizeof(*t->values));
	assert_true(t->keys && t->values);
	for (size_t i = 0; i < n; i++) {
		t->keys[i] = i * step;
		t->values[i] = (uint32_t)i;
	}
	t->n = n;
	t->wide = wide;
	t->at = writer_tree(&t->w, &(struct step_function){ t->keys, t->values, n, .wide = wide });
	assert_int_equal(t->w.err, 0);
}

static void release(struct tree *t)
{
	writer_deinit(&t->w);
	free(t->keys);
	free(t->values);
}

static uint32_t find(const struct tree *t, uint64_t x)
{
	struct postern_memory image = { t->w.lines.items, (uint32_t)t->w.lines.n };

	return t->wide ? postern_find64(&image, t->at, x)
		       : postern_find32(&image, t->at, (uint32_t)x);
}

static void check_all(const struct tree *t, uint64_t step, uint64_t max)
{
	for (size_t i = 0; i < t->n; i++) {
		assert_int_equal(find(t, t->keys[i]), i);
		assert_int_equal(find(t, t->keys[i] + step - 1), i);
		if (i)
			assert_int_equal(find(t, t->keys[i] - 1), i - 1);
	}
	assert_int_equal(find(t, max), t->n - 1);
}

static const size_t sizes[] = { 1, 2, 7, 8, 9, 15, 16, 17, 64, 65, 255, 256, 257, 4095, 4097 };

static void narrow_trees_find_the_key_below(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct tree t;

		make(&t, sizes[i], 1000003, false);
		check_all(&t, 1000003, UINT32_MAX);
		release(&t);
	}
}

static void wide_trees_find_the_key_below(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct tree t;

		make(&t, sizes[i], 0x10000000003ull, true);
		check_all(&t, 0x10000000003ull, UINT64_MAX);
		release(&t);
	}
}

static void the_largest_key_is_a_key(void **state)
{
	uint64_t keys[] = { 0, UINT32_MAX };
	uint32_t values[] = { 5, 6 };
	struct step_function f = { keys, values, 2, .wide = false };
	struct tree t = { .wide = false };

	(void)state;
	assert_int_equal(writer_init(&t.w, 1), 0);
	t.at = writer_tree(&t.w, &f);
	assert_int_equal(find(&t, UINT32_MAX - 1), 5);
	assert_int_equal(find(&t, UINT32_MAX), 6);
	release(&t);
}

static void outside_the_image_there_is_nothing(void **state)
{
	struct tree t;

	(void)state;
	make(&t, 100, 10, false);
	t.w.lines.n -= 1; /* the values' last line */
	assert_int_equal(find(&t, 990), POSTERN_NONE);
	t.w.lines.n = t.at;
	assert_int_equal(find(&t, 0), POSTERN_NONE);
	release(&t);
}

static void past_the_limit_nothing_is_written(void **state)
{
	struct writer w;

	(void)state;
	assert_int_equal(writer_init(&w, 1), 0);
	assert_int_equal(writer_reserve(&w, (size_t)POSTERN_IMAGE_LINES_MAX), 0);
	assert_int_equal(w.err, -E2BIG);
	assert_int_equal(w.lines.n, POSTERN_FIRST_FREE_LINE);
	writer_deinit(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(narrow_trees_find_the_key_below),
		cmocka_unit_test(wide_trees_find_the_key_below),
		cmocka_unit_test(the_largest_key_is_a_key),
		cmocka_unit_test(outside_the_image_there_is_nothing),
		cmocka_unit_test(past_the_limit_nothing_is_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
