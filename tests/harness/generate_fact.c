/* SPDX-License-Identifier: BSD-2-Clause */
/* Facts of the context: what conditions ask of them, and what requests say, a millisecond around. */
#include "generate_fact.h"

#include <string.h>

static const char *const flags[] = {
	"session.mfa",	     "session.verified",	"session.interactive",
	"device.secureBoot", "device.lockdown",		"device.diskEncrypted",
	"device.tpm2",	     "device.untainted",	"device.modulesSigned",
	"device.aslr",	     "device.ptraceRestricted", "device.unprivilegedBpfOff",
};
static const char *const orders[] = { "<", "<=", ">", ">=" };

/* Ages in conditions; those of requests are these and their neighbours. */
static const char *const ages[] = { "0ms", "8h", "1d2h3m4s5ms", "8759h59m59s999ms", "-1ms" };
static const char *const times[] = {
	"2026-06-01T00:00:00Z",
	"2026-06-01T02:00:00.001+0200",
	"2026-06-01",
	"1969-12-31T23:59:59.999Z",
};

static void age_leaf(struct rng *r, struct buf *out)
{
	static const char *const long_ages[] = { "14d", "9223372036854775807ms", "8760h" };
	uint32_t which = rng_below(r, 3);

	if (which == 0) {
		buf_printf(out, "context.session.mfaAge %s duration(\"%s\")", RNG_PICK(r, orders),
			   RNG_PICK(r, ages));
		return;
	}
	buf_printf(out, "context.device.%s %s duration(\"%s\")",
		   which == 1 ? "updatesAge" : "uptime", RNG_PICK(r, orders),
		   rng_chance(r, 50) ? RNG_PICK(r, ages) : RNG_PICK(r, long_ages));
}

static void clock_leaf(struct rng *r, struct buf *out)
{
	static const char *const hours[] = { "0ms", "7h", "23h59m59s999ms", "1d", "-1ms" };
	static const char *const days[] = {
		"[6, 7].contains(context.local.weekday)",
		"context.local.weekday == 5",
		"context.local.weekday != 1",
		"6 <= context.local.weekday",
		"[0, 9, 1].contains(context.local.weekday)",
	};

	switch (rng_below(r, 7)) {
	case 0:
		buf_printf(out, "context.local.weekday %s %u", RNG_PICK(r, orders),
			   rng_below(r, 9));
		return;
	case 1:
		buf_printf(out, "context.local.time %s duration(\"%s\")", RNG_PICK(r, orders),
			   RNG_PICK(r, hours));
		return;
	case 2:
		buf_puts(out, RNG_PICK(r, days));
		return;
	case 3:
		buf_printf(out, "context.now.toTime() %s duration(\"%s\")", RNG_PICK(r, orders),
			   RNG_PICK(r, hours));
		return;
	case 4:
		buf_printf(out, "duration(\"%s\") %s context.local.time", RNG_PICK(r, hours),
			   RNG_PICK(r, orders));
		return;
	case 5:
		buf_printf(out, "context.local.time %s datetime(\"%s\").toTime()",
			   RNG_PICK(r, orders), RNG_PICK(r, times));
		return;
	default:
		buf_printf(out, "context.now %s datetime(\"%s\")", RNG_PICK(r, orders),
			   RNG_PICK(r, times));
		return;
	}
}

void generate_fact_leaf(struct rng *r, struct buf *out)
{
	static const char *const customs[] = {
		"context.device.custom.contains(\"vpn\")",
		"context.device.custom.containsAll([\"vpn\", \"badge\"])",
		"context.device.custom.containsAny([\"badge\", \"lab\"])",
		"context.device.custom.isEmpty()",
		"context has session.mfaAge && context.session.mfa",
		"context.device has custom && context.device.custom.contains(\"lab\")",
	};

	switch (rng_below(r, 5)) {
	case 0:
		buf_puts(out, RNG_PICK(r, customs));
		return;
	case 1:
		age_leaf(r, out);
		return;
	case 2:
		clock_leaf(r, out);
		return;
	default:
		buf_printf(out, "context.%s", RNG_PICK(r, flags));
		return;
	}
}

const char *generate_expiry(struct rng *r)
{
	return RNG_PICK(r, times);
}

static const char *truth(struct rng *r)
{
	return rng_chance(r, 60) ? "true" : "false";
}

/* Begins a member of the object that was opened last. */
static void put_key(const char *key, struct buf *out)
{
	buf_printf(out, "%s\"%s\":", out->data[out->len - 1] == '{' ? "" : ",", key);
}

static void put_flags(struct rng *r, const char *of, struct buf *out)
{
	size_t len = strlen(of);

	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		if (strncmp(flags[i], of, len) != 0 || !rng_chance(r, 60))
			continue;
		put_key(flags[i] + len, out);
		buf_puts(out, truth(r));
	}
}

static void put_age(struct rng *r, const char *key, struct buf *out)
{
	static const char *const given[] = {
		"0ms",	 "1ms",		 "7h59m59s999ms", "8h",
		"8h1ms", "1d2h3m4s4ms",	 "1d2h3m4s5ms",	  "8759h59m59s999ms",
		"8760h", "13d23h59m59s", "14d",		  "9223372036854775806ms",
	};

	if (!rng_chance(r, 60))
		return;
	put_key(key, out);
	buf_printf(out, "\"%s\"", RNG_PICK(r, given));
}

static void put_custom(struct rng *r, struct buf *out)
{
	static const char *const sets[] = {
		"[]", "[\"vpn\"]", "[\"badge\"]", "[\"badge\",\"vpn\"]", "[\"vpn\",\"lab\",\"x\"]",
	};

	if (!rng_chance(r, 70))
		return;
	put_key("custom", out);
	buf_puts(out, RNG_PICK(r, sets));
}

static void put_clock(struct rng *r, struct buf *out)
{
	static const char *const nows[] = {
		"2026-05-31T23:59:59.999Z", "2026-06-01T00:00:00Z", "2026-06-01T00:00:00.001Z",
		"2026-06-05T06:59:59.999Z", "2026-06-06T07:00:00Z", "1969-12-31T23:59:59.998Z",
		"2026-06-01T00:00:00+0100",
	};
	static const char *const hours[] = { "0ms", "6h59m59s999ms", "7h", "23h59m59s999ms" };

	put_key("now", out);
	buf_printf(out, "\"%s\"", RNG_PICK(r, nows));
	if (rng_chance(r, 30)) {
		put_key("local", out);
		buf_printf(out, "{\"time\":\"%s\",\"weekday\":%u}", RNG_PICK(r, hours),
			   1 + rng_below(r, 7));
	}
}

void generate_context(struct rng *r, struct buf *out)
{
	buf_putc(out, '{');
	if (rng_chance(r, 85)) {
		put_key("session", out);
		buf_putc(out, '{');
		put_flags(r, "session.", out);
		put_age(r, "mfaAge", out);
		buf_putc(out, '}');
	}
	if (rng_chance(r, 85)) {
		put_key("device", out);
		buf_putc(out, '{');
		put_flags(r, "device.", out);
		put_age(r, "updatesAge", out);
		put_age(r, "uptime", out);
		put_custom(r, out);
		buf_putc(out, '}');
	}
	put_clock(r, out);
	buf_putc(out, '}');
}
