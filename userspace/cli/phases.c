/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading PHASE=STATE,… */
#include "cli/phases.h"

#include <string.h>

#include "cli/command.h"
#include "cli/output.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *const names[] = { "identity", "device", "network" };
static const char *const states[] = {
	[POSTERN_PHASE_ENFORCE] = "enforce",
	[POSTERN_PHASE_OBSERVE] = "observe",
	[POSTERN_PHASE_OFF] = "off",
};

/* The place of a word of `len` bytes in a list, or -1. */
static int find(const char *const *words, size_t n, const char *text, size_t len)
{
	for (size_t i = 0; i < n; i++)
		if (strlen(words[i]) == len && memcmp(words[i], text, len) == 0)
			return (int)i;
	return -1;
}

int phases_override(const char *text, struct postern_phases *phases)
{
	enum postern_phase *const all[] = { &phases->identity, &phases->device, &phases->network };

	for (const char *at = text;; at++) {
		size_t len = strcspn(at, ","), word = strcspn(at, "=,");
		int name = find(names, COUNT(names), at, word), state = -1;

		if (word < len)
			state = find(states, COUNT(states), at + word + 1, len - word - 1);
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
