/* SPDX-License-Identifier: BSD-2-Clause */
/* Checking facts: each of a known kind, with values that its kind can have. */
#include "compile/validate.h"

#define DAYS_MASK 0xfeu /* bits 1…7 */

static const char *check_values(const struct postern_fact *f)
{
	uint32_t most = f->flags & POSTERN_FACT_V4 ? 32 : 128;

	switch (f->kind) {
	case POSTERN_FACT_DEVICE:
		return f->mask & ~1u ? "fact of the device with a wrong worst value" : NULL;
	case POSTERN_FACT_MFA:
	case POSTERN_FACT_VERIFIED:
	case POSTERN_FACT_INTERACTIVE:
	case POSTERN_FACT_LOCAL_V4:
		return f->mask & ~3u ? "fact with a value that is no boolean's" : NULL;
	case POSTERN_FACT_WEEKDAY:
		return f->mask & ~DAYS_MASK ? "fact with a day that no week has" : NULL;
	case POSTERN_FACT_AGE:
	case POSTERN_FACT_NOW:
	case POSTERN_FACT_UTC_TIME:
	case POSTERN_FACT_LOCAL_TIME:
	case POSTERN_FACT_LOCAL_PORT:
		return f->low > f->high ? "fact with an empty range" : NULL;
	case POSTERN_FACT_LOCAL_IP:
		return f->mask > most ? "fact with a prefix longer than an address" : NULL;
	default:
		return "fact of an unknown kind";
	}
}

const char *check_facts(const struct checked *i)
{
	const struct postern_annex *annex =
		(const struct postern_annex *)&i->lines[POSTERN_ANNEX_LINE];
	const struct postern_fact *f;
	const char *why = NULL;

	if (annex->facts > POSTERN_FACTS_MAX)
		return "too many facts";
	if (!check_span(i, annex->facts_line, annex->facts, 2))
		return "facts outside the image";
	f = (const struct postern_fact *)&i->lines[annex->facts_line];
	for (uint32_t k = 0; !why && k < annex->facts; k++) {
		if (f[k].flags & ~POSTERN_FACT_V4 ||
		    (f[k].flags && f[k].kind != POSTERN_FACT_LOCAL_IP))
			return "fact with wrong flags";
		why = check_values(&f[k]);
	}
	return why;
}
