/* SPDX-License-Identifier: BSD-2-Clause */
/* Entities: what a bundle may define, and the code and place of everything that it may not. */
#include "entities_json.h"

static void reads_every_kind(void **state)
{
	_cleanup_entity_set_ struct entity_set *set = parse_good(
		"[" PERSON("alice", UID("Team", "dba"), "\"" ED25519 "\"") "," ENTITY(
			"Team", "dba", "",
			"") "," ZONE("z", "",
				     "\"10.0.0.0/8\"") "," SERVICE("s", "",
								   "\"tcp 10.0.0.2/32:53\",\"udp [fd00::]/8:53\"") "]",
		NULL);
	const struct entity *alice = find(set, ENTITY_IDENTITY, "alice");
	const struct entity *s = find(set, ENTITY_SERVICE, "s");

	(void)state;
	assert_int_equal(set->n, 4);
	for (size_t i = 0; i < set->n; i++)
		assert_int_equal(set->items[i]->index, i);
	assert_true(text_is(alice->user, "u"));
	assert_true(alice->require_verified);
	assert_int_equal(alice->n_keys, 1);
	assert_true(text_is(alice->keys[0], ED25519));
	assert_int_equal(s->n_endpoints, 2);
	assert_int_equal(s->endpoints[1].port_last, 53);
	assert_true(entity_in(alice, find(set, ENTITY_TEAM, "dba")));
	assert_false(entity_in(find(set, ENTITY_TEAM, "dba"), alice));
	assert_null(entity_find(set, ENTITY_ZONE, text_of("s")));
	assert_null(entity_find(set, ENTITY_TEAM, text_of("db")));
}

static void accepts_what_cedar_accepts(void **state)
{
	_cleanup_entity_set_ struct entity_set *escaped = parse_good(
		"[{\"uid\":{\"__entity\":" UID(
			"Team",
			"t") "},\"attrs\":{},\"parents\":[]},"
			     "{\"uid\":" UID("Identity", "i") ",\"parents\":[{\"__entity\":" UID(
				     "Team",
				     "t") "}],\"attrs\":{\"user\":\"\",\"keys\":[],\"requireVerified\":false}}]",
		NULL);
	_cleanup_entity_set_ struct entity_set *none = parse_good("[]", NULL);

	(void)state;
	assert_true(
		entity_in(find(escaped, ENTITY_IDENTITY, "i"), find(escaped, ENTITY_TEAM, "t")));
	assert_int_equal(none->n, 0);
}

static void ancestors_are_transitive(void **state)
{
	_cleanup_entity_set_ struct entity_set *set = parse_good(
		"[" ZONE("d", UID("Zone", "b") "," UID("Zone", "c"), "") "," ZONE(
			"b", UID("Zone", "a"),
			"") "," ZONE("c", UID("Zone", "a"),
				     "") "," ZONE("a", "", "") "," ZONE("other", "", "") "]",
		NULL);
	const struct entity *a = find(set, ENTITY_ZONE, "a"), *d = find(set, ENTITY_ZONE, "d");

	(void)state;
	assert_int_equal(d->n_ancestors, 3); /* a diamond's top counts once */
	assert_true(entity_in(d, a));
	assert_true(entity_in(a, a));
	assert_false(entity_in(a, d));
	assert_false(entity_in(d, find(set, ENTITY_ZONE, "other")));
}

