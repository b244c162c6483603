/* SPDX-License-Identifier: BSD-2-Clause */
/* Which attribute a test reads, and tests with few answers or on one line of numbers. */
#include "compile/fact.h"

#include "compile/atoms.h"
#include "compile/walk.h"

#define DAYS 7

static const struct {
	const char *section, *name; /* of context; no section: an attribute of context itself */
	uint32_t kind;
} attributes[] = {
	{ "session", "mfa", POSTERN_FACT_MFA },
	{ "session", "mfaAge", POSTERN_FACT_AGE },
	{ "session", "verified", POSTERN_FACT_VERIFIED },
	{ "session", "interactive", POSTERN_FACT_INTERACTIVE },
	{ "local", "time", POSTERN_FACT_LOCAL_TIME },
	{ "local", "weekday", POSTERN_FACT_WEEKDAY },
	{ "", "now", POSTERN_FACT_NOW },
};

static unsigned kind_of(struct text section, struct text name)
{
	if (text_is(section, "device"))
		return 1u << POSTERN_FACT_DEVICE;
	for (size_t i = 0; i < sizeof(attributes) / sizeof(attributes[0]); i++)
		if (text_is(section, attributes[i].section) && text_is(name, attributes[i].name))
			return 1u << attributes[i].kind;
	return 0;
}

/* The kind of `context.section.name`, `context.now` or an attribute of this end; else 0. */
static unsigned kind_of_attribute(const struct expr *e)
{
	struct text end = expr_attribute(e, VAR_RESOURCE), none = { "", 0 };

	if (e->kind != EXPR_GET)
		return 0;
	if (text_is(end, "localPort"))
		return 1u << POSTERN_FACT_LOCAL_PORT;
	if (text_is(end, "localIp"))
		return 1u << POSTERN_FACT_LOCAL_IP;
	if (text_is(expr_attribute(e, VAR_CONTEXT), "now"))
		return kind_of(none, e->string);
	return kind_of(expr_attribute(e->args[0], VAR_CONTEXT), e->string);
}

/* What `has` asks is constant, so it reads nothing; any other variable is kind 0. */
unsigned fact_kinds(const struct expr *e)
{
	unsigned kinds = e->kind == EXPR_HAS ? 0 : kind_of_attribute(e);

	if (kinds || e->kind == EXPR_HAS)
		return kinds;
	if (e->kind == EXPR_VAR)
		return 1;
	for (size_t i = 0; i < e->n_args; i++)
		kinds |= fact_kinds(e->args[i]);
	return kinds;
}

const struct formula *fact_atom(struct compilation *c, const struct expr *e,
				const struct postern_fact *f)
{
	_cleanup_buf_ struct buf key = BUF_INIT;

	buf_puts(&key, "fact ");
	buf_put(&key, f, sizeof(*f));
	if (f->kind == POSTERN_FACT_DEVICE)
		policy_print_expr(e, &key);
	return atom_fact(c, &key, f, e);
}

const struct formula *fact_flag(struct compilation *c, const struct expr *e, uint32_t kind)
{
	return fact_atom(c, e, &(struct postern_fact){ .kind = (__u16)kind, .mask = 2 });
}

static void domain_of(uint32_t kind, int64_t *low, int64_t *high)
{
	*low = 0;
	*high = POSTERN_DAY_MS - 1;
	if (kind == POSTERN_FACT_LOCAL_PORT)
		*high = UINT16_MAX;
	if (kind == POSTERN_FACT_AGE || kind == POSTERN_FACT_NOW) {
		*low = INT64_MIN;
		*high = INT64_MAX;
	}
}

/* What reaches to the upper end is the opposite of what is below it. */
const struct formula *fact_range(struct compilation *c, const struct expr *e, struct fact_range of)
{
	struct postern_fact f = { .kind = (__u16)of.kind };
	int64_t least, most;

	domain_of(of.kind, &least, &most);
	f.low = of.low < least ? least : of.low;
	f.high = of.high > most ? most : of.high;
	if (f.low > f.high)
		return &formula_false;
	if (f.high < most)
		return fact_atom(c, e, &f);
	if (f.low == least)
		return &formula_true;
	f.high = f.low - 1;
	f.low = least;
	return formula_not(c->arena, fact_atom(c, e, &f));
}

/* `op n`, without stepping over either end of the numbers. */
static const struct formula *compare(struct compilation *c, const struct expr *e, uint32_t kind,
				     enum expr_kind op, int64_t n)
{
	struct fact_range of = { kind, INT64_MIN, INT64_MAX };
	bool beyond = (op == EXPR_LT && n == INT64_MIN) || (op == EXPR_GT && n == INT64_MAX);

	if (beyond)
		return &formula_false;
	if (op == EXPR_LT || op == EXPR_LE)
		of.high = n - (op == EXPR_LT);
	else if (op == EXPR_GT || op == EXPR_GE)
		of.low = n + (op == EXPR_GT);
	else
		return NULL;
	return fact_range(c, e, of);
}

