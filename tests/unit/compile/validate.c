/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Validation: images of the compiler pass; with a damaged one either validation says no, or every
 * look-up still stays inside, which the sanitizers watch.
 */
#include "cm.h"

#include <errno.h>
#include <stdlib.h>

#include "compile/context.h"
#include "compiled.h"
#include "generate.h"

struct fixture {
	struct compiled c;
	struct postern_line *lines; /* a copy to damage */
	uint32_t n;
};

static int make(void **state)
{
	_cleanup_buf_ struct buf policies = BUF_INIT, entities = BUF_INIT;
	struct fixture *f = calloc(1, sizeof(*f));

	generate_policies(11, &policies);
	generate_entities(11, &entities);
	compiled_make(&f->c, policies.data, entities.data, NULL);
	f->n = f->c.image->n;
	f->lines = malloc((size_t)f->n * POSTERN_LINE);
	memcpy(f->lines, f->c.image->lines, (size_t)f->n * POSTERN_LINE);
	*state = f;
	return 0;
}

static int release(void **state)
{
	struct fixture *f = *state;

	compiled_free(&f->c);
	free(f->lines);
	free(f);
	return 0;
}

static bool valid(const struct fixture *f)
{
	const char *why = NULL;
	int r = image_validate(f->lines, f->n, &why);

	assert_true(r == 0 || (r == -EBADMSG && why && *why));
	return r == 0;
}

static void restore(struct fixture *f)
{
	f->n = f->c.image->n;
	memcpy(f->lines, f->c.image->lines, (size_t)f->n * POSTERN_LINE);
}

static struct postern_header *header(struct fixture *f)
{
	return (struct postern_header *)f->lines;
}

static struct postern_directory *directory(struct fixture *f)
{
	return (struct postern_directory *)&f->lines[1];
}

static void what_the_compiler_made_is_valid(void **state)
{
	assert_true(valid(*state));
}

static void every_shorter_image_is_refused(void **state)
{
	struct fixture *f = *state;

	for (f->n = 0; f->n < f->c.image->n; f->n++) {
		assert_false(valid(f));
		if (f->n > 2) {
			/* Also when the header says so. */
			header(f)->lines = f->n;
			assert_false(valid(f));
			header(f)->lines = f->c.image->n;
		}
	}
}

static void wrong_words_of_the_header_are_refused(void **state)
{
	struct fixture *f = *state;
	uint32_t *const words[] = {
		&header(f)->magic,	   &header(f)->version,	     &header(f)->lines,
		&header(f)->mode,	   &header(f)->strings_mask, &header(f)->strings_line,
		&header(f)->strings_probe, &header(f)->rows_line,    &header(f)->rows,
		&header(f)->names_line,
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		*words[i] = 0x7ffffff1;
		assert_false(valid(f));
		restore(f);
	}
}

static void wrong_places_in_the_directory_are_refused(void **state)
{
	struct fixture *f = *state;
	uint32_t *words = f->lines[1].word;

	assert_true(directory(f)->subtrees > 0);
	for (int i = 0; i < 16; i++) {
		words[i] = 0x7ffffff1;
		assert_false(valid(f));
		restore(f);
	}
}

/* What closes stands among the permits, in at least one view, and only POSTERN_CLOSED is no policy. */
static void what_closes_is_no_forbid_and_no_policy(void **state)
{
	struct fixture *f = *state;
	struct postern_alternative *a =
		(struct postern_alternative *)&f->lines[directory(f)->alternatives_line];
	uint32_t last = directory(f)->alternatives - 1;

	assert_false(a[last].flags & (POSTERN_ALT_FORBID | POSTERN_ALT_MORE));
	assert_false(last && a[last - 1].flags & POSTERN_ALT_MORE);
	a[last].policy = POSTERN_CLOSED;
	assert_true(valid(f));
	a[last].policy = header(f)->policies;
	assert_false(valid(f));
	a[last].policy = POSTERN_NONE;
	assert_false(valid(f));
	restore(f);
	a[last].flags &= ~(POSTERN_ALT_ENFORCED | POSTERN_ALT_REPORTED);
	assert_false(valid(f));
	a[last].flags |= POSTERN_ALT_ENFORCED;
	assert_true(valid(f));
	restore(f);
	a[0].flags |= POSTERN_ALT_FORBID;
	a[0].policy = POSTERN_CLOSED;
	assert_false(valid(f));
}

