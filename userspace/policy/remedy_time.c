/* SPDX-License-Identifier: BSD-2-Clause */
/* When a condition on the clock holds again, if it ever does. */
#include "policy/explain_check.h"
#include "policy/remedy.h"

enum { MINUTE_MS = 60000 };

/* The part of the day that a policy asks for; -1 where it has no end on that side. */
struct window {
	bool utc;
	int64_t from, to;
};

static void gather(const struct expr *e, bool wanted, struct window *w)
{
	struct limit l;

	if (e->kind == EXPR_NOT) {
		gather(e->args[0], !wanted, w);
	} else if (e->kind == (wanted ? EXPR_AND : EXPR_OR)) {
		gather(e->args[0], wanted, w);
		gather(e->args[1], wanted, w);
	} else if (limit_of(e, wanted, &l) && l.utc == w->utc &&
		   (l.utc || text_is(l.section, "local"))) {
		*(l.most ? &w->to : &w->from) = l.ms;
	}
}

static void print_clock(int64_t ms, struct buf *out)
{
	buf_printf(out, "%02d:%02d", (int)(ms / MINUTE_MS / 60), (int)(ms / MINUTE_MS % 60));
}

/* A forbid must not hold, so its conditions have to be the other way round. */
static bool say_window(struct remedy *r, const struct limit *l)
{
	bool permit = r->policy->effect == EFFECT_PERMIT;
	struct window w = { l->utc, -1, -1 };

	for (size_t i = 0; i < r->policy->n_conditions; i++)
		gather(r->policy->conditions[i].body, !r->policy->conditions[i].unless == permit,
		       &w);
	if (w.from >= 0 && w.to >= 0) {
		buf_puts(r->out, "outside ");
		print_clock(w.from, r->out);
		buf_puts(r->out, "–");
		print_clock(w.to, r->out);
	} else {
		buf_puts(r->out, l->most ? "after " : "before ");
		print_clock(l->ms, r->out);
	}
	buf_puts(r->out, l->utc ? " UTC" : " local");
	return true;
}

static bool say_date(struct remedy *r, const struct limit *l)
{
	const struct value end = value_number(VALUE_DATETIME, l->ms);

	buf_puts(r->out, l->most ? "expired at " : "not before ");
	value_print(&end, r->out);
	return true;
}

/* Whether a test reads the weekday, whatever it does with it. */
static bool reads_weekday(const struct expr *e)
{
	struct text section, name;

	context_attribute(e, &section, &name);
	if (text_is(section, "local") && text_is(name, "weekday"))
		return true;
	for (size_t i = 0; i < e->n_args; i++)
		if (reads_weekday(e->args[i]))
			return true;
	return false;
}

static bool say_weekday(struct remedy *r, const struct expr *e, bool wanted)
{
	static const char *const days[] = { "Monday", "Tuesday",  "Wednesday", "Thursday",
					    "Friday", "Saturday", "Sunday" };
	int64_t day = r->ev->request->context.local_weekday;

	if (day < 1 || day > 7)
		return false;
	buf_printf(r->out, "it is %s, needs %s", days[day - 1], wanted ? "" : "!(");
	policy_print_expr(e, r->out);
	buf_puts(r->out, wanted ? "" : ")");
	return true;
}

bool remedy_time(struct remedy *r, const struct expr *e, bool wanted)
{
	struct limit l;

	if (reads_weekday(e))
		return say_weekday(r, e, wanted);
	if (!limit_of(e, wanted, &l))
		return false;
	if (l.utc || text_is(l.section, "local"))
		return say_window(r, &l);
	return !l.section.len && text_is(l.name, "now") && say_date(r, &l);
}