static void prefixes_are_sorted_and_disjoint(void **state)
{
	_cleanup_entity_set_ struct entity_set *set =
		parse_good("[" ZONE("z", "",
				    "\"10.0.1.0/24\",\"fd00::/8\",\"10.0.0.0/16\","
				    "\"192.168.0.0/24\",\"10.0.0.0/16\",\"::/1\"") "]",
			   NULL);
	const struct entity *z = find(set, ENTITY_ZONE, "z");

	(void)state;
	assert_int_equal(z->list->n, 4);
	for (size_t i = 1; i < z->list->n; i++)
		assert_true(prefix_cmp(&z->list->items[i - 1], &z->list->items[i]) < 0);
	assert_true(in_zone(z, "10.0.1.7"));
	assert_true(in_zone(z, "10.0.255.255"));
	assert_true(in_zone(z, "192.168.0.0"));
	assert_true(in_zone(z, "fd12::1"));
	assert_true(in_zone(z, "::1"));
	assert_false(in_zone(z, "10.1.0.0"));
	assert_false(in_zone(z, "9.255.255.255"));
	assert_false(in_zone(z, "192.168.1.0"));
	assert_false(in_zone(z, "fc00::1"));
	assert_false(in_zone(z, "0.0.0.1")); /* ::/1 holds no IPv4 */
}

static void reads_prefixes_from_files(void **state)
{
	static const char feed[] = "# feed\n\n10.0.0.0/8\n  fd00::/8\t# comment\r\n192.168.0.0/16";
	struct source items[] = { { "other.txt", "", 0 }, { "feed.txt", feed, sizeof(feed) - 1 } };
	struct bundle_files files = { .items = items, .n = COUNT(items) };
	_cleanup_entity_set_ struct entity_set *set = parse_good(
		"[" ZONE("z", "", "\"@feed.txt\",\"172.16.0.0/12\",\"@other.txt\"") "]", &files);
	const struct entity *z = find(set, ENTITY_ZONE, "z");

	(void)state;
	assert_int_equal(z->list->n, 4);
	assert_true(in_zone(z, "192.168.3.4"));
	assert_true(in_zone(z, "172.16.0.1"));
	assert_false(in_zone(z, "172.32.0.1"));
}

