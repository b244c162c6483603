/* SPDX-License-Identifier: BSD-2-Clause */
/* The phrase of the bundle that decided, over what the record says. */
#include "daemon/remedy.h"

#include "base/clock.h"
#include "daemon/reader.h"
#include "daemon/rebuilt.h"

/* Each walks all policies, so a flood must not buy more of them than this; one a second, however many there are. */
enum { POLICIES_PER_SECOND = 5000 };

static bool may_ask(uint64_t now_ns, size_t policies)
{
	static uint64_t since_ns;
	static size_t walked;

	if (now_ns - since_ns >= UINT64_C(1000000000)) {
		since_ns = now_ns;
		walked = 0;
	}
	if (walked >= POLICIES_PER_SECOND)
		return false;
	walked += policies + POLICIES_PER_SECOND / 100;
	return true;
}

/* Denials that a policy, or the lack of one, decided; the others say in their reason what to do. */
static bool is_about_policy(const struct postern_event *e)
{
	return e->verdict != POSTERN_ALLOW &&
	       (e->reason == POSTERN_R_FORBID || e->reason == POSTERN_R_DEFAULT_DENY);
}

void remedy_add(struct controller *c, struct deployment *dep)
{
	const struct event *e = events_at(c->events, events_newest(c->events));
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_buf_ struct buf out = BUF_INIT;
	struct arena *arena = NULL;
	struct rebuilt s;

	if (!e || !is_about_policy(&e->raw) || !may_ask(clock_boot_ns(), dep->policies->written) ||
	    arena_new(&arena) < 0)
		return;
	if (rebuilt_of(c, dep, e, arena, &s) == 0 &&
	    reader_remedy(dep, &s.request, &d, &out) == 0 && out.len)
		(void)events_set_remedy(c->events, out.data);
	arena_free(&arena);
}
