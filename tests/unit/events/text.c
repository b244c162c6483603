/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Texts that a process chose: nothing in them reaches a terminal as a command, and nothing is lost.
 */
#include "events/record.h"

#include <string.h>

#include "cm.h"

static void expect(const char *bytes, size_t len, const char *text)
{
	_cleanup_json_ json_t *j = event_text(bytes, len);

	assert_non_null(j);
	assert_string_equal(json_string_value(j), text);
}

static void plain_text_stays(void **state)
{
	(void)state;
	expect("", 0, "");
	expect("/usr/bin/curl", 13, "/usr/bin/curl");
	expect("a \\ \" ' b", 9, "a \\ \" ' b");
	expect("grüße", strlen("grüße"), "grüße");
	expect("\xf0\x9f\x90\xa7", 4, "\xf0\x9f\x90\xa7");
}

static void controls_are_written_out(void **state)
{
	(void)state;
	expect("\x1b[2J", 4, "\\x1b[2J");
	expect("a\nb\r\t", 5, "a\\x0ab\\x0d\\x09");
	expect("a\0b", 3, "a\\x00b");
	expect("\x7f", 1, "\\x7f");
	expect("\xc2\x9b"
	       "31m",
	       5, "\\xc2\\x9b31m"); /* CSI as one character */
	expect("\xe2\x80\xae"
	       "gpj",
	       6, "\\xe2\\x80\\xaegpj"); /* right-to-left override */
}

static void what_is_not_utf8_is_written_out(void **state)
{
	(void)state;
	expect("\xff\xfe", 2, "\\xff\\xfe");
	expect("a\x80"
	       "b",
	       3, "a\\x80b");
	expect("\xc3", 1, "\\xc3"); /* cut */
	expect("\xe2\x82", 2, "\\xe2\\x82");
	expect("\xc0\xaf", 2, "\\xc0\\xaf"); /* overlong */
	expect("\xe0\x80\xaf", 3, "\\xe0\\x80\\xaf");
	expect("\xed\xa0\x80", 3, "\\xed\\xa0\\x80"); /* surrogate */
	expect("\xf4\x90\x80\x80", 4, "\\xf4\\x90\\x80\\x80"); /* past the last */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_text_stays),
		cmocka_unit_test(controls_are_written_out),
		cmocka_unit_test(what_is_not_utf8_is_written_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
