/* SPDX-License-Identifier: BSD-2-Clause */
/* postern status: one screen, and an exit status that says whether it is what it should be. */
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/connection.h"
#include "cli/output.h"

static const char *text_of(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s ? s : "";
}

static long long number_of(const json_t *o, const char *key)
{
	return (long long)json_integer_value(json_object_get(o, key));
}

static void say_hooks(const json_t *hooks)
{
	size_t i, attached = 0, n = json_array_size(hooks);
	const json_t *h;

	json_array_foreach(hooks, i, h)
		attached += json_is_true(json_object_get(h, "attached"));
	(void)printf("hooks      %zu of %zu attached\n", attached, n);
	json_array_foreach(hooks, i, h) {
		bool on = json_is_true(json_object_get(h, "attached"));

		if (on && output_form() != OUTPUT_WIDE)
			continue;
		(void)printf("  %s%-9s%s %-20s %s\n", tone_on(on ? TONE_GOOD : TONE_BAD),
			     on ? "attached" : "detached", tone_off(), text_of(h, "name"),
			     text_of(h, "attach"));
	}
}

/* Only what is not enforced yet, which nobody should overlook. */
static void say_phases(const json_t *phases)
{
	static const char *const names[] = { "identity", "device", "network" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (*text_of(phases, names[i]) && strcmp(text_of(phases, names[i]), "enforce") != 0)
			(void)printf("           %sphase %s: %s%s\n", tone_on(TONE_DOUBT), names[i],
				     text_of(phases, names[i]), tone_off());
}

/* Programs of others on our hooks: each can deny, none can allow what ours denies. */
static void say_foreign(const json_t *foreign)
{
	size_t i;
	const json_t *f;

	json_array_foreach(foreign, i, f)
		(void)printf("foreign    program %lld %s on %s\n", number_of(f, "program"),
			     text_of(f, "name"), text_of(f, "attach"));
}

static void say_bundle(const json_t *b)
{
	if (!json_is_object(b)) {
		(void)puts("policy     none: nothing is enforced; next: postern push BUNDLE");
		return;
	}
	(void)printf("policy     %s version %lld, mode %s, %lld policies, applied %s\n",
		     text_of(b, "name"), number_of(b, "version"), text_of(b, "mode"),
		     number_of(b, "policies"), text_of(b, "applied"));
	if (*text_of(b, "confirmBy"))
		(void)printf(
			"           %snot confirmed: gone back from at %s; next: postern confirm%s\n",
			tone_on(TONE_DOUBT), text_of(b, "confirmBy"), tone_off());
	say_phases(json_object_get(b, "phases"));
	if (*text_of(b, "notAfter"))
		(void)printf("           expires %s\n", text_of(b, "notAfter"));
}

static void say_counters(const json_t *reply)
{
	const json_t *c;
	size_t i;

	(void)printf("decisions ");
	json_array_foreach(json_object_get(reply, "counters"), i, c) {
		if (output_form() == OUTPUT_WIDE || i < 3)
			(void)printf(" %s %lld%s", text_of(c, "name"), number_of(c, "value"),
				     output_form() == OUTPUT_WIDE ? "\n          " : "");
	}
	(void)printf("\nevents     %lld lost\nprocesses  %lld known, %lld KiB of kernel memory\n",
		     number_of(reply, "eventsLost"), number_of(reply, "processes"),
		     number_of(reply, "memory") / 1024);
}

static enum tone tone_of(const char *state)
{
	if (strcmp(state, "enforcing") == 0)
		return TONE_GOOD;
	return strcmp(state, "degraded") == 0 ? TONE_BAD : TONE_DOUBT;
}

static void say(const json_t *reply)
{
	const char *state = text_of(reply, "state");
	const json_t *problem;
	size_t i;

	(void)printf("posternd %s   %s%s%s   pid %lld   since %s\n", text_of(reply, "version"),
		     tone_on(tone_of(state)), state, tone_off(), number_of(reply, "pid"),
		     text_of(reply, "started"));
	(void)printf("cgroup     %s\n", text_of(reply, "cgroup"));
	say_bundle(json_object_get(reply, "bundle"));
	say_hooks(json_object_get(reply, "hooks"));
	say_foreign(json_object_get(reply, "foreign"));
	say_counters(reply);
	json_array_foreach(json_object_get(reply, "problems"), i, problem)
		(void)printf("%sproblem%s    %s\n", tone_on(TONE_BAD), tone_off(),
			     json_string_value(problem));
}

static int run(const struct invocation *inv)
{
	_cleanup_json_ json_t *reply = NULL;
	int r;

	(void)inv;
	r = connection_call(WIRE_INTERFACE ".GetStatus", NULL, &reply);
	if (r != EXIT_YES)
		return r;
	r = strcmp(text_of(reply, "state"), "degraded") == 0 ? EXIT_NO : EXIT_YES;
	if (output_form() == OUTPUT_JSON)
		output_json(TAKE_PTR(reply));
	else
		say(reply);
	return r;
}

const struct command command_status = {
	.name = "status",
	.arguments = "",
	.summary = "what is enforced right now; exit status 1 when degraded",
	.examples = "  postern status\n  postern -o wide status\n",
	.run = run,
};