/* One error each: its code, and the text that the caret stands under. */
static const struct refusal {
	const char *json, *code, *at;
} refusals[] = {
	{ "{}", "entity-wrong-type", "{" },
	{ "[1]", "entity-wrong-type", "1" },
	{ "[{\"uid\":" UID("Team", "t") ",\"attrs\":{}}]", "entity-missing", "\"id\"" },
	{ "[{\"uid\":" UID("Team", "t") ",\"parents\":[]}]", "entity-missing", "\"id\"" },
	{ "[{\"attrs\":{},\"parents\":[]}]", "entity-missing", "{" },
	{ "[{\"uid\":{\"type\":\"Team\"},\"attrs\":{},\"parents\":[]}]", "entity-missing",
	  "\"uid\"" },
	{ "[{\"uid\":\"Team::t\",\"attrs\":{},\"parents\":[]}]", "entity-wrong-type", "\"uid\"" },
	{ "[{\"uid\":{\"type\":\"Team\",\"id\":1},\"attrs\":{},\"parents\":[]}]",
	  "entity-wrong-type", "\"id\"" },
	{ "[{\"uid\":{\"type\":\"Team\",\"id\":\"t\",\"x\":1},\"attrs\":{},\"parents\":[]}]",
	  "entity-unknown-key", "\"x\"" },
	{ "[{\"uid\":" UID("Team", "t") ",\"attrs\":{},\"parents\":[],\"tags\":{}}]",
	  "entity-unknown-key", "\"tags\"" },
	{ "[{\"uid\":" UID("Team", "t") ",\"attrs\":[],\"parents\":[]}]", "entity-wrong-type",
	  "\"attrs\"" },
	{ "[{\"uid\":" UID("Team", "t") ",\"attrs\":{},\"parents\":{}}]", "entity-wrong-type",
	  "\"parents\"" },
	{ "[" ENTITY("User", "root", "", "") "]", "entity-unknown-type", "\"User\"" },
	{ "[" ENTITY("zone", "z", "", "") "]", "entity-unknown-type", "\"zone\"" },
	{ "[" ENTITY("Team", "t", "", "\"size\":1") "]", "entity-unknown-key", "\"size\"" },
	{ "[" ENTITY("Zone", "z", "", "\"prefix\":[],\"prefixes\":[]") "]", "entity-unknown-key",
	  "\"prefix\"" },
	{ "[" ENTITY("Zone", "z", "", "") "]", "entity-missing", "\"attrs\"" },
	{ "[" ENTITY("Service", "s", "", "") "]", "entity-missing", "\"attrs\"" },
	{ "[" ENTITY("Zone", "z", "", "\"prefixes\":\"10.0.0.0/8\"") "]", "entity-wrong-type",
	  "\"prefixes\"" },
	{ "[" ZONE("z", "", "8") "]", "entity-wrong-type", "\"prefixes\"" },
	{ "[" ZONE("y", "", "\"10.0.0.0/8\"") "," ZONE("z", "", "\"10.0.0.1/8\"") "]",
	  "entity-prefix", "\"10.0.0.1/8\"" },
	{ "[" ZONE("z", "", "\"::ffff:a00:0/104\"") "]", "entity-prefix", "\"::ffff:a00:0/104\"" },
	{ "[" ZONE("z", "", "\"\"") "]", "entity-prefix", "\"\"" },
	{ "[" ZONE("z", "", "\"@fed.txt\"") "]", "entity-file", "\"@fed.txt\"" },
	{ "[" ZONE("z", "", "\"@\"") "]", "entity-file", "\"@\"" },
	{ "[" SERVICE("s", "", "\"tcp 10.0.0.2:53\"") "]", "entity-endpoint",
	  "\"tcp 10.0.0.2:53\"" },
	{ "[" SERVICE("s", "", "\"@feed.txt\"") "]", "entity-endpoint", "\"@feed.txt\"" },
	{ "[" ENTITY("Identity", "i", "", "\"user\":\"u\",\"keys\":[]") "]", "entity-missing",
	  "\"attrs\"" },
	{ "[" ENTITY("Identity", "i", "", "\"user\":1,\"keys\":[],\"requireVerified\":true") "]",
	  "entity-wrong-type", "\"user\"" },
	{ "[" ENTITY("Identity", "i", "", "\"user\":\"u\",\"keys\":[],\"requireVerified\":1") "]",
	  "entity-wrong-type", "\"requireVerified\"" },
	{ "[" PERSON("i", "", "\"ssh-rsa AAAAB3NzaC1yc2E=\"") "]", "entity-key",
	  "\"ssh-rsa AAAAB3NzaC1yc2E=\"" },
	{ "[" PERSON("i", "", "\"" ED25519 " alice@laptop\"") "]", "entity-key",
	  "\"" ED25519 " alice@laptop\"" },
	{ "[" PERSON("i", "", "\"ssh-ed25519 AAAAGnNr\"") "]", "entity-key",
	  "\"ssh-ed25519 AAAAGnNr\"" },
	{ "[" PERSON("i", "", "\"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5\"") "]", "entity-key",
	  "\"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5\"" },
	{ "[" PERSON("i", "", "\"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAA\"") "]", "entity-key",
	  "\"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAA\"" },
	{ "[" PERSON("i", "", "\"\"") "]", "entity-key", "\"\"" },
	{ "[" ENTITY("Team", "t", "", "") "," ENTITY("Team", "t", "", "") "]", "entity-duplicate",
	  "\"t\"" },
	{ "[" ZONE("z", UID("Zone", "y"), "") "]", "entity-undefined-parent", "\"y\"" },
	{ "[" ZONE("z", "1", "") "]", "entity-wrong-type", "\"parents\"" },
	{ "[" ZONE("z", UID("Service", "s"), "") "," SERVICE("s", "", "") "]", "entity-parent-type",
	  "\"s\"" },
	{ "[" ENTITY("Team", "t", UID("Team", "u"), "") "," ENTITY("Team", "u", "", "") "]",
	  "entity-parent-type", "\"u\"" },
	{ "[" ZONE("z", UID("Zone", "z"), "") "]", "entity-cycle", "\"z\"" },
	{ "[" ZONE("y", UID("Zone", "z"), "") "," ZONE("z", UID("Zone", "y"), "") "]",
	  "entity-cycle", "\"y\"" },
};

