/* SPDX-License-Identifier: BSD-2-Clause */
/* What a device lacks: the fact, what it is, and how to mend it. */
#include "policy/explain_check.h"
#include "policy/print.h"
#include "policy/remedy.h"

static void say_hint(struct remedy *r, struct text name)
{
	const char *hint = r->hint ? r->hint(name.s) : NULL;

	buf_printf(r->out, ": %s", hint ? hint : "see postern posture");
}

static bool say_age(struct remedy *r, const struct limit *l)
{
	const struct context *c = &r->ev->request->context;
	int64_t ms = text_is(l->name, "uptime") ? c->uptime_ms : c->updates_age_ms;

	buf_printf(r->out, "device: %s is ", l->name.s);
	if (ms == POSTERN_DURATION_WORST)
		buf_puts(r->out, "not known");
	else
		duration_print(ms, r->out);
	buf_puts(r->out, l->most ? ", limit " : ", needs ");
	duration_print(l->ms, r->out);
	say_hint(r, l->name);
	return true;
}

/* contains, containsAll, containsAny of context.device.custom. */
static bool say_custom(struct remedy *r, const struct expr *e, bool wanted)
{
	struct text section, name;

	context_attribute(e->args[0], &section, &name);
	if (e->n_args != 2 || !text_is(section, "device"))
		return false;
	buf_puts(r->out, "device: custom fact ");
	policy_print_expr(e->args[1], r->out);
	buf_puts(r->out, wanted ? " does not hold" : " holds");
	say_hint(r, name);
	return true;
}

bool remedy_device(struct remedy *r, const struct expr *e, bool wanted)
{
	struct text section, name;
	struct limit l;

	if (limit_of(e, wanted, &l))
		return text_is(l.section, "device") && say_age(r, &l);
	if (e->kind == EXPR_METHOD)
		return say_custom(r, e, wanted);
	context_attribute(e, &section, &name);
	if (!text_is(section, "device"))
		return false;
	buf_printf(r->out, "device: %s is %s", name.s, wanted ? "false" : "true");
	say_hint(r, name);
	return true;
}
