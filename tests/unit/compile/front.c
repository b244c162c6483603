/* SPDX-License-Identifier: BSD-2-Clause */
/* Trees with a front: looked up as the kernel looks them up, and what the validator says when one is spoiled. */
#include "compile/validate.h"
#include "compile/writer.h"

#include <stdlib.h>

#include "cm.h"
#include "generate_world.h"

struct tree {
	struct writer w;
	uint64_t *keys;
	uint32_t *values;
	uint32_t at;
	size_t n;
};

static void write_tree(struct tree *t)
{
	t->at = writer_tree(&t->w,
			    &(struct step_function){ t->keys, t->values, t->n, .front = true });
	assert_int_equal(t->w.err, 0);
}

/* Ascending keys, `n` at most, each so far from the one before as `gap` says. */
static void make(struct tree *t, size_t n, uint64_t (*gap)(struct rng *rng))
{
	struct rng rng = { n };
	uint64_t key = 0;

	assert_int_equal(writer_init(&t->w, 1), 0);
	t->keys = calloc(n, sizeof(*t->keys));
	t->values = calloc(n, sizeof(*t->values));
	assert_true(t->keys && t->values);
	for (t->n = 0; t->n < n && key <= UINT32_MAX; t->n++) {
		t->keys[t->n] = key;
		t->values[t->n] = ((uint32_t)t->n * 7 + 1) % 65535;
		key += gap(&rng);
	}
	write_tree(t);
}

static void release(struct tree *t)
{
	writer_deinit(&t->w);
	free(t->keys);
	free(t->values);
}

static struct postern_tree *descriptor(struct tree *t)
{
	return (struct postern_tree *)&t->w.lines.items[t->at];
}

static uint32_t find(struct tree *t, uint32_t x)
{
	struct postern_memory image = { t->w.lines.items, (uint32_t)t->w.lines.n };

	return postern_find_front(&image, t->at, x);
}

/* What the step function says, by bisection. */
static uint32_t expected(const struct tree *t, uint32_t x)
{
	size_t low = 0, high = t->n;

	while (high - low > 1) {
		size_t middle = (low + high) / 2;

		if (t->keys[middle] <= x)
			low = middle;
		else
			high = middle;
	}
	return t->values[low];
}

/* At each key and on both sides of it, at the edges of high halves, and somewhere. */
static void check_probes(struct tree *t)
{
	struct rng rng = { 77 };

	assert_true(descriptor(t)->front_line);
	for (size_t i = 0; i < t->n; i++) {
		uint32_t key = (uint32_t)t->keys[i];

		assert_int_equal(find(t, key), t->values[i]);
		assert_int_equal(find(t, key - 1), expected(t, key - 1));
		assert_int_equal(find(t, key + 1), expected(t, key + 1));
	}
	for (uint32_t high = 0; high < 65536; high++) {
		assert_int_equal(find(t, high << 16), expected(t, high << 16));
		assert_int_equal(find(t, high << 16 | 0xffff), expected(t, high << 16 | 0xffff));
	}
	for (size_t i = 0; i < 200000; i++) {
		uint32_t x = rng_below(&rng, 1u << 16) << 16 | rng_below(&rng, 1u << 16);

		assert_int_equal(find(t, x), expected(t, x));
	}
}

static uint64_t gap_even(struct rng *rng)
{
	return 1 + rng_below(rng, 5000);
}

/* Dense here and there: under some high halves more keys than are looked at in place, and none under many. */
static uint64_t gap_clustered(struct rng *rng)
{
	return rng_below(rng, 200) ? 1 + rng_below(rng, 3) : 1 + rng_below(rng, 60000000);
}

/* As many as just are a run still, and a few more or less. */
static uint64_t gap_at_limit(struct rng *rng)
{
	return 1020 + rng_below(rng, 400);
}

static uint64_t gap_of_halves(struct rng *rng)
{
	(void)rng;
	return 65536;
}

static void fronts_find_the_key_below(void **state)
{
	uint64_t (*const gaps[])(struct rng *) = { gap_even, gap_clustered, gap_at_limit,
						   gap_of_halves };
	const size_t keys[] = { 16385, 16400, 1000000 };
	struct tree t;

	(void)state;
	for (size_t g = 0; g < sizeof(gaps) / sizeof(gaps[0]); g++) {
		for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
			make(&t, keys[i], gaps[g]);
			check_probes(&t);
			release(&t);
		}
	}
}

static void the_largest_key_is_a_key(void **state)
{
	struct tree t;

	(void)state;
	make(&t, 20000, gap_even);
	t.keys[t.n - 1] = UINT32_MAX;
	write_tree(&t);
	check_probes(&t);
	release(&t);
}

/* Too few keys to be worth one. */
static void small_trees_have_none(void **state)
{
	struct tree t;

	(void)state;
	make(&t, 16384, gap_even);
	assert_false(descriptor(&t)->front_line);
	release(&t);
}

/* A step has sixteen bits for its value. */
static void large_values_have_none(void **state)
{
	struct tree t;

	(void)state;
	make(&t, 20000, gap_even);
	t.values[19999] = 65535;
	write_tree(&t);
	assert_false(descriptor(&t)->front_line);
	assert_int_equal(find(&t, UINT32_MAX), 65535);
	release(&t);
}

/* ---- the validator ---------------------------------------------------------------------------- */

static const char *refused_below(struct tree *t, uint32_t values)
{
	const struct tree_bounds bounds = { .values = values, .front = true };

	return check_tree(&(struct checked){ .lines = t->w.lines.items,
					     .n = (uint32_t)t->w.lines.n },
			  t->at, &bounds);
}

