/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading PHASE=STATE,… */
#include "cli/phases.h"

#include <string.h>

#include "bundle/bundle.h"
#include "cli/command.h"
#include "cli/output.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *const names[] = { "identity", "device", "network" };

/* Whether a word of `len` bytes is that one. */
static bool is(const char *word, const char *text, size_t len)
{
	return strlen(word) == len && memcmp(word, text, len) == 0;
}

static int find_name(const char *text, size_t len)
{
	for (size_t i = 0; i < COUNT(names); i++)
		if (is(names[i], text, len))
			return (int)i;
	return -1;
}

static int find_state(const char *text, size_t len)
{
	for (int i = POSTERN_PHASE_ENFORCE; i <= POSTERN_PHASE_OFF; i++)
		if (is(bundle_phase_name((enum postern_phase)i), text, len))
			return i;
	return -1;
}

int phases_override(const char *text, struct postern_phases *phases)
{
	enum postern_phase *const all[] = { &phases->identity, &phases->device, &phases->network };

	for (const char *at = text;; at++) {
		size_t len = strcspn(at, ","), word = strcspn(at, "=,");
		int name = find_name(at, word), state = -1;

		if (word < len)
			state = find_state(at + word + 1, len - word - 1);
		if (name < 0 || state < 0) {
			complain("--phases identity=observe,device=off,network=enforce",
				 "no such phase: %.*s", (int)len, at);
			return EXIT_USAGE;
		}
		*all[name] = (enum postern_phase)state;
		at += len;
		if (*at == '\0')
			return EXIT_YES;
	}
}
