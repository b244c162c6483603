/* SPDX-License-Identifier: BSD-2-Clause */
/* Words of refusals, and the exit statuses of the command line that go with them. */
#include "daemon/refusal.h"

#include <errno.h>
#include <string.h>

struct refusal refusal_of_answer(enum bundle_answer a)
{
	/*
	 * Signed by the right people, but no bundle: that is the author's slip, not a question of
	 * trust.
	 */
	return (struct refusal){ bundle_answer_name(a),
				 a == BUNDLE_E_PAYLOAD ? REFUSED_POLICY : REFUSED_TRUST };
}

struct refusal refusal_of_policy(const char *answer)
{
	return (struct refusal){ answer, REFUSED_POLICY };
}

struct refusal refusal_of_nothing(const char *answer)
{
	return (struct refusal){ answer, REFUSED_FAILED };
}

struct refusal refusal_of_lapse(const char *answer)
{
	return (struct refusal){ answer, REFUSED_ROLLED_BACK };
}

struct refusal refusal_of_safety(const char *answer)
{
	return (struct refusal){ answer, REFUSED_SAFETY };
}

struct refusal refusal_of_failure(const char *answer, int error, struct diags *d)
{
	if (error == -ENOMEM)
		answer = "memory";
	/* Who failed has often said why already, and better. */
	if (d->errors == 0 && strcmp(answer, "storage") == 0)
		diag_error(d, "host-failed", NOWHERE,
			   "look after the state directory: postern status says what it needs",
			   "this host could not write it down: %s", strerror(-error));
	else if (d->errors == 0)
		diag_error(d, "host-failed", NOWHERE, "postern status",
			   "this host could not apply it: %s", strerror(-error));
	return (struct refusal){ answer, REFUSED_FAILED };
}

struct refusal refusal_of_trust(int r, struct diags *d)
{
	if (r < 0)
		return refusal_of_failure("memory", r, d);
	return r == BUNDLE_OK ? REFUSAL_NONE : refusal_of_answer((enum bundle_answer)r);
}
