/* SPDX-License-Identifier: BSD-2-Clause */
/* Giving memory back: what is needed is still there, what is not goes. */
#include "base/resident.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cm.h"

enum { MANY = 4096, EACH = 4000 }; /* below what malloc maps by itself */

static const char constant[] = "a text that is in the file";

static void what_is_needed_is_still_there(void **state)
{
	char *kept = strdup("kept");

	(void)state;
	assert_non_null(kept);
	for (int i = 0; i < 3; i++) {
		resident_drop();
		assert_string_equal(constant, "a text that is in the file");
		assert_string_equal(kept, "kept");
	}
	free(kept);
}

/* All but the last piece, which keeps the heap from just ending earlier. */
static void fill_and_free(char **piece)
{
	for (size_t i = 0; i < MANY; i++) {
		piece[i] = malloc(EACH);
		assert_non_null(piece[i]);
		memset(piece[i], 1, EACH);
	}
	for (size_t i = 0; i + 1 < MANY; i++)
		free(piece[i]);
}

static size_t resident(void)
{
	FILE *f = fopen("/proc/self/statm", "re");
	unsigned long pages = 0;

	assert_non_null(f);
	assert_int_equal(fscanf(f, "%*u %lu", &pages), 1);
	(void)fclose(f);
	return pages * (size_t)sysconf(_SC_PAGESIZE);
}

static void freed_memory_goes(void **state)
{
	static char *piece[MANY];
	size_t before;

	(void)state;
	fill_and_free(piece);
	before = resident();
	assert_true(before > (size_t)MANY * EACH);
	resident_drop();
	if (!SANITIZED)
		assert_true(resident() + (size_t)MANY * EACH / 2 < before);
	assert_int_equal(piece[MANY - 1][EACH - 1], 1);
	free(piece[MANY - 1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_needed_is_still_there),
		cmocka_unit_test(freed_memory_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
