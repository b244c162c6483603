/* SPDX-License-Identifier: BSD-2-Clause */
/* Host globs. */
#include "bundle/bundle.h"

#include <string.h>

#include "cm.h"

static bool fits(const char *glob, const char *host)
{
	char text[300];
	char *audience[] = { text };
	const struct bundle b = { .audience = audience, .n_audience = 1 };

	(void)snprintf(text, sizeof(text), "%s", glob);
	return bundle_for_host(&b, host);
}

static void globs_match(void **state)
{
	static const char *const cases[][2] = {
		{ "web-1", "web-1" },
		{ "WEB-1", "web-1" },
		{ "web-1", "Web-1" },
		{ "*", "web-1.example.com" },
		{ "*", "" },
		{ "web-*", "web-" },
		{ "web-*.example.com", "web-12.example.com" },
		{ "web-*.example.com", "web-a.b.example.com" },
		{ "web-?", "web-1" },
		{ "*a*b*", "xaxxbx" },
		{ "*ab", "aab" },
		{ "*.example.com", "x.example.com.example.com" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (!fits(cases[i][0], cases[i][1]))
			fail_msg("%s does not match %s", cases[i][0], cases[i][1]);
}

static void other_hosts_do_not(void **state)
{
	static const char *const cases[][2] = {
		{ "web-1", "web-12" },
		{ "web-1", "web-" },
		{ "web-1", "xweb-1" },
		{ "web-1", "" },
		{ "?", "" },
		{ "web-?", "web-" },
		{ "web-?", "web-12" },
		{ "web-*.example.com", "web-1.example.org" },
		{ "web-*.example.com", "web-1.example.com.evil.org" },
		{ "web-*.example.com", "web-.exampleXcom" },
		{ "*ab", "aba" },
		{ "*a*b", "ba" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (fits(cases[i][0], cases[i][1]))
			fail_msg("%s matches %s", cases[i][0], cases[i][1]);
}

static void no_audience_is_everybody_and_one_of_several_is_enough(void **state)
{
	char a[] = "web-1", c[] = "db-*";
	char *audience[] = { a, c };
	struct bundle b = { .audience = audience };

	(void)state;
	assert_true(bundle_for_host(&b, "anything"));
	b.n_audience = 2;
	assert_true(bundle_for_host(&b, "db-7"));
	assert_false(bundle_for_host(&b, "web-2"));
}

/* A matcher that tries every division of the host between the stars would not come back. */
static void many_stars_are_no_trouble(void **state)
{
	char glob[201], host[254];

	(void)state;
	for (size_t i = 0; i < 200; i += 2)
		memcpy(glob + i, "*a", 2);
	memcpy(glob + 198, "*b", 3);
	memset(host, 'a', 253);
	host[253] = '\0';
	assert_false(fits(glob, host));
	host[252] = 'b';
	assert_true(fits(glob, host));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(globs_match),
		cmocka_unit_test(other_hosts_do_not),
		cmocka_unit_test(no_audience_is_everybody_and_one_of_several_is_enough),
		cmocka_unit_test(many_stars_are_no_trouble),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
