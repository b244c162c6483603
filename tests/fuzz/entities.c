/* SPDX-License-Identifier: BSD-2-Clause */
/* Entities: JSON, and after a NUL the text of the prefix list "@feed.txt". */
#include "policy/policy.h"

#include "rig/fuzz.h"

static void check_entity(const struct entity_set *set, const struct entity *e)
{
	must(entity_find(set, e->kind, e->id) == e);
	must(set->items[e->index] == e);
	for (size_t i = 0; i < e->n_ancestors; i++) {
		must(e->ancestors[i] != e);
		must(entity_in(e, e->ancestors[i]) && !entity_in(e->ancestors[i], e));
	}
	for (size_t i = 0; e->list && i < e->list->n; i++)
		must(e->list->items[i].bits <= (e->list->items[i].v4 ? 32 : 128));
	for (size_t i = 0; i < e->n_endpoints; i++)
		must(e->endpoints[i].port_first <= e->endpoints[i].port_last);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	const char *nul = size ? memchr(text, '\0', size) : NULL;
	struct source json = { "entities.json", text, nul ? (size_t)(nul - text) : size };
	struct source feed = { "feed.txt", nul ? nul + 1 : "", nul ? size - json.len - 1 : 0 };
	const struct bundle_files files = { .items = &feed, .n = 1 };
	_cleanup_entity_set_ struct entity_set *set = NULL;
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_json_ json_t *j = NULL;
	int r = json_parse(&json, &d, &j);

	if (r == 0)
		r = entities_parse(j, &json, &files, &d, &set);
	fuzz_answer(r, &d);
	for (size_t i = 0; r == 0 && i < set->n; i++)
		check_entity(set, set->items[i]);
	return 0;
}