/* Milliseconds of duration("…"), datetime("…"), and datetime("…").toTime(). */
static bool literal_ms(const struct expr *e, int64_t *ret)
{
	if (e->kind == EXPR_METHOD && text_is(e->string, "toTime") && e->n_args == 1 &&
	    literal_ms(e->args[0], ret)) {
		*ret = postern_time_of_day(*ret);
		return true;
	}
	if (e->kind != EXPR_CALL || e->n_args != 1 || e->args[0]->kind != EXPR_STRING)
		return false;
	if (text_is(e->string, "duration"))
		return duration_parse(e->args[0]->string, ret) == 0;
	return text_is(e->string, "datetime") && datetime_parse(e->args[0]->string, ret) == 0;
}

/* An age, a point in time, or a time of day against a literal. */
static const struct formula *fact_time(struct compilation *c, const struct expr *e, uint32_t kind)
{
	struct comparison of;
	int64_t n;

	if (e->kind < EXPR_LT || e->kind > EXPR_GE)
		return NULL;
	of = comparison_of(e);
	if (!literal_ms(of.right, &n))
		return NULL;
	if (of.left->kind == EXPR_METHOD && text_is(of.left->string, "toTime")) {
		kind = POSTERN_FACT_UTC_TIME;
		of.left = of.left->args[0];
	}
	if (of.left->kind != EXPR_GET)
		return NULL;
	return compare(c, e, kind, of.op, n);
}

/* The context in which an attribute of few values has one of them. */
static struct request request_of(uint32_t kind, uint32_t value)
{
	struct request r = { .action = ACTION_CONNECT };

	r.context.mfa = kind == POSTERN_FACT_MFA && value;
	r.context.verified = kind == POSTERN_FACT_VERIFIED && value;
	r.context.interactive = kind == POSTERN_FACT_INTERACTIVE && value;
	r.context.local_weekday = kind == POSTERN_FACT_WEEKDAY ? value : 1;
	return r;
}

/*
 * A test on an attribute of few values: the evaluator is asked about each. The form without the first
 * value is the canonical one, the other its opposite.
 */
static const struct formula *fact_values(struct compilation *c, const struct expr *e, uint32_t kind)
{
	struct postern_fact f = { .kind = (__u16)kind };
	uint32_t first = kind == POSTERN_FACT_WEEKDAY, last = first ? DAYS : 1, all = 0;
	const struct formula *is;

	for (uint32_t v = first; v <= last; v++) {
		const struct request r = request_of(kind, v);
		bool holds = false;

		if (evaluate_condition(e, c->entities, &r, &holds))
			return NULL;
		all |= 1u << v;
		f.mask |= (uint32_t)holds << v;
	}
	if (!f.mask || f.mask == all)
		return formula_constant(f.mask != 0);
	if (!(f.mask & 1u << first))
		return fact_atom(c, e, &f);
	f.mask ^= all;
	is = fact_atom(c, e, &f);
	return formula_not(c->arena, is);
}

/* What only the controller can tell; bit 0 of the mask is what holds when it does not. */
static const struct formula *fact_device(struct compilation *c, const struct expr *e)
{
	struct postern_fact f = { .kind = POSTERN_FACT_DEVICE };
	const struct request worst = { .context = { .updates_age_ms = POSTERN_DURATION_WORST,
						    .uptime_ms = POSTERN_DURATION_WORST } };
	bool holds = false;

	if (evaluate_condition(e, c->entities, &worst, &holds))
		return NULL;
	f.mask = holds;
	return fact_atom(c, e, &f);
}

static const struct formula *fact_of(struct compilation *c, const struct expr *e, unsigned kinds)
{
	uint32_t kind = (uint32_t)__builtin_ctz(kinds);

	switch (kind) {
	case POSTERN_FACT_DEVICE:
		return fact_device(c, e);
	case POSTERN_FACT_MFA:
	case POSTERN_FACT_VERIFIED:
	case POSTERN_FACT_INTERACTIVE:
	case POSTERN_FACT_WEEKDAY:
		return fact_values(c, e, kind);
	case POSTERN_FACT_LOCAL_PORT:
		return fact_ports(c, e);
	case POSTERN_FACT_LOCAL_IP:
		return fact_addresses(c, e);
	default:
		return fact_time(c, e, kind);
	}
}

const struct formula *fact_walk(struct compilation *c, const struct expr *e)
{
	unsigned kinds = fact_kinds(e);
	const struct formula *f = NULL;

	/* more than one attribute, or a whole record, has no test */
	if (kinds && !(kinds & (kinds - 1)) && !(kinds & 1))
		f = fact_of(c, e, kinds);
	return f || c->err == -ENOMEM ? f : walk_unsupported(c, e);
}
