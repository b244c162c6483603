/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bundle directories, and packing them: the same directory, the same bytes; no file left out
 * unsaid.
 */
#include <errno.h>
#include <sys/stat.h>

#include "base/file.h"
#include "fixture.h"
#include "tmpdir.h"

static const char manifest[] =
	"{\"format\":1,\"name\":\"shop\",\"version\":3,\"notAfter\":"
	"\"2027-01-01T00:00:00Z\",\"audience\":[\"web-*\"],\"mode\":\"enforce\","
	"\"phases\":{\"identity\":\"enforce\",\"device\":\"observe\","
	"\"network\":\"enforce\"}}\n";

static char *at(const char *dir, const char *name)
{
	static char path[512];

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static void put(const char *dir, const char *name, const char *text)
{
	assert_int_equal(file_write_atomic(AT_FDCWD, at(dir, name), text, strlen(text), 0644), 0);
}

static void put_bundle(const char *dir)
{
	assert_int_equal(mkdir(at(dir, "policies"), 0755), 0);
	put(dir, "bundle.json", manifest);
	put(dir, "policies/b.cedar", "// b\n");
	put(dir, "policies/a.cedar", "// a\n");
	put(dir, "entities.json", "[ {\"uid\": 1} ]\n");
	put(dir, "prefixes.txt", "10.0.0.0/8\n");
	put(dir, "tests.json", "[]\n");
}

static void a_directory_is_read(void **state)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_bundle_ struct bundle *b = NULL;

	put_bundle(*state);
	assert_int_equal(bundle_read_dir(*state, &d, &b), 0);
	assert_int_equal(d.n, 0);
	assert_string_equal(b->name, "shop");
	assert_int_equal(b->n_policies, 2);
	assert_string_equal(b->policies[0].name, "policies/a.cedar");
	assert_string_equal(b->policies[1].text, "// b\n");
	assert_string_equal(b->entities.text, "[ {\"uid\": 1} ]\n");
	assert_string_equal(b->files[0].name, "prefixes.txt");
	assert_string_equal(b->digest, "");
}

static void what_is_nobody_s_business_is_ignored(void **state)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_bundle_ struct bundle *b = NULL;

	put_bundle(*state);
	put(*state, "README.md", "notes");
	put(*state, ".gitignore", "*");
	put(*state, "shop.postern", "x");
	put(*state, "policies/.swp", "x");
	assert_int_equal(bundle_read_dir(*state, &d, &b), 0);
	assert_int_equal(b->n_policies, 2);
	assert_int_equal(b->n_files, 1);
}

static void pack_dir(const char *dir, struct buf *out)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_bundle_ struct bundle *b = NULL;

	assert_int_equal(bundle_read_dir(dir, &d, &b), 0);
	assert_int_equal(bundle_pack(b, &d, out), 0);
}

static void the_same_directory_gives_the_same_bytes(void **state)
{
	_cleanup_buf_ struct buf first = BUF_INIT, second = BUF_INIT, other = BUF_INIT;

	put_bundle(*state);
	pack_dir(*state, &first);
	/* Another order of making, other times, other permissions. */
	assert_int_equal(remove(at(*state, "policies/a.cedar")), 0);
	put(*state, "policies/a.cedar", "// a\n");
	assert_int_equal(chmod(at(*state, "tests.json"), 0600), 0);
	pack_dir(*state, &second);
	assert_int_equal(first.len, second.len);
	assert_memory_equal(first.data, second.data, first.len);
	put(*state, "policies/a.cedar", "// A\n");
	pack_dir(*state, &other);
	assert_false(other.len == first.len && memcmp(other.data, first.data, first.len) == 0);
}

static void a_payload_has_its_members_in_order(void **state)
{
	static const char json[] =
		"{\"format\":1,\"name\":\"shop\",\"version\":3,\"notAfter\":\"2027-01-01T00:00:00Z\","
		"\"audience\":[\"web-*\"],\"mode\":\"enforce\",\"phases\":{\"identity\":\"enforce\","
		"\"device\":\"observe\",\"network\":\"enforce\"},\"policies\":{\"a.cedar\":\"// a\\n\","
		"\"b.cedar\":\"// b\\n\"},\"entities\":[{\"uid\":1}],\"files\":{\"prefixes.txt\":"
		"\"10.0.0.0/8\\n\"},\"tests\":[]}";
	_cleanup_buf_ struct buf payload = BUF_INIT, text = BUF_INIT;

	put_bundle(*state);
	pack_dir(*state, &payload);
	assert_int_equal(gzip_unpack((uint8_t *)payload.data, payload.len, 1 << 20, &text), 0);
	assert_string_equal(text.data, json);
}