static void alternatives_out_of_order_are_refused(void **state)
{
	struct fixture *f = *state;
	struct postern_alternative *a =
		(struct postern_alternative *)&f->lines[directory(f)->alternatives_line];
	uint32_t i = 1;

	while (i < directory(f)->alternatives && a[i].policy == a[i - 1].policy)
		i++;
	assert_true(i < directory(f)->alternatives);
	a[i - 1].flags = POSTERN_ALT_REPORTED;
	a[i].flags = POSTERN_ALT_REPORTED | POSTERN_ALT_FORBID;
	assert_false(valid(f));
}

/* A table with one fact of each kind, and what no such fact can be. */
static void facts_that_cannot_be_are_refused(void **state)
{
	static const char policies[] =
		"@id(\"a\") permit(principal, action == Action::\"connect\", resource) when {"
		" context.device.aslr && context.session.mfa && context.local.weekday > 1 &&"
		" context.now < datetime(\"2030-01-01\") && resource.localPort == 7 &&"
		" resource.localIp == ip(\"10.0.0.1\") && resource.localIp == ip(\"::1\") };";
	static const struct postern_fact wrong[] = {
		{ .kind = 0 },
		{ .kind = POSTERN_FACT_LOCAL_V4 + 1 },
		{ .kind = POSTERN_FACT_DEVICE, .mask = 2 },
		{ .kind = POSTERN_FACT_DEVICE, .flags = POSTERN_FACT_V4 },
		{ .kind = POSTERN_FACT_MFA, .mask = 4 },
		{ .kind = POSTERN_FACT_WEEKDAY, .mask = 1 },
		{ .kind = POSTERN_FACT_WEEKDAY, .mask = 256 },
		{ .kind = POSTERN_FACT_NOW, .low = 1, .high = 0 },
		{ .kind = POSTERN_FACT_LOCAL_PORT, .low = 0, .high = -1 },
		{ .kind = POSTERN_FACT_LOCAL_IP, .mask = 129 },
		{ .kind = POSTERN_FACT_LOCAL_IP, .mask = 33, .flags = POSTERN_FACT_V4 },
		{ .kind = POSTERN_FACT_LOCAL_IP, .mask = 1, .flags = 2 },
	};
	_cleanup_compiled_ struct compiled c;
	struct postern_annex *annex;
	struct postern_fact *f, right;
	const char *why = "";

	(void)state;
	compiled_make(&c, policies, NULL, NULL);
	annex = (struct postern_annex *)&c.image->lines[POSTERN_ANNEX_LINE];
	f = (struct postern_fact *)&c.image->lines[annex->facts_line];
	assert_int_equal(annex->facts, 7);
	for (uint32_t i = 0; i < annex->facts; i++) {
		right = f[i];
		for (size_t k = 0; k < sizeof(wrong) / sizeof(wrong[0]); k++) {
			f[i] = wrong[k];
			assert_int_equal(image_validate(c.image->lines, c.image->n, &why),
					 -EBADMSG);
		}
		f[i] = right;
	}
	assert_int_equal(image_validate(c.image->lines, c.image->n, &why), 0);
}

