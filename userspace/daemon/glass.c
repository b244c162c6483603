/* SPDX-License-Identifier: BSD-2-Clause */
/* See glass.h. The kernel side comes first, and rollout.json follows as well as it can. */
#include "daemon/glass.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/rfc3339.h"
#include "daemon/controller.h"
#include "daemon/log.h"
#include "daemon/notice.h"
#include "daemon/push.h"
#include "daemon/sweep.h"

static const struct rollout_glass *glass_of(const struct controller *c)
{
	return &c->rollout.record.glass;
}

static bool is_broken(const struct controller *c)
{
	return glass_of(c)->boot[0];
}

bool glass_is_detached(const struct controller *c)
{
	return is_broken(c) && !glass_of(c)->observe_until;
}

uint64_t glass_deadline(const struct controller *c)
{
	return is_broken(c) ? glass_of(c)->observe_until : 0;
}

/* The moment in wall clock time, for people. */
static const char *until_text(uint64_t boot_ns, char room[RFC3339_SIZE])
{
	int64_t left_ms = ((int64_t)boot_ns - (int64_t)clock_boot_ns()) / 1000000;

	return rfc3339_format(clock_real_ms() + left_ms, room) == 0 ? room : "?";
}

static void write_down(struct controller *c, const struct rollout_glass *g)
{
	int r;

	c->rollout.record.glass = *g;
	rollout_wake(c);
	if (c->rollout.damaged)
		return;
	r = rollout_record_write(&c->store, &c->rollout.record);
	if (r < 0)
		log_warning(
			"cannot write rollout.json: %s; it is so all the same, but a restart of posternd "
			"forgets the reason",
			strerror(-r));
}

static struct rollout_glass glass_new(const struct controller *c, uint64_t until,
				      const char *reason, const struct control_peer *who)
{
	struct rollout_glass g = { .observe_until = until,
				   .since_ms = clock_real_ms(),
				   .uid = who->uid };

	memcpy(g.boot, c->boot, sizeof(g.boot));
	(void)snprintf(g.reason, sizeof(g.reason), "%s", reason);
	return g;
}

static struct refusal nothing_enforced(struct diags *d)
{
	diag_error(d, "no-policy", NOWHERE, "postern status", "nothing is enforced");
	return refusal_of_nothing("no-policy");
}

struct refusal glass_observe(struct controller *c, uint64_t until, const char *reason,
			     const struct control_peer *who, struct diags *d)
{
	const struct rollout_glass g = glass_new(c, until, reason, who);
	char end[RFC3339_SIZE];
	int r;

	rollout_settle(c);
	r = loader_observe(c->loader, until);
	if (r == -ENOENT)
		return nothing_enforced(d);
	if (r < 0)
		return refusal_of_failure("kernel", r, d);
	write_down(c, &g);
	notice_say(c,
		   &(struct notice){ .kind = NOTICE_OBSERVE,
				     .level = LOG_LEVEL_CRITICAL,
				     .who = who,
				     .reason = g.reason },
		   "enforcing is suspended by uid %u until %s: %s; try: postern mode enforce",
		   (unsigned)who->uid, until_text(until, end), g.reason);
	sweep_soon(c);
	return REFUSAL_NONE;
}

struct refusal glass_detach(struct controller *c, const char *reason,
			    const struct control_peer *who, struct diags *d)
{
	const struct rollout_glass g = glass_new(c, 0, reason, who);
	int r;

	rollout_settle(c);
	r = loader_release(c->loader);
	if (r < 0)
		return refusal_of_failure("kernel", r, d);
	controller_archive(c, controller_release(c));
	controller_archive(c, TAKE_PTR(c->rollout.before));
	c->rollout.trying = false;
	c->rollout.record.trial = (struct rollout_trial){ 0 };
	write_down(c, &g);
	notice_say(c,
		   &(struct notice){ .kind = NOTICE_DETACH,
				     .level = LOG_LEVEL_CRITICAL,
				     .who = who,
				     .reason = g.reason },
		   "detached by uid %u, nothing is enforced: %s; try: postern mode enforce",
		   (unsigned)who->uid, g.reason);
	return REFUSAL_NONE;
}

static struct refusal enforce_again(struct controller *c, bool detached, struct diags *d)
{
	int r;

	if (!detached) {
		r = loader_observe(c->loader, 0);
		return r < 0 && r != -ENOENT ? refusal_of_failure("kernel", r, d) : REFUSAL_NONE;
	}
	if (!c->rollout.record.selected.version || push_selected(c, d))
		return REFUSAL_NONE;
	return refusal_of_failure("kernel", -EIO, d);
}

struct refusal glass_mend(struct controller *c, const struct control_peer *who, struct diags *d,
			  bool *ret)
{
	bool broken;
	struct refusal refused;

	rollout_settle(c);
	broken = is_broken(c);
	refused = enforce_again(c, glass_is_detached(c), d);
	if (refused.answer)
		return refused;
	if (broken)
		write_down(c, &(struct rollout_glass){ 0 });
	if (broken)
		notice_say(c,
			   &(struct notice){
				   .kind = NOTICE_ENFORCE, .level = LOG_LEVEL_WARNING, .who = who },
			   "enforcing again, by uid %u", (unsigned)who->uid);
	sweep_soon(c);
	*ret = broken;
	return REFUSAL_NONE;
}

void glass_settle(struct controller *c)
{
	uint64_t until = glass_deadline(c);

	if (!until || clock_boot_ns() < until)
		return;
	write_down(c, &(struct rollout_glass){ 0 });
	notice_say(c, &(struct notice){ .kind = NOTICE_ENFORCE, .level = LOG_LEVEL_WARNING },
		   "the time of only observing is over: enforcing again");
	sweep_soon(c);
}

void glass_resume(struct controller *c)
{
	struct rollout_glass g = *glass_of(c);
	struct loader_standing now;

	if (loader_standing(c->loader, &now) < 0)
		return;
	if (is_broken(c) && strcmp(g.boot, c->boot) != 0) {
		notice_say(
			c, &(struct notice){ .kind = NOTICE_ENFORCE, .level = LOG_LEVEL_WARNING },
			"this host has been booted since enforcing was suspended (%s): enforcing again",
			g.reason);
		g = (struct rollout_glass){ 0 };
	}
	if (g.boot[0] && !g.observe_until && (now.image_id || now.open))
		(void)loader_release(c->loader);
	if (now.observe_until && !g.observe_until) {
		memcpy(g.boot, c->boot, sizeof(g.boot));
		(void)snprintf(g.reason, sizeof(g.reason), "the reason was not written down");
	}
	if (now.observe_until || g.observe_until)
		g.observe_until = now.observe_until;
	if (!now.observe_until && glass_of(c)->observe_until && !g.observe_until)
		g = (struct rollout_glass){ 0 };
	if (memcmp(&g, glass_of(c), sizeof(g)) != 0)
		write_down(c, &g);
}

void glass_problems(const struct controller *c, json_t *all)
{
	const struct rollout_glass *g = glass_of(c);
	char end[RFC3339_SIZE];

	if (glass_is_detached(c))
		(void)json_array_append_new(
			all, json_sprintf("detached by uid %u, nothing is enforced: %s; try: "
					  "postern mode enforce",
					  (unsigned)g->uid, g->reason));
	else if (is_broken(c))
		(void)json_array_append_new(
			all, json_sprintf("enforcing is suspended by uid %u until %s: %s; try: "
					  "postern mode enforce",
					  (unsigned)g->uid, until_text(g->observe_until, end),
					  g->reason));
}
