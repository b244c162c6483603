/* SPDX-License-Identifier: BSD-2-Clause */
/* Looking after what is attached and pinned. */
#include "daemon/guard.h"

#include "base/clock.h"
#include "base/rfc3339.h"
#include "daemon/log.h"
#include "daemon/posture.h"

enum { LOOK_MS = 250, TOLD_MS = 10 * 60 * 1000 };

#define NO_CGROUP                                                                                              \
	"the cgroup %s was removed, and every hook with it: nothing is enforced in another of its name; try: " \
	"make it again and restart posternd"
#define NO_BPFFS                                                                                                  \
	"no bpffs is mounted at %s any more: what is in force goes on only as long as posternd runs; try: mount " \
	"-t bpf bpf /sys/fs/bpf"

/* What is gone from around us is said in a word of its own. Whether it was that. */
static bool say_gone(const struct controller *c, const struct loader_mended *m)
{
	if (m->no_cgroup && !c->guard.no_cgroup)
		log_critical(NO_CGROUP, c->config->text[CONFIG_CGROUP]);
	if (m->no_bpffs && !c->guard.no_bpffs)
		log_critical(NO_BPFFS, c->config->text[CONFIG_PIN]);
	return m->no_cgroup || m->no_bpffs;
}

static void say(const struct controller *c, const struct loader_mended *m)
{
	bool gone = say_gone(c, m);

	if (m->failed && c->guard.failing)
		return;
	if (m->failed && !gone)
		log_critical(
			"%u hooks or pins were taken away by somebody and could not be put back "
			"(%s): what went through there is not enforced; try: restart posternd",
			m->failed, m->hook ? m->hook : "pins");
	if (m->attached)
		log_critical(
			"%s was detached by somebody: attached again (%u hooks); who can do that "
			"has root's rights; try: postern status",
			m->hook, m->attached);
	if (m->pinned)
		log_critical("%u pins were removed by somebody: pinned again", m->pinned);
}

/* Whether every required hook runs our program; false also while none was ever attached. */
static bool all_attached(const struct controller *c)
{
	struct loader_hook hooks[HOOKS_MAX];
	size_t n = loader_hooks(c->loader, hooks, HOOKS_MAX);

	for (size_t i = 0; i < n; i++)
		if (hooks[i].required && !hooks[i].attached)
			return false;
	return true;
}

static void look(void *arg)
{
	struct controller *c = arg;
	struct guard *g = &c->guard;
	struct loader_mended m;
	bool whole;

	loader_mend(c->loader, &m);
	if (m.attached || m.pinned || m.failed) {
		say(c, &m);
		g->attached += m.attached;
		g->pinned += m.pinned;
		g->breached_ms = clock_real_ms();
		if (!g->breached)
			posture_soon(c);
		g->breached = true;
	}
	g->failing = m.failed > 0;
	g->no_cgroup = m.no_cgroup;
	g->no_bpffs = m.no_bpffs;
	whole = all_attached(c);
	if (whole != g->whole)
		posture_soon(c);
	g->whole = whole;
}

int guard_start(struct controller *c)
{
	return loop_timer(c->loop, LOOK_MS, look, c);
}

struct guard_word guard_word(struct controller *c)
{
	struct guard *g = &c->guard;
	bool breached = g->breached || g->failing;

	g->breached = false;
	if (breached)
		return (struct guard_word){ false, !g->failing,
					    "a hook or a pin was taken away by somebody" };
	if (!all_attached(c))
		return (struct guard_word){ false, false, "not every hook is attached" };
	return (struct guard_word){ true, false, "every hook runs our program and has its pin" };
}

void guard_problems(const struct controller *c, json_t *list)
{
	const struct guard *g = &c->guard;
	char when[RFC3339_SIZE];

	if (g->no_cgroup)
		(void)json_array_append_new(list, json_sprintf(NO_CGROUP,
							       c->config->text[CONFIG_CGROUP]));
	if (g->no_bpffs)
		(void)json_array_append_new(list,
					    json_sprintf(NO_BPFFS, c->config->text[CONFIG_PIN]));
	if (!g->breached_ms || clock_real_ms() - g->breached_ms > TOLD_MS ||
	    rfc3339_format(g->breached_ms, when) < 0)
		return;
	(void)json_array_append_new(
		list,
		json_sprintf("somebody with root's rights took hooks or pins away, last at %s: %llu "
			     "hooks were attached again and %llu pins made again since the start; "
			     "try: find out who it was",
			     when, (unsigned long long)g->attached, (unsigned long long)g->pinned));
}
