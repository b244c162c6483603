/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Phases: which classes of conditions of a bundle are already enforced, which are only reported, and which are not looked
 * at yet. A bundle says it, the rewrite of its policies applies it (policy/views.h); the kernel side sees alternatives.
 */
#pragma once

enum postern_phase {
	POSTERN_PHASE_ENFORCE, /* also what nobody set */
	POSTERN_PHASE_OBSERVE,
	POSTERN_PHASE_OFF,
};

struct postern_phases {
	enum postern_phase identity, device, network;
};

#define POSTERN_PHASES_ENFORCED                                                                    \
	((struct postern_phases){ POSTERN_PHASE_ENFORCE, POSTERN_PHASE_ENFORCE,                    \
				  POSTERN_PHASE_ENFORCE })
