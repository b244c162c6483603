/* SPDX-License-Identifier: BSD-2-Clause */
/* Challenges as a client sends them back, and the counters file: each has one spelling. */
#include "session/session.h"

#include "rig/fuzz.h"

static void counters(const char *text, size_t len)
{
	_cleanup_(counters_free) struct counters one = COUNTERS_INIT, two = COUNTERS_INIT;
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_free_ char *again = NULL;
	int r = counters_parse(text, len, &d, &one);

	fuzz_answer(r, &d);
	if (r < 0)
		return;
	again = counters_text(&one);
	must(again && counters_parse(again, strlen(again), &d, &two) == 0);
	must(one.n == two.n);
	must(one.n == 0 || memcmp(one.items, two.items, one.n * sizeof(one.items[0])) == 0);
	for (size_t i = 0; i < one.n; i++)
		must(counters_get(&one, one.items[i].key) == one.items[i].value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	char again[SESSION_TEXT_MAX];
	struct challenge c;

	counters(text, size);
	if (challenge_parse(text, size, &c) < 0)
		return 0;
	must(challenge_text(&c, again) == 0);
	must(strlen(again) == size && memcmp(again, data, size) == 0);
	must(challenge_compare(&c, &c) == SESSION_OK);
	return 0;
}
