/* SPDX-License-Identifier: BSD-2-Clause */
/* How far a generated set is rolled out: by its seed, so that every tool gives it the same phases. */
#include "generate_world.h"

static enum postern_phase phase_of(struct rng *r)
{
	return (enum postern_phase)rng_below(r, 3);
}

void generate_phases(uint64_t set_seed, struct postern_phases *ret)
{
	struct rng r = { set_seed * 0x9e3779b97f4a7c15u + 0x70686173 };

	*ret = POSTERN_PHASES_ENFORCED;
	if (rng_chance(&r, 25))
		return;
	ret->identity = phase_of(&r);
	ret->device = phase_of(&r);
	ret->network = phase_of(&r);
}

void generate_phases_text(uint64_t set_seed, struct buf *out)
{
	static const char *const words[] = {
		[POSTERN_PHASE_ENFORCE] = "enforce",
		[POSTERN_PHASE_OBSERVE] = "observe",
		[POSTERN_PHASE_OFF] = "off",
	};
	struct postern_phases p;

	generate_phases(set_seed, &p);
	buf_printf(out, "\"phases\":{\"identity\":\"%s\",\"device\":\"%s\",\"network\":\"%s\"}",
		   words[p.identity], words[p.device], words[p.network]);
}
