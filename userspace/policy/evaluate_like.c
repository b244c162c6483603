/* SPDX-License-Identifier: BSD-2-Clause */
/* `like`: a pattern matches the whole text; each star stands for any run of bytes. */
#include "policy/evaluate_expr.h"

#include <errno.h>
#include <string.h>

/*
 * Whether the text matches. After a star the shortest match is tried first and lengthened on
 * failure; only the last star ever needs to be lengthened.
 */
static bool matches(struct text t, const struct pattern_part *parts, size_t n)
{
	size_t part = 0, at = 0, star = n, retry = 0;

	while (part < n || at < t.len) {
		const struct text *literal = part < n ? &parts[part].literal : NULL;

		if (part < n && parts[part].star) {
			star = part++;
			retry = at;
		} else if (literal && literal->len <= t.len - at &&
			   (literal->len == 0 || memcmp(t.s + at, literal->s, literal->len) == 0)) {
			at += literal->len;
			part++;
		} else if (star < n && retry < t.len) {
			at = ++retry;
			part = star + 1;
		} else {
			return false;
		}
	}
	return true;
}

int evaluate_like(struct evaluation *ev, const struct expr *e, struct value *ret)
{
	struct value v;
	int r = expr_evaluate(ev, e->args[0], &v);

	if (r < 0)
		return r;
	if (v.kind != VALUE_STRING)
		return -EINVAL;
	*ret = value_bool(matches(v.string, e->pattern, e->n_pattern));
	return 0;
}
