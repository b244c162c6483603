/* SPDX-License-Identifier: BSD-2-Clause */
/* Depth: what would make a recursive walk deep is refused, however much of it there is, and one step less is not. */
#include "policy/policy.h"

#include <errno.h>

#include <postern/limits.h>

#include "cm.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static int make(void **state)
{
	struct policy_set *set = NULL;

	if (policy_set_new(&set) < 0)
		return -1;
	*state = set;
	return 0;
}

static int release(void **state)
{
	struct policy_set *set = *state;

	policy_set_free(&set);
	return set ? -1 : 0;
}

/* `open` n times, `middle`, `close` n times */
static int parse_repeated(struct policy_set *set, const char *const parts[3], size_t n,
			  struct diags *d)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct source src = { .name = "t" };
	struct expr *e;

	for (size_t i = 0; i < n; i++)
		buf_puts(&text, parts[0]);
	buf_puts(&text, parts[1]);
	for (size_t i = 0; i < n; i++)
		buf_puts(&text, parts[2]);
	src.text = text.data;
	src.len = text.len;
	return policy_parse_expr(set, &src, d, &e);
}

static void depth_is_bounded(void **state)
{
	static const struct {
		const char *parts[3];
		size_t most;
	} rows[] = {
		{ { "(", "1", ")" }, POSTERN_NESTING_MAX },
		{ { "[", "1", "]" }, POSTERN_NESTING_MAX },
		{ { "{a: ", "1", "}" }, POSTERN_NESTING_MAX },
		{ { "ip(", "1", ")" }, POSTERN_NESTING_MAX },
		{ { "1.contains(", "1", ")" }, POSTERN_NESTING_MAX },
		{ { "if true then 1 else ", "1", "" }, POSTERN_NESTING_MAX },
		{ { "if ", "true", " then 1 else 2" }, POSTERN_NESTING_MAX },
		{ { "true && ", "true", "" }, EXPR_HEIGHT_MAX - 1 },
		{ { "", "1", " + 1" }, EXPR_HEIGHT_MAX - 1 },
		{ { "", "principal", ".a" }, EXPR_HEIGHT_MAX - 1 },
		{ { "", "principal", "[\"a\"]" }, EXPR_HEIGHT_MAX - 1 },
		{ { "", "principal", ".contains(1)" }, EXPR_HEIGHT_MAX - 1 },
	};
	static const size_t more[] = { 1, 2, 5000, 200000 };

	for (size_t i = 0; i < COUNT(rows); i++) {
		_cleanup_diags_ struct diags good = DIAGS_INIT;

		assert_int_equal(parse_repeated(*state, rows[i].parts, rows[i].most, &good), 0);
		for (size_t k = 0; k < COUNT(more); k++) {
			_cleanup_diags_ struct diags d = DIAGS_INIT;

			assert_int_equal(parse_repeated(*state, rows[i].parts,
							rows[i].most + more[k], &d),
					 -EBADMSG);
			assert_int_equal(d.n, 1);
			assert_string_equal(d.items[0].code, "syntax-nesting");
		}
	}
}

static void parentheses_of_the_scope_are_bounded(void **state)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct source src = { .name = "t" };

	buf_puts(&text, "permit(principal == ");
	for (size_t i = 0; i < 100000; i++)
		buf_putc(&text, '(');
	src.text = text.data;
	src.len = text.len;
	assert_int_equal(policy_parse(*state, &src, &d), -EBADMSG);
	assert_int_equal(d.n, 1);
	assert_string_equal(d.items[0].code, "syntax-nesting");
}

#define parse_test(f) cmocka_unit_test_setup_teardown(f, make, release)

int main(void)
{
	const struct CMUnitTest tests[] = {
		parse_test(depth_is_bounded),
		parse_test(parentheses_of_the_scope_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
