/* SPDX-License-Identifier: BSD-2-Clause */
/* Validation of trees and rows: each way of leading a look-up astray is refused in words of its own. */
#include "cm.h"

#include <errno.h>
#include <string.h>

#include "compiled.h"
#include "generate.h"

struct fixture {
	struct compiled c;
	struct postern_line *lines;
	struct postern_header *header;
	struct postern_directory *dir;
};

static void fixture_free(struct fixture *f)
{
	compiled_free(&f->c);
}
#define _cleanup_fixture_ _cleanup_(fixture_free)

static struct fixture make(const char *policies, const char *entities)
{
	struct fixture f;

	compiled_make(&f.c, policies, entities, NULL);
	f.lines = f.c.image->lines;
	f.header = (struct postern_header *)f.lines;
	f.dir = (struct postern_directory *)&f.lines[1];
	return f;
}

/* Of policies in which everything occurs. */
static struct fixture make_rich(void)
{
	_cleanup_buf_ struct buf policies = BUF_INIT, entities = BUF_INIT;

	generate_policies(11, &policies);
	generate_entities(11, &entities);
	return make(policies.data, entities.data);
}

/* Of policies whose rows are short. */
static struct fixture make_poor(void)
{
	return make("@id(\"a\") permit(principal, action == Action::\"connect\", resource) when {"
		    " resource.protocol == \"tcp\" };",
		    NULL);
}

static void refused(const struct fixture *f, const char *words)
{
	const char *why = "";

	assert_int_equal(image_validate(f->lines, f->c.image->n, &why), -EBADMSG);
	assert_string_equal(why, words);
}

static struct postern_tree *tree(const struct fixture *f, uint32_t line)
{
	return (struct postern_tree *)&f->lines[line];
}

/* The first row that is short, with more than one step. */
static struct postern_row *short_row(const struct fixture *f)
{
	for (uint32_t i = 0; i < f->header->rows; i++) {
		struct postern_row *row = (struct postern_row *)&f->lines[f->header->rows_line + i];

		if (!row->depth && row->key[1] != UINT32_MAX)
			return row;
	}
	fail();
	return NULL;
}

/* A tree of one key, which is in that line; its value is in the next one. */
static struct postern_tree one_key(uint32_t line)
{
	return (struct postern_tree){
		.depth = 1,
		.keys = 1,
		.keys_line = line,
		.values_line = line + 1,
		.level = { line, line + 1, line + 2 },
	};
}

static void steps_of_a_row_ascend(void **state)
{
	_cleanup_fixture_ struct fixture f = make_poor();
	struct postern_row *row = short_row(&f), whole = *row;

	(void)state;
	row->key[1] = 0;
	refused(&f, "row whose steps are not ascending");
	*row = whole;
	/* nothing comes after an unused one */
	row->key[1] = UINT32_MAX;
	row->key[2] = UINT32_MAX - 1;
	refused(&f, "row whose steps are not ascending");
	*row = whole;
	row->key[0] = 1;
	refused(&f, "row that does not begin at 0");
}

static void cells_of_a_row_exist(void **state)
{
	_cleanup_fixture_ struct fixture f = make_poor();
	struct postern_row *row = short_row(&f), whole = *row;

	(void)state;
	for (int i = 0; i < POSTERN_ROW_STEPS; i++) {
		row->cell[i] = f.dir->cells;
		refused(&f, "cell that does not exist");
		*row = whole;
	}
}

static void levels_and_values_lie_inside(void **state)
{
	_cleanup_fixture_ struct fixture f = make_rich();
	uint32_t n = f.c.image->n;
	struct postern_tree *t = tree(&f, f.dir->tree_v6);

	(void)state;
	*t = one_key(n);
	refused(&f, "tree level outside the image");
	*t = one_key(n - 1);
	memset(&f.lines[n - 1], 0xff, POSTERN_LINE);
	memset(&f.lines[n - 1], 0, sizeof(uint64_t));
	refused(&f, "tree values outside the image");
}

/* Else looking at all of them would take the square of the image's length. */
static void subtrees_share_no_keys(void **state)
{
	_cleanup_fixture_ struct fixture f = make_rich();

	(void)state;
	assert_true(f.dir->subtrees > 0);
	tree(&f, f.dir->subtrees_line)->keys = UINT32_MAX;
	refused(&f, "subtrees with more keys than fit");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(steps_of_a_row_ascend),
		cmocka_unit_test(cells_of_a_row_exist),
		cmocka_unit_test(levels_and_values_lie_inside),
		cmocka_unit_test(subtrees_share_no_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