static const char *refused(struct tree *t)
{
	return refused_below(t, 65535);
}

static uint32_t *words(struct tree *t, uint32_t line)
{
	return t->w.lines.items[line].word;
}

/* A word that is wrong is refused, and right again when it is put back. */
static void check_spoiled(struct tree *t, uint32_t *word, uint32_t wrong, const char *why)
{
	uint32_t right = *word;
	const char *said;

	*word = wrong;
	said = refused(t);
	assert_non_null(said);
	if (why)
		assert_string_equal(said, why);
	*word = right;
}

/* The value that stands for a tree is no step's, even where there are as many values. */
static void check_spoiled_below(struct tree *t, uint32_t *word, uint32_t wrong, uint32_t values)
{
	uint32_t right = *word;

	*word = wrong;
	assert_string_equal(refused_below(t, values), "run with a value that does not exist");
	*word = right;
}

static void entries_that_are_off_are_refused(void **state)
{
	struct tree t;
	uint32_t *entry;

	(void)state;
	make(&t, 20000, gap_even);
	assert_null(refused(&t));
	entry = words(&t, descriptor(&t)->front_line);
	check_spoiled(&t, &entry[0], 1, "front of a tree that does not fit its runs");
	check_spoiled(&t, &entry[POSTERN_FRONT_ENTRIES - 1], POSTERN_NONE,
		      "front of a tree that does not fit its runs");
	for (size_t i = 1; i < 500; i++) {
		check_spoiled(&t, &entry[i], entry[i + 1], NULL);
		check_spoiled(&t, &entry[i], entry[i] + 1, NULL);
		check_spoiled(&t, &entry[i], POSTERN_NONE, "runs that do not follow one another");
	}
	assert_null(refused(&t));
	release(&t);
}

static void wrong_steps_are_refused(void **state)
{
	uint32_t *entry, *word, at;
	struct tree t;

	(void)state;
	make(&t, 20000, gap_even);
	entry = words(&t, descriptor(&t)->front_line);
	word = words(&t, descriptor(&t)->keys_line);
	at = entry[3];
	assert_true(entry[4] - at > 2);
	check_spoiled(&t, &word[at], POSTERN_RUN_STEP(1, 1), "run that does not begin at 0");
	check_spoiled(&t, &word[at + 1], word[at], "run whose steps are not ascending");
	check_spoiled(&t, &word[at + 1], POSTERN_RUN_STEP(word[at + 1] >> 16, 65535),
		      "run with a value that does not exist");
	assert_null(refused(&t));
	release(&t);
}

/* Rows that no step can name are those of other trees: of IPv6 addresses. */
static void more_values_than_steps_can_have_are_none_of_its_concern(void **state)
{
	uint32_t *word;
	struct tree t;

	(void)state;
	make(&t, 20000, gap_even);
	word = words(&t, descriptor(&t)->keys_line);
	assert_null(refused_below(&t, 65536));
	assert_null(refused_below(&t, 1000000));
	check_spoiled_below(&t, &word[1], word[1] | 0xffff, 1000000);
	check_spoiled_below(&t, &word[0], POSTERN_RUN_TREE, 1000000);
	release(&t);
}

static void wrong_trees_of_runs_are_refused(void **state)
{
	uint32_t *entry, *word, high = 0;
	struct tree t;

	(void)state;
	make(&t, 20000, gap_clustered);
	entry = words(&t, descriptor(&t)->front_line);
	word = words(&t, descriptor(&t)->keys_line);
	while (high < 65536 && word[entry[high]] != POSTERN_RUN_TREE)
		high++;
	assert_true(high < 65536);
	word += entry[high] + 1;
	assert_null(refused(&t));
	check_spoiled(&t, word, POSTERN_NONE, "tree of a run outside the image");
	/* one that leads to itself would never end */
	check_spoiled(&t, word, t.at, "front of a tree that nobody looks at");
	check_spoiled(&t, &t.w.lines.items[*word].word[1], 0x40000000,
		      "trees of runs with more keys than fit");
	assert_null(refused(&t));
	release(&t);
}

static void what_lies_outside_the_image_is_refused(void **state)
{
	struct tree t;

	(void)state;
	make(&t, 20000, gap_even);
	t.w.lines.n--; /* of the front, which is the last thing written */
	assert_string_equal(refused(&t), "front of a tree outside the image");
	assert_int_equal(find(&t, UINT32_MAX), POSTERN_NONE);
	t.w.lines.n++;
	check_spoiled(&t, &descriptor(&t)->front_line, POSTERN_NONE,
		      "front of a tree outside the image");
	check_spoiled(&t, &descriptor(&t)->keys_line, POSTERN_NONE,
		      "front of a tree outside the image");
	check_spoiled(&t, &descriptor(&t)->keys, 0x7fffffff, "front of a tree outside the image");
	check_spoiled(&t, &descriptor(&t)->depth, 1, "front of a tree that cannot have one");
	assert_null(refused(&t));
	release(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fronts_find_the_key_below),
		cmocka_unit_test(the_largest_key_is_a_key),
		cmocka_unit_test(small_trees_have_none),
		cmocka_unit_test(large_values_have_none),
		cmocka_unit_test(entries_that_are_off_are_refused),
		cmocka_unit_test(wrong_steps_are_refused),
		cmocka_unit_test(more_values_than_steps_can_have_are_none_of_its_concern),
		cmocka_unit_test(wrong_trees_of_runs_are_refused),
		cmocka_unit_test(what_lies_outside_the_image_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
