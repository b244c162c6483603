/* SPDX-License-Identifier: BSD-2-Clause */
/* Refusals in words. */
#include "bundle/refusal.h"

#include <errno.h>
#include <stdarg.h>

int refusal(struct diags *d, enum bundle_answer a, const char *fmt, ...)
{
	_cleanup_free_ char *text = NULL;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (n < 0) {
		text = NULL;
		return -ENOMEM;
	}
	diag_error(d, bundle_answer_name(a), NOWHERE, bundle_answer_hint(a), "%s", text);
	return (int)a;
}

/* Why the first signature does not count: most often the only one. */
static const char *first_why(const struct verify_report *report)
{
	for (size_t i = 0; i < report->n; i++)
		if (report->signatures[i].why)
			return report->signatures[i].why;
	return "";
}

int refusal_of_container(struct diags *d, enum bundle_answer a, const struct verify_report *report)
{
	switch (a) {
	case BUNDLE_E_SIZE:
		return refusal(d, a,
			       "the file is larger than the limits, or has too many signatures");
	case BUNDLE_E_UNSIGNED:
		return refusal(d, a, "the bundle is not signed");
	case BUNDLE_E_KEY:
	case BUNDLE_E_SIGNATURE:
		return refusal(d, a, "no signature counts: %s", first_why(report));
	case BUNDLE_E_THRESHOLD:
		return refusal(d, a, "%u of %u signatures: not enough%s%s", report->counted,
			       report->threshold,
			       *first_why(report) ? "; the first that does not count: " : "",
			       first_why(report));
	default:
		return refusal(d, a, "not a whole bundle file");
	}
}
