/* SPDX-License-Identifier: BSD-2-Clause */
/* GetStatus: what is so right now, asked of the kernel and not remembered. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/rfc3339.h"
#include "daemon/controller.h"
#include "daemon/methods.h"
#include "daemon/sweep.h"
#include "daemon/version.h"

enum { FOREIGN_MAX = 64 };

static json_t *time_json(int64_t ms)
{
	char text[RFC3339_SIZE];

	return json_string(rfc3339_format(ms, text) == 0 ? text : "");
}

static json_t *hooks_json(const struct controller *c)
{
	struct loader_hook hooks[HOOKS_MAX];
	size_t n = loader_hooks(c->loader, hooks, HOOKS_MAX);
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		(void)json_array_append_new(
			list,
			json_pack("{s:s, s:s, s:b, s:b, s:I}", "name", hooks[i].name, "attach",
				  hooks[i].attach, "required", (int)hooks[i].required, "attached",
				  (int)hooks[i].attached, "program", (json_int_t)hooks[i].prog_id));
	return list;
}

static json_t *phases_json(const struct bundle *b)
{
	return json_pack("{s:s, s:s, s:s}", "identity", bundle_phase_name(b->phases.identity),
			 "device", bundle_phase_name(b->phases.device), "network",
			 bundle_phase_name(b->phases.network));
}

static json_t *foreign_json(const struct controller *c)
{
	struct loader_foreign foreign[FOREIGN_MAX];
	size_t n = loader_foreign(c->loader, foreign, FOREIGN_MAX);
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		(void)json_array_append_new(list, json_pack("{s:I, s:s, s:s}", "program",
							    (json_int_t)foreign[i].prog_id, "name",
							    foreign[i].name, "attach",
							    foreign[i].attach));
	return list;
}

/* When the bundle in force is gone back from, in wall clock time. */
static json_t *confirm_json(const struct controller *c)
{
	uint64_t end = rollout_deadline(&c->rollout), now = clock_boot_ns();

	return end ? time_json(clock_real_ms() + ((int64_t)end - (int64_t)now) / 1000000)
		   : json_null();
}

static json_t *bundle_json(const struct controller *c)
{
	const struct deployment *dep = controller_active(c);
	const struct bundle *b;

	if (!dep)
		return json_null();
	b = dep->bundle;
	return json_pack("{s:s, s:I, s:s, s:s, s:o, s:I, s:o, s:o, s:o, s:I}", "name", b->name,
			 "version", (json_int_t)b->version, "digest", b->digest, "mode",
			 b->observe ? "observe" : "enforce", "phases", phases_json(b), "policies",
			 (json_int_t)dep->policies->written, "applied", time_json(dep->applied_ms),
			 "notAfter", b->not_after_ms ? time_json(b->not_after_ms) : json_null(),
			 "confirmBy", confirm_json(c), "imageId", (json_int_t)dep->image_ids[0]);
}

static void put(json_t *list, const char *name, uint64_t value)
{
	(void)json_array_append_new(list, json_pack("{s:s, s:I}", "name", name, "value",
						    (json_int_t)value));
}

/* "reason default-deny" and the like, for those that happened. */
static void put_reasons(const struct controller *c, json_t *list)
{
	for (uint32_t r = POSTERN_R_NONE + 1; r < POSTERN_REASONS; r++) {
		uint64_t n =
			loader_counter(c->loader, (enum postern_counter)(POSTERN_C_REASON + r));
		char name[64];

		(void)snprintf(name, sizeof(name), "reason-%s", reason_name(r));
		if (n)
			put(list, name, n);
	}
}

static void put_refusals(const struct controller *c, json_t *list)
{
	for (int a = 0; a < BUNDLE_ANSWERS; a++) {
		char name[64];

		(void)snprintf(name, sizeof(name), "push-refused-%s",
			       bundle_answer_name((enum bundle_answer)a));
		if (c->refused[a])
			put(list, name, c->refused[a]);
	}
	if (c->refused_otherwise)
		put(list, "push-refused-otherwise", c->refused_otherwise);
}

static void put_control(const struct controller *c, json_t *list)
{
	struct control_counts n;

	control_count(c->server, &n);
	put(list, "calls", n.calls);
	put(list, "calls-not-allowed", n.not_allowed);
	put(list, "calls-bad-input", n.bad_input);
	put(list, "connections-over-quota", n.over_quota);
}

static void put_cuts(const struct controller *c, json_t *list)
{
	uint64_t cut, left;

	sweep_count(c, &cut, &left);
	put(list, "connections-cut", cut);
	put(list, "connections-not-cut", left);
}

static json_t *counters_json(const struct controller *c)
{
	static const struct {
		const char *name;
		enum postern_counter counter;
	} kernel[] = {
		{ "allow", POSTERN_C_ALLOW },
		{ "deny", POSTERN_C_DENY },
		{ "would-deny", POSTERN_C_WOULD_DENY },
		{ "events", POSTERN_C_EVENTS },
		{ "events-lost", POSTERN_C_EVENTS_LOST },
		{ "events-folded", POSTERN_C_EVENTS_FOLDED },
		{ "processes-lost", POSTERN_C_PROCESSES_LOST },
		{ "execs", POSTERN_C_EXECS },
	};
	json_t *list = json_array();

	for (size_t i = 0; i < sizeof(kernel) / sizeof(kernel[0]); i++)
		put(list, kernel[i].name, loader_counter(c->loader, kernel[i].counter));
	put_cuts(c, list);
	put(list, "hooks-attached-again", c->guard.attached);
	put(list, "pins-made-again", c->guard.pinned);
	put_reasons(c, list);
	put_refusals(c, list);
	put_control(c, list);
	return list;
}

/*
 * The kernel side counts what found no room; gaps also show what was lost elsewhere. Both see the
 * same losses.
 */
static uint64_t events_lost_of(const struct controller *c)
{
	uint64_t kernel = loader_counter(c->loader, POSTERN_C_EVENTS_LOST),
		 gaps = events_lost(c->events);

	return kernel > gaps ? kernel : gaps;
}

void method_get_status(struct control_call *call, const json_t *parameters, void *arg)
{
	struct controller *c = arg;

	(void)parameters;
	storage_look(c);
	control_reply(call,
		      json_pack("{s:s, s:s, s:i, s:o, s:s, s:o, s:o, s:o, s:o, s:I, s:I, s:I, s:o}",
				"state", state_name(state_of(c)), "version", POSTERN_VERSION, "pid",
				(int)getpid(), "started", time_json(c->started_ms), "cgroup",
				c->config->text[CONFIG_CGROUP], "hooks", hooks_json(c), "foreign",
				foreign_json(c), "bundle", bundle_json(c), "counters",
				counters_json(c), "eventsLost", (json_int_t)events_lost_of(c),
				"processes", (json_int_t)loader_processes(c->loader), "memory",
				(json_int_t)loader_memory(c->loader), "problems",
				state_problems(c)));
}