static void what_was_packed_packs_the_same_again(void **state)
{
	_cleanup_buf_ struct buf first = BUF_INIT, second = BUF_INIT;
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_bundle_ struct bundle *b = NULL;

	put_bundle(*state);
	pack_dir(*state, &first);
	assert_int_equal(bundle_parse((uint8_t *)first.data, first.len, &d, &b), BUNDLE_OK);
	assert_int_equal(bundle_pack(b, &d, &second), 0);
	assert_int_equal(first.len, second.len);
	assert_memory_equal(first.data, second.data, first.len);
}

static void refuses(const char *dir, const char *text, const char *hint)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct bundle *b = NULL;
	_cleanup_buf_ struct buf shown = BUF_INIT;

	assert_int_equal(bundle_read_dir(dir, &d, &b), -EBADMSG);
	assert_null(b);
	diags_render(&d, &shown, false);
	if (!strstr(shown.data, text) || !strstr(shown.data, hint))
		fail_msg("%s", shown.data);
}

static void misspelt_files_are_refused_by_name(void **state)
{
	put_bundle(*state);
	put(*state, "entites.json", "[]");
	refuses(*state, "entites.json: error: not a file of a bundle", "rename it: entities.json");
	assert_int_equal(remove(at(*state, "entites.json")), 0);
	put(*state, "policies/deny.ceder", "forbid(principal, action, resource);");
	refuses(*state, "policies/deny.ceder: error: not a policy file", "NAME.cedar");
	assert_int_equal(remove(at(*state, "policies/deny.ceder")), 0);
	put(*state, "policies/a b.cedar", "");
	refuses(*state, "policies/a b.cedar", "NAME.cedar");
	assert_int_equal(remove(at(*state, "policies/a b.cedar")), 0);
	put(*state, "policies/a.cedar~", "");
	refuses(*state, "policies/a.cedar~", "NAME.cedar");
}

static void misspelt_members_get_a_suggestion(void **state)
{
	put_bundle(*state);
	put(*state, "bundle.json",
	    "{\n  \"format\": 1, \"name\": \"x\", \"version\": 1,\n  \"notafter\": \"x\",\n"
	    "  \"audience\": [], \"mode\": \"enforce\", \"phases\": {}}\n");
	refuses(*state, "bundle.json:3:3: error: bundle.json has no member \"notafter\"",
		"write \"notAfter\"");
	put(*state, "bundle.json",
	    "{\"format\":1,\"name\":\"x\",\"version\":1,\"audience\":[],\"mode\":\"enfroce\","
	    "\"phases\":{\"identity\":\"off\",\"device\":\"off\",\"network\":\"off\"}}");
	refuses(*state, "\"mode\" cannot be \"enfroce\"", "did you mean \"enforce\"");
	/* Only the payload has this one. */
	put(*state, "bundle.json", "{\"policies\":{}}");
	refuses(*state, "no member \"policies\"", "remove it");
}

static void links_and_devices_are_not_followed(void **state)
{
	put_bundle(*state);
	assert_int_equal(symlink("/etc/passwd", at(*state, "more.txt")), 0);
	refuses(*state, "more.txt: error: symbolic links", "put the file itself");
	assert_int_equal(remove(at(*state, "more.txt")), 0);
	assert_int_equal(mkfifo(at(*state, "more.txt"), 0600), 0);
	refuses(*state, "more.txt: error: not a regular file", "put a file here");
	assert_int_equal(remove(at(*state, "more.txt")), 0);
	assert_int_equal(mkdir(at(*state, "policies/sub.cedar"), 0755), 0);
	refuses(*state, "sub.cedar: error: not a regular file", "put a file here");
}

