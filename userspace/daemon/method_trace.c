/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Trace: the kept decisions are the queue. A reader is a place in it; one that falls behind by more
 * than what is kept is told how many it missed.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/controller.h"
#include "daemon/methods.h"

struct tracing {
	struct controller *controller; /* borrowed */
	uint64_t next; /* number of the event to look at */
	uint64_t lost; /* not told yet */
	uint64_t lost_before; /* what had been lost altogether when we looked last */
	unsigned verdicts; /* bits 1 << enum postern_verdict */
	bool follow;
};

static bool wanted(const struct tracing *t, const struct event *e)
{
	return e && e->raw.verdict < 32 && t->verdicts & 1u << e->raw.verdict;
}

/* Counts what never arrived, and what went before this reader came to it. */
static void count_losses(struct tracing *t)
{
	const struct events *e = t->controller->events;
	uint64_t lost = events_lost(e), oldest = events_oldest(e);

	t->lost += lost - t->lost_before;
	t->lost_before = lost;
	if (t->next < oldest) {
		t->lost += oldest - t->next;
		t->next = oldest;
	}
}

static json_t *reply_of(struct tracing *t, const struct event *e)
{
	uint64_t lost = t->lost;

	t->lost = 0;
	return json_pack("{s:o, s:I}", "event", e ? event_json(e) : json_null(), "lost",
			 (json_int_t)lost);
}

static void pump(struct control_call *call)
{
	struct tracing *t = control_call_state(call);
	const struct events *e = t->controller->events;

	count_losses(t);
	while (t->next <= events_newest(e) && control_has_room(call)) {
		const struct event *event = events_at(e, t->next++);

		if (wanted(t, event))
			control_continue(call, reply_of(t, event));
	}
	if (!t->follow && t->next > events_newest(e))
		control_reply(call, reply_of(t, NULL));
}

/* The number of the event that has `last` wanted ones from it on, itself one of them. */
static uint64_t start_at(const struct tracing *t, json_int_t last)
{
	const struct events *e = t->controller->events;
	uint64_t at = events_newest(e) + 1;

	for (uint64_t n = events_newest(e); n > 0 && n >= events_oldest(e) && last > 0; n--) {
		if (wanted(t, events_at(e, n))) {
			at = n;
			last--;
		}
	}
	return at;
}

/* "deny" and "would-deny"; none means both. 0 or -EINVAL. */
static int verdicts_of(const json_t *list, unsigned *ret)
{
	unsigned set = 0;
	const json_t *word;
	size_t i;

	if (list && !json_is_array(list) && !json_is_null(list))
		return -EINVAL;
	json_array_foreach(list, i, word) {
		const char *s = json_string_value(word);

		if (s && strcmp(s, "deny") == 0)
			set |= 1u << POSTERN_DENY;
		else if (s && strcmp(s, "would-deny") == 0)
			set |= 1u << POSTERN_WOULD_DENY;
		else
			return -EINVAL;
	}
	*ret = set ? set : 1u << POSTERN_DENY | 1u << POSTERN_WOULD_DENY;
	return 0;
}

/* The parameter that is wrong, or NULL with what they say. */
static const char *read_parameters(const json_t *p, struct tracing *t, json_int_t *ret_last)
{
	const json_t *last = json_object_get(p, "last"), *follow = json_object_get(p, "follow");

	if (last && (!json_is_integer(last) || json_integer_value(last) < 0))
		return "last";
	if (follow && !json_is_boolean(follow))
		return "follow";
	if (verdicts_of(json_object_get(p, "verdicts"), &t->verdicts) < 0)
		return "verdicts";
	*ret_last = json_integer_value(last);
	t->follow = json_is_true(follow);
	return NULL;
}

void method_trace(struct control_call *call, const json_t *parameters, void *arg)
{
	struct tracing *t = calloc(1, sizeof(*t));
	struct controller *c = arg;
	json_int_t last = 0;
	const char *wrong;

	if (!t) {
		control_reply(call, NULL);
		return;
	}
	*t = (struct tracing){ .controller = c, .lost_before = events_lost(c->events) };
	wrong = read_parameters(parameters, t, &last);
	if (wrong) {
		control_fail_parameter(call, wrong);
		free(t);
		return;
	}
	if (!control_call_more(call)) {
		/* One reply is all that may be sent: the newest. */
		t->next = start_at(t, 1);
		control_reply(call, reply_of(t, events_at(c->events, t->next)));
		free(t);
		return;
	}
	t->next = start_at(t, last);
	control_stream(call, pump, free, t);
}
