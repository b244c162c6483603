/* SPDX-License-Identifier: BSD-2-Clause */
/* Tables of expressions with their answers: false, true, or an error. */
#pragma once

#include "world.h"

enum { ERROR = 2 }; /* besides false and true */

static inline struct expr *expr_of(struct world *w, const char *text)
{
	struct source src = { "expr", text, strlen(text) };
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct expr *e = NULL;

	if (policy_parse_expr(w->policies, &src, &d, &e) < 0)
		fail_msg("%s: %s", text, d.n ? d.items[0].text : "");
	return e;
}

struct row {
	const char *expr;
	int want;
};

static inline void check_rows(struct world *w, const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		bool answer = false;
		int r = evaluate_condition(expr_of(w, rows[i].expr), w->entities, &w->request,
					   &answer);
		int got = r < 0 ? ERROR : answer;

		if (got != rows[i].want || (r < 0 && r != -EINVAL))
			fail_msg("%s: %d, want %d", rows[i].expr, got, rows[i].want);
	}
}