static void refuses_with_code_and_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(refusals); i++) {
		_cleanup_diags_ struct diags d = DIAGS_INIT;
		struct entity_set *set = NULL;
		int r = parse(refusals[i].json, NULL, &d, &set);

		assert_null(set);
		assert_int_equal(r, -EBADMSG);
		assert_int_equal(d.errors, 1);
		assert_int_equal(d.n, 1);
		if (strcmp(d.items[0].code, refusals[i].code) != 0)
			fail_msg("%s: %s", refusals[i].json, d.items[0].text);
		if (strncmp(d.items[0].excerpt + d.items[0].caret, refusals[i].at,
			    strlen(refusals[i].at)) != 0)
			fail_msg("%s: caret at %s", refusals[i].json,
				 d.items[0].excerpt + d.items[0].caret);
	}
}

static void reports_lines_of_files(void **state)
{
	static const char feed[] = "10.0.0.0/8\n# fine\n 10.0.0.1/8 # not\nfd00::/8\n10.0.0/8\n";
	struct source item = { "feed.txt", feed, sizeof(feed) - 1 };
	struct bundle_files files = { .items = &item, .n = 1 };
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct entity_set *set = NULL;

	(void)state;
	assert_int_equal(parse("[" ZONE("z", "", "\"@feed.txt\"") "]", &files, &d, &set), -EBADMSG);
	assert_int_equal(d.n, 2);
	assert_string_equal(d.items[0].file, "feed.txt");
	assert_int_equal(d.items[0].line, 3);
	assert_int_equal(d.items[0].col, 2);
	assert_int_equal(d.items[0].width, strlen("10.0.0.1/8"));
	assert_int_equal(d.items[1].line, 5);
}

static void suggests_what_was_meant(void **state)
{
	static const struct {
		const char *json, *hint;
	} rows[] = {
		{ "[" ZONE("z", "", "\"@fed.txt\"") "]", "@feed.txt" },
		{ "[" ENTITY("zone", "z", "", "") "]", "\"Zone\"" },
		{ "[" ZONE("prod", UID("Zone", "inner"), "") "," ZONE("innr", "", "") "]",
		  "Zone::\"innr\"" },
		{ "[" ENTITY("Zone", "z", "", "\"prefix\":[]") "]", "\"prefixes\"" },
	};
	struct source item = { "feed.txt", "", 0 };
	struct bundle_files files = { .items = &item, .n = 1 };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		_cleanup_diags_ struct diags d = DIAGS_INIT;
		struct entity_set *set = NULL;

		assert_int_equal(parse(rows[i].json, &files, &d, &set), -EBADMSG);
		if (!d.items[0].hint || !strstr(d.items[0].hint, rows[i].hint))
			fail_msg("%s: %s", rows[i].json, d.items[0].hint);
	}
}

static void reports_several_errors(void **state)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct entity_set *set = NULL;

	(void)state;
	assert_int_equal(
		parse("[" ZONE("a", "", "\"x\",\"y\"") "," ENTITY("Host", "h", "", "") "," ENTITY(
			      "Team", "t", "", "\"k\":1") "]",
		      NULL, &d, &set),
		-EBADMSG);
	assert_int_equal(d.errors, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_every_kind),
		cmocka_unit_test(accepts_what_cedar_accepts),
		cmocka_unit_test(ancestors_are_transitive),
		cmocka_unit_test(prefixes_are_sorted_and_disjoint),
		cmocka_unit_test(reads_prefixes_from_files),
		cmocka_unit_test(refuses_with_code_and_place),
		cmocka_unit_test(reports_lines_of_files),
		cmocka_unit_test(suggests_what_was_meant),
		cmocka_unit_test(reports_several_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
