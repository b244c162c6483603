/* SPDX-License-Identifier: BSD-2-Clause */
/* Records of the kernel side, any bytes in them: kept, found again, and told as sound JSON. */
#include "events/events.h"

#include "rig/fuzz.h"

enum { KEPT = 3 };

static void check(const struct events *e, const struct event *one)
{
	_cleanup_json_ json_t *told = event_json(one), *again = NULL;
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_free_ char *text = NULL;
	struct source src = { .name = "event" };

	must(told != NULL && events_find(e, one->id) == one);
	must((text = json_text(told)) != NULL);
	src.text = text;
	src.len = strlen(text);
	must(json_parse(&src, &d, &again) == 0 && json_equal(told, again));
	for (size_t i = 0; i < src.len; i++)
		must((unsigned char)text[i] >= 0x20 && text[i] != 0x7f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct event_origin origin = { "a", NULL, "b", 1 };
	_cleanup_events_ struct events *e = NULL;
	struct postern_event record;
	size_t n = 0;

	must(events_new(KEPT, &e) == 0);
	for (; size > 0; n++) {
		size_t part = size < sizeof(record) ? size : sizeof(record);

		memset(&record, 0, sizeof(record));
		memcpy(&record, data, part);
		data += part;
		size -= part;
		must(events_add(e, &record, &origin) == 0);
		check(e, events_find(e, "last"));
	}
	must(events_newest(e) == n && events_oldest(e) == (n > KEPT ? n - KEPT + 1 : n > 0));
	return 0;
}
