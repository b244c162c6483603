/* SPDX-License-Identifier: BSD-2-Clause */
/* Posture as the controller answers it and as `postern posture` reads it. */
#include "base/rfc3339.h"
#include "posture/posture.h"

static json_t *time_json(int64_t ms)
{
	char text[RFC3339_SIZE];

	return ms > 0 && rfc3339_format(ms, text) == 0 ? json_string(text) : json_null();
}

static json_t *age_json(int64_t ms)
{
	return ms == POSTURE_AGE_WORST ? json_null() : json_integer(ms);
}

static json_t *fact_json(const struct posture_history *h, enum posture_fact fact, uint64_t boot_ns)
{
	static const char *const kinds[] = {
		[POSTURE_BOOL] = "bool", [POSTURE_AGE] = "age", [POSTURE_TEXT] = "text"
	};
	const struct posture_row *row = posture_row(fact);
	const struct posture_reading *r = &h->last.fact[fact];

	return json_pack("{s:s, s:o, s:s, s:b, s:s, s:s, s:o, s:n, s:s, s:s, s:s, s:o}", "name",
			 row->name, "attribute",
			 row->attribute ? json_string(row->attribute) : json_null(), "kind",
			 kinds[row->kind], "holds", (int)posture_holds(h, fact, boot_ns), "answer",
			 posture_answer_name(r->answer), "found", r->found, "age",
			 age_json(posture_age(h, fact, boot_ns)), "until", "source", row->source,
			 "test", row->test, "hint", row->hint, "since",
			 time_json(h->since_ms[fact]));
}

static json_t *custom_json(const struct posture_history *h, size_t i, int64_t now_ms,
			   uint64_t boot_ns)
{
	const struct posture_custom *c = &h->last.custom[i];

	return json_pack("{s:s, s:s, s:s, s:b, s:s, s:s, s:n, s:o, s:s, s:s, s:s, s:o}", "name",
			 c->name, "attribute", "custom", "kind", "bool", "holds",
			 (int)posture_custom_holds(h, i, now_ms, boot_ns), "answer",
			 posture_answer_name(c->reading.answer), "found", c->reading.found, "age",
			 "until", time_json(c->until_ms), "source", POSTURE_CUSTOM_DIR, "test",
			 "1, until its end", "hint",
			 "let whatever is responsible for it write the file anew", "since",
			 time_json(h->custom_since_ms[i]));
}

json_t *posture_json(const struct posture_history *h, int64_t now_ms, uint64_t boot_ns)
{
	bool stale = h->readings < 1 || boot_ns < h->last.boot_ns ||
		     boot_ns - h->last.boot_ns > POSTURE_STALE_NS;
	json_t *facts = json_array();

	for (int i = 0; i < POSTURE_FACTS; i++)
		(void)json_array_append_new(facts, fact_json(h, (enum posture_fact)i, boot_ns));
	for (size_t i = 0; i < h->last.n_custom; i++)
		(void)json_array_append_new(facts, custom_json(h, i, now_ms, boot_ns));
	return json_pack("{s:b, s:o, s:s}", "stale", (int)stale, "facts", facts, "problem",
			 h->last.custom_problem);
}
