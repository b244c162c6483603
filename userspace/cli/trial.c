/* SPDX-License-Identifier: BSD-2-Clause */
/* See trial.h. */
#include "cli/trial.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "cli/command.h"
#include "cli/connection.h"
#include "cli/output.h"

enum { ASK_EVERY_MS = 1000, LATE_MS = 5000 };

static void sleep_ms(int64_t ms)
{
	const struct timespec t = { (time_t)(ms / 1000), (long)(ms % 1000) * 1000000 };

	(void)nanosleep(&t, NULL);
}

/* The state of the bundle: "pending", …; "" when it is in no list or nobody answers. */
static void ask(const char *digest, char ret[32])
{
	_cleanup_json_ json_t *reply = NULL;
	const json_t *b;
	size_t i;

	ret[0] = '\0';
	if (!connection_answers() ||
	    connection_call(WIRE_INTERFACE ".GetBundles", NULL, &reply) != EXIT_YES)
		return;
	json_array_foreach(json_object_get(reply, "bundles"), i, b) {
		const char *its = json_string_value(json_object_get(b, "digest"));
		const char *state = json_string_value(json_object_get(b, "state"));

		if (its && state && strcmp(its, digest) == 0)
			(void)snprintf(ret, 32, "%s", state);
	}
}

static int say_end(const char *state)
{
	if (strcmp(state, "in-force") == 0 || strcmp(state, "confirmed") == 0) {
		(void)puts("confirmed");
		return EXIT_YES;
	}
	if (*state) {
		complain("postern bundles", "rolled back: nobody confirmed it");
		return EXIT_ROLLED_BACK;
	}
	complain(
		"systemctl start posternd, then: postern bundles",
		"no controller answers any more; unless it was confirmed, the kernel programs have gone back by "
		"themselves");
	return EXIT_CONTROLLER;
}

int trial_wait(const char *digest, int64_t left_ms)
{
	int64_t end = (int64_t)(clock_boot_ns() / 1000000) + left_ms, now;
	char state[32];

	for (;;) {
		ask(digest, state);
		now = (int64_t)(clock_boot_ns() / 1000000);
		if ((*state && strcmp(state, "pending") != 0) || now > end + LATE_MS)
			return say_end(state);
		/* a little after the end, so that its outcome is there */
		sleep_ms(now < end && end - now < ASK_EVERY_MS ? end - now + 50 : ASK_EVERY_MS);
	}
}
