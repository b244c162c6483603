/* SPDX-License-Identifier: BSD-2-Clause */
/* --phases identity=observe,device=off: a bundle asked as if it were rolled out further, or less far. */
#pragma once

#include <postern/phase.h>

/* The option's words for --help, the same in each command that has it. */
#define PHASES_FLAG                                                                                \
	{                                                                                          \
		"phases", 0, "PHASES",                                                             \
			"other phases than the bundle's: identity=observe,network=off"             \
	}

/* Changes the phases that a text names. Complains of what is none; an exit_status. */
int phases_override(const char *text, struct postern_phases *phases);