static void a_linked_policies_folder_is_not_followed(void **state)
{
	put_bundle(*state);
	{
		char from[512];

		(void)snprintf(from, sizeof(from), "%s", at(*state, "policies"));
		assert_int_equal(rename(from, at(*state, ".elsewhere")), 0);
	}
	assert_int_equal(symlink(".elsewhere", at(*state, "policies")), 0);
	refuses(*state, "policies: error: symbolic links", "put the file itself");
}

static void what_is_no_part_of_it_is_left_out_and_said(void **state)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_bundle_ struct bundle *b = NULL;

	put_bundle(*state);
	put(*state, "Makefile", "all:\n");
	assert_int_equal(bundle_read_dir(*state, &d, &b), 0);
	assert_int_equal(d.warnings, 1);
	assert_string_equal(d.items[0].code, "bundle-file-left-out");
}

static void a_file_for_the_policies_folder_is_refused(void **state)
{
	put(*state, "bundle.json", manifest);
	put(*state, "policies", "permit(principal, action, resource);");
	refuses(*state, "policies: error: not a directory", "make it a directory");
}

static void what_is_missing_is_named(void **state)
{
	refuses("/nonexistent", "/nonexistent: error: cannot open", "policies/");
	refuses(*state, "bundle.json: error: there is none", "write {");
	put(*state, "bundle.json", manifest);
	refuses(*state, "policies: error: there is no policy file", "policies/NAME.cedar");
	assert_int_equal(mkdir(at(*state, "policies"), 0755), 0);
	refuses(*state, "policies: error: there is no policy file", "policies/NAME.cedar");
}

static void a_bundle_without_end_is_warned_of(void **state)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_bundle_ struct bundle *b = NULL;

	put_bundle(*state);
	put(*state, "bundle.json",
	    "{\"format\":1,\"name\":\"x\",\"version\":1,\"audience\":[],\"mode\":\"enforce\","
	    "\"phases\":{\"identity\":\"off\",\"device\":\"off\",\"network\":\"off\"}}");
	assert_int_equal(bundle_read_dir(*state, &d, &b), 0);
	assert_int_equal(d.warnings, 1);
	assert_string_equal(d.items[0].code, "bundle-never-expires");
}

static void refuses_to_pack(const char *dir, const char *code)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_bundle_ struct bundle *b = NULL;
	_cleanup_buf_ struct buf out = BUF_INIT;

	assert_int_equal(bundle_read_dir(dir, &d, &b), 0);
	assert_int_equal(bundle_pack(b, &d, &out), -EBADMSG);
	assert_int_equal(out.len, 0);
	assert_string_equal(d.items[0].code, code);
}

static void what_cannot_be_packed_is_refused(void **state)
{
	put_bundle(*state);
	put(*state, "policies/a.cedar", "// \xff\xfe\n");
	refuses_to_pack(*state, "file-utf8");
	assert_int_equal(
		file_write_atomic(AT_FDCWD, at(*state, "policies/a.cedar"), "//\0x", 4, 0644), 0);
	refuses_to_pack(*state, "file-utf8");
	put(*state, "policies/a.cedar", "");
	put(*state, "entities.json", "[{\"a\":1,\"a\":2}]");
	refuses_to_pack(*state, "json-duplicate-key");
	put(*state, "entities.json", "{}");
	refuses_to_pack(*state, "member-type");
}

#define with_directory(test) cmocka_unit_test_setup_teardown(test, tmpdir_make, tmpdir_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_directory(a_directory_is_read),
		with_directory(what_is_nobody_s_business_is_ignored),
		with_directory(the_same_directory_gives_the_same_bytes),
		with_directory(a_payload_has_its_members_in_order),
		with_directory(what_was_packed_packs_the_same_again),
		with_directory(misspelt_files_are_refused_by_name),
		with_directory(misspelt_members_get_a_suggestion),
		with_directory(links_and_devices_are_not_followed),
		with_directory(a_linked_policies_folder_is_not_followed),
		with_directory(what_is_no_part_of_it_is_left_out_and_said),
		with_directory(a_file_for_the_policies_folder_is_refused),
		with_directory(what_is_missing_is_named),
		with_directory(a_bundle_without_end_is_warned_of),
		with_directory(what_cannot_be_packed_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
