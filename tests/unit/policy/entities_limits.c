/* SPDX-License-Identifier: BSD-2-Clause */
/* Limits of entities: what a hostile bundle cannot make us spend, and a million prefixes. */
#include "entities_json.h"

#include <stdlib.h>

#include <postern/limits.h>

/* A chain of Zones, each in the next. */
static char *chain(unsigned int n)
{
	struct buf b = BUF_INIT;

	buf_putc(&b, '[');
	for (unsigned int i = 0; i < n; i++) {
		buf_printf(&b,
			   "%s{\"uid\":" UID("Zone", "z%03u") ",\"attrs\":{\"prefixes\":[]},"
							      "\"parents\":[",
			   i ? "," : "", i);
		if (i + 1 < n)
			buf_printf(&b, UID("Zone", "z%03u"), i + 1);
		buf_puts(&b, "]}");
	}
	buf_putc(&b, ']');
	return buf_take(&b);
}

static void depth_has_a_limit(void **state)
{
	_cleanup_free_ char *most = chain(POSTERN_ENTITY_DEPTH_MAX + 1);
	_cleanup_free_ char *more = chain(POSTERN_ENTITY_DEPTH_MAX + 2);
	_cleanup_entity_set_ struct entity_set *set = parse_good(most, NULL);
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct entity_set *refused = NULL;

	(void)state;
	assert_int_equal(find(set, ENTITY_ZONE, "z000")->n_ancestors, POSTERN_ENTITY_DEPTH_MAX);
	assert_int_equal(parse(more, NULL, &d, &refused), -EBADMSG);
	assert_string_equal(d.items[0].code, "entity-depth");
	assert_null(refused);
}

/* Each file counts as often as it is named, so that a small bundle cannot fill the memory. */
static void prefixes_have_a_limit(void **state)
{
	size_t lines = POSTERN_PREFIXES_MAX / 2;
	_cleanup_free_ char *blank = malloc(lines);
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct entity_set *set = NULL;
	struct source item = { "blank.txt", blank, lines };
	struct bundle_files files = { .items = &item, .n = 1 };

	(void)state;
	assert_non_null(blank);
	memset(blank, '\n', lines);
	assert_int_equal(parse("[" ZONE("z", "", "\"@blank.txt\",\"@blank.txt\"") "]", &files, &d,
			       &set),
			 -EBADMSG);
	assert_string_equal(d.items[0].code, "entity-too-many");
	assert_null(set);
}

/* What threat feeds look like: unsorted, with overlaps, a million lines. */
static void a_million_prefixes_work(void **state)
{
	_cleanup_entity_set_ struct entity_set *set = NULL;
	_cleanup_buf_ struct buf feed = BUF_INIT;
	struct source item = { .name = "feed.txt" };
	struct bundle_files files = { .items = &item, .n = 1 };
	const struct entity *z;

	(void)state;
	for (uint32_t i = 0; i < 1000000; i++) {
		uint32_t n = i * 2654435761u; /* odd: a permutation of all addresses */

		buf_printf(&feed, "%u.%u.%u.%u/32\n", n >> 24, n >> 16 & 255, n >> 8 & 255,
			   n & 255);
	}
	assert_int_equal(buf_error(&feed), 0);
	item.text = feed.data;
	item.len = feed.len;
	set = parse_good("[" ZONE("z", "", "\"@feed.txt\",\"0.0.0.0/9\"") "]", &files);
	z = find(set, ENTITY_ZONE, "z");
	assert_in_range(z->list->n, 900000, 1000000);
	assert_true(in_zone(z, "158.55.121.177")); /* the second line */
	assert_false(in_zone(z, "158.55.121.178"));
	assert_true(in_zone(z, "0.127.255.255"));
}

/* A document full of errors is given up early: each message costs a search for its place. */
static void errors_have_a_limit(void **state)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_buf_ struct buf json = BUF_INIT;
	struct entity_set *set = NULL;

	(void)state;
	buf_puts(&json, "[{\"uid\":" UID("Zone", "z") ",\"parents\":[],\"attrs\":{\"prefixes\":[");
	for (int i = 0; i < 200000; i++)
		buf_printf(&json, "%s\"%d\"", i ? "," : "", i);
	buf_puts(&json, "]}}]");
	assert_int_equal(parse(json.data, NULL, &d, &set), -EBADMSG);
	assert_int_equal(d.errors, READER_ERRORS_MOST);
	assert_null(set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(depth_has_a_limit),
		cmocka_unit_test(prefixes_have_a_limit),
		cmocka_unit_test(a_million_prefixes_work),
		cmocka_unit_test(errors_have_a_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
