/* SPDX-License-Identifier: BSD-2-Clause */
/* One reading of everything. */
#include <stdint.h>
#include <string.h>

#include "posture/collect.h"

void posture_read(const struct posture_view *v, struct posture *ret)
{
	memset(ret, 0, sizeof(*ret));
	ret->boot_ns = v->boot_ns;
	for (int i = 0; i < POSTURE_FACTS; i++) {
		ret->fact[i].ms = POSTURE_AGE_WORST;
		collectors[i].read(v, &collectors[i], &ret->fact[i]);
	}
	custom_read(v, ret);
}

int64_t posture_next_end(const struct posture *p)
{
	int64_t soonest = INT64_MAX;

	for (size_t i = 0; i < p->n_custom; i++)
		if (p->custom[i].reading.answer == POSTURE_GOOD && p->custom[i].until_ms < soonest)
			soonest = p->custom[i].until_ms;
	return soonest;
}
