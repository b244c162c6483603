/* SPDX-License-Identifier: BSD-2-Clause */
/* Comparisons with a time or an age, turned so that the attribute stands first and the condition has to hold. */
#include "policy/remedy.h"

static bool literal_ms(const struct expr *e, int64_t *ret)
{
	if (e->kind != EXPR_CALL || e->n_args != 1)
		return false;
	if (text_is(e->string, "duration"))
		return duration_parse(e->args[0]->string, ret) == 0;
	return text_is(e->string, "datetime") && datetime_parse(e->args[0]->string, ret) == 0;
}

/* `context.now.toTime()` is read as `context.now`, of the day. */
static const struct expr *attribute_of(const struct expr *e, bool *ret_utc)
{
	*ret_utc = e->kind == EXPR_METHOD && text_is(e->string, "toTime");
	return *ret_utc ? e->args[0] : e;
}

bool limit_of(const struct expr *e, bool wanted, struct limit *ret)
{
	bool less = e->kind == EXPR_LT || e->kind == EXPR_LE;
	bool more = e->kind == EXPR_GT || e->kind == EXPR_GE;
	struct limit l = { .ms = 0 };
	bool swapped;

	if (!less && !more)
		return false;
	swapped = literal_ms(e->args[0], &l.ms);
	if (!swapped && !literal_ms(e->args[1], &l.ms))
		return false;
	context_attribute(attribute_of(e->args[swapped ? 1 : 0], &l.utc), &l.section, &l.name);
	l.most = (less != swapped) == wanted;
	*ret = l;
	return l.name.len > 0;
}