static void facts_that_are_not_there_are_refused(void **state)
{
	struct fixture *f = *state;
	struct postern_annex *annex = (struct postern_annex *)&f->lines[POSTERN_ANNEX_LINE];
	struct postern_alternative *a =
		(struct postern_alternative *)&f->lines[directory(f)->alternatives_line];
	struct postern_cell *cell = (struct postern_cell *)&f->lines[directory(f)->cells_line];

	assert_true(annex->facts > 0 && annex->facts < 64);
	annex->facts--;
	assert_false(valid(f));
	restore(f);
	annex->facts = POSTERN_FACTS_MAX + 1;
	assert_false(valid(f));
	restore(f);
	annex->facts_line = f->n;
	assert_false(valid(f));
	restore(f);
	/* a cell that asks for less than its alternatives would find them false */
	for (uint32_t i = 0; i < directory(f)->cells; i++) {
		if (!cell[i].facts)
			continue;
		cell[i].facts = 0;
		assert_false(valid(f));
		restore(f);
	}
	a[0].must_not ^= 1ull << annex->facts;
	assert_false(valid(f));
}

/* Looks everything up that a request can reach; the sanitizers see any step outside. */
static void look_around(const struct fixture *f, uint64_t x)
{
	struct postern_memory m = { f->lines, f->n };
	struct postern_walk w = { .image = &m };
	struct postern_destination d = {
		.high = x * 0x9e3779b97f4a7c15ull,
		.low = x * 0xbf58476d1ce4e5b9ull,
		.v4 = x & 1,
		.action = (uint32_t)(x % POSTERN_ACTIONS),
		.protocol = (uint32_t)(x % POSTERN_PROTOCOLS),
		.port = (uint32_t)(x * 7919 & 0xffff),
	};
	struct postern_text t = { (uint64_t)(uintptr_t) "abab", (uint32_t)(x % 5), 0 };

	for (uint32_t dim = 0; dim < POSTERN_DIMS; dim++) {
		bool text = dim >= POSTERN_DIM_EXE && dim <= POSTERN_DIM_IDENTITY;

		w.subject.cls[dim] = text ? postern_classify(&m, dim, &t) : 0;
		assert_int_not_equal(w.subject.cls[dim], POSTERN_NONE);
	}
	w.subject.cls[POSTERN_DIM_USER] = postern_classify_user(&m, (uint32_t)x);
	w.subject.cls[POSTERN_DIM_GID] = postern_classify_gid(&m, (uint32_t)x);
	assert_int_equal(postern_add_group(&m, (uint32_t)x, &w.subject.groups), 0);
	assert_int_equal(facts_decide(&m, &(struct postern_context){ .now_ms = (int64_t)x },
				      &w.subject.facts),
			 0);
	assert_int_equal(postern_match(&w, &d), 0);
}

static void what_passes_can_be_looked_up(void **state)
{
	struct fixture *f = *state;
	uint64_t x = 99;
	size_t passed = 0;

	for (int i = 0; i < 20000; i++) {
		size_t bit;

		x = x * 6364136223846793005ull + 1442695040888963407ull;
		bit = (size_t)(x >> 20) % ((size_t)f->n * POSTERN_LINE * 8);
		if (i % 3 == 0) /* the parts that steer look-ups */
			bit %= POSTERN_FIRST_FREE_LINE * POSTERN_LINE * 8;
		((uint8_t *)f->lines)[bit / 8] ^= (uint8_t)(1u << (bit % 8));
		if (valid(f)) {
			passed++;
			for (uint64_t k = 0; k < 20; k++)
				look_around(f, x + k);
		}
		((uint8_t *)f->lines)[bit / 8] ^= (uint8_t)(1u << (bit % 8));
	}
	assert_true(passed > 1000 && passed < 19000);
}

#define image_test(f) cmocka_unit_test_setup_teardown(f, make, release)

int main(void)
{
	const struct CMUnitTest tests[] = {
		image_test(what_the_compiler_made_is_valid),
		image_test(every_shorter_image_is_refused),
		image_test(wrong_words_of_the_header_are_refused),
		image_test(wrong_places_in_the_directory_are_refused),
		image_test(what_closes_is_no_forbid_and_no_policy),
		image_test(alternatives_out_of_order_are_refused),
		cmocka_unit_test(facts_that_cannot_be_are_refused),
		image_test(facts_that_are_not_there_are_refused),
		image_test(what_passes_can_be_looked_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
