/* SPDX-License-Identifier: BSD-2-Clause */
/* Revoke documents: what one says, and when a host takes it: whatever has expired, but never an older one. */
#include "fixture.h"

#include <errno.h>

#include "bundle/state.h"

#define BOOT "01234567-89ab-cdef-0123-456789abcdef"
#define HEAD "{\"format\":1,\"version\":7,\"issued\":\"2026-01-01T00:00:00Z\""
#define FINGERPRINT "SHA256:pbI9wlyrFSsUbp+GTiIAOqNMvoajbF2tHsPMECyrMYU"

static const uint8_t by_bob[] = { BOB, 0 }, by_alice[] = { ALICE, 0 },
		     by_mallory[] = { MALLORY, 0 };

static int parse(const char *json, struct revocation **ret)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	int r = revocation_parse((const uint8_t *)json, strlen(json), &d, ret);

	assert_int_equal(r != BUNDLE_OK, d.errors > 0);
	return r;
}

static void everything_it_can_name_is_read(void **state)
{
	_cleanup_revocation_ struct revocation *v = NULL;
	_cleanup_buf_ struct buf json = BUF_INIT, line = BUF_INIT;
	struct sign_key alice = fixture_key(ALICE);
	uint8_t digest[KEY_DIGEST];
	struct public_key k;
	const char *why;

	(void)state;
	fixture_line(alice.public_key, &line);
	buf_printf(
		&json,
		HEAD
		",\"reason\":\"lost\",\"identities\":[\"alice\",\"bob\"],\"keys\":[\"" FINGERPRINT
		"\",\"%s\"],\"sessions\":[{\"boot\":\"" BOOT "\",\"session\":4294967294}]}",
		line.data);
	assert_int_equal(parse(json.data, &v), BUNDLE_OK);
	assert_int_equal(v->version, 7);
	assert_string_equal(v->reason, "lost");
	assert_int_equal(v->n_identities, 2);
	assert_string_equal(v->identities[1], "bob");
	assert_int_equal(v->n_keys, 2);
	assert_int_equal(fingerprint_parse(FINGERPRINT, digest), 0);
	assert_memory_equal(v->keys[0], digest, sizeof(digest));
	assert_int_equal(public_key_parse(line.data, &k, &why), 0);
	assert_int_equal(public_key_digest(&k, digest), 0);
	assert_memory_equal(v->keys[1], digest, sizeof(digest));
	assert_int_equal(v->n_sessions, 1);
	assert_string_equal(v->sessions[0].boot, BOOT);
	assert_int_equal(v->sessions[0].session, 4294967294u);
}

static void it_may_name_nobody(void **state)
{
	_cleanup_revocation_ struct revocation *v = NULL;

	(void)state;
	assert_int_equal(parse(HEAD "}", &v), BUNDLE_OK);
	assert_int_equal(v->n_identities + v->n_keys + v->n_sessions, 0);
	assert_string_equal(v->reason, "");
}

static void what_is_no_revoke_document_is_refused(void **state)
{
	static const char *const texts[] = {
		"",
		"[]",
		"{}",
		HEAD,
		HEAD "} ]",
		HEAD ",\"more\":1}",
		HEAD ",\"version\":8}",
		"{\"format\":2,\"version\":7,\"issued\":\"2026-01-01T00:00:00Z\"}",
		"{\"format\":1,\"version\":0,\"issued\":\"2026-01-01T00:00:00Z\"}",
		"{\"format\":1,\"version\":-1,\"issued\":\"2026-01-01T00:00:00Z\"}",
		"{\"format\":1,\"version\":7,\"issued\":\"yesterday\"}",
		"{\"format\":1,\"version\":7}",
		HEAD ",\"reason\":1}",
		HEAD ",\"identities\":\"alice\"}",
		HEAD ",\"identities\":[1]}",
		HEAD ",\"identities\":[\"\"]}",
		HEAD ",\"keys\":[\"alice\"]}",
		HEAD ",\"keys\":[7]}",
		HEAD ",\"keys\":[\"SHA256:short\"]}",
		HEAD ",\"keys\":[\"MD5:pbI9wlyrFSsUbp+GTiIAOqNMvoajbF2tHsPMECyrMYU\"]}",
		/* the same bytes have one spelling: the last character has bits that must be 0 */
		HEAD ",\"keys\":[\"SHA256:pbI9wlyrFSsUbp+GTiIAOqNMvoajbF2tHsPMECyrMYV\"]}",
		HEAD ",\"keys\":[\"ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAAQ==\"]}",
		HEAD ",\"sessions\":[7]}",
		HEAD ",\"sessions\":[{\"session\":7}]}",
		HEAD ",\"sessions\":[{\"boot\":\"here\",\"session\":7}]}",
		HEAD ",\"sessions\":[{\"boot\":\"" BOOT "\",\"session\":-1}]}",
		HEAD ",\"sessions\":[{\"boot\":\"" BOOT "\",\"session\":4294967296}]}",
		HEAD ",\"sessions\":[{\"boot\":\"" BOOT "\",\"session\":7,\"host\":\"a\"}]}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct revocation *v = NULL;

		if (parse(texts[i], &v) != BUNDLE_E_PAYLOAD || v)
			fail_msg("taken: %s", texts[i]);
	}
}

static void a_fingerprint_comes_back(void **state)
{
	uint8_t digest[KEY_DIGEST];
	char text[64];

	(void)state;
	assert_int_equal(fingerprint_parse(FINGERPRINT, digest), 0);
	assert_int_equal(fingerprint_of_digest(digest, text), 0);
	assert_string_equal(text, FINGERPRINT);
}

/* ---- accepting --------------------------------------------------------------------------------- */

static void make_document(uint64_t version, const char *more, const uint8_t *seeds, struct buf *out)
{
	_cleanup_buf_ struct buf json = BUF_INIT;

	buf_printf(&json, "{\"format\":1,\"version\":%llu,\"issued\":\"2026-01-01T00:00:00Z\"%s}",
		   (unsigned long long)version, more);
	buf_clear(out);
	fixture_container(BUNDLE_REVOKE, &json, seeds, out);
}

static void make_trust(struct trust *ret)
{
	memset(ret, 0, sizeof(*ret));
	fixture_root(1, &ret->root);
	ret->policy_version = 3;
}

/* The answer; *t becomes what is to be stored when it is BUNDLE_OK. */
static int try(struct trust *t, const struct buf *bytes, bool *ret_already)
{
	_cleanup_revocation_ struct revocation *v = NULL;
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct trust before = *t, next;
	int r = trust_accept_revocation(t, (const uint8_t *)bytes->data, bytes->len, 1000, &d, &v,
					&next, ret_already);

	assert_memory_equal(t, &before, sizeof(before));
	assert_int_equal(r == BUNDLE_OK, v != NULL);
	assert_int_equal(r != BUNDLE_OK, d.errors > 0);
	if (r == BUNDLE_OK)
		*t = next;
	return r;
}

static int try_signed(struct trust *t, uint64_t version, const char *more, const uint8_t *seeds)
{
	_cleanup_buf_ struct buf bytes = BUF_INIT;
	bool already;

	make_document(version, more, seeds, &bytes);
	return try(t, &bytes, &already);
}

static void versions_only_rise(void **state)
{
	struct trust t;

	(void)state;
	make_trust(&t);
	assert_int_equal(try_signed(&t, 5, "", by_bob), BUNDLE_OK);
	assert_int_equal(t.revoke_version, 5);
	assert_int_equal(t.policy_version, 3);
	assert_int_equal(try_signed(&t, 4, "", by_bob), BUNDLE_E_ROLLBACK);
	assert_int_equal(try_signed(&t, 5, ",\"reason\":\"other\"", by_bob), BUNDLE_E_EQUIVOCATION);
	assert_int_equal(try_signed(&t, 5 + 1000001, "", by_bob), BUNDLE_E_JUMP);
	assert_int_equal(try_signed(&t, 5 + 1000000, "", by_bob), BUNDLE_OK);
}

static void the_same_again_is_no_news(void **state)
{
	_cleanup_buf_ struct buf bytes = BUF_INIT;
	bool already = true;
	struct trust t;

	(void)state;
	make_trust(&t);
	make_document(5, "", by_bob, &bytes);
	assert_int_equal(try(&t, &bytes, &already), BUNDLE_OK);
	assert_false(already);
	assert_int_equal(try(&t, &bytes, &already), BUNDLE_OK);
	assert_true(already);
}

static void only_its_role_may_sign(void **state)
{
	_cleanup_buf_ struct buf bytes = BUF_INIT;
	bool already;
	struct trust t;

	(void)state;
	make_trust(&t);
	assert_int_equal(try_signed(&t, 5, "", by_alice), BUNDLE_E_KEY);
	assert_int_equal(try_signed(&t, 5, "", by_mallory), BUNDLE_E_KEY);
	assert_int_equal(try_signed(&t, 5, "", by_bob + 1), BUNDLE_E_UNSIGNED);
	make_document(5, "", by_bob, &bytes);
	bytes.data[40] ^= 1;
	assert_int_equal(try(&t, &bytes, &already), BUNDLE_E_SIGNATURE);
}

static void another_type_is_refused(void **state)
{
	_cleanup_buf_ struct buf payload = BUF_INIT, bytes = BUF_INIT, signed_as = BUF_INIT;
	bool already;
	struct trust t;

	(void)state;
	make_trust(&t);
	fixture_policy(4, "2049-01-01T00:00:00Z", &payload);
	fixture_container(BUNDLE_POLICY, &payload, by_bob, &bytes);
	assert_int_equal(try(&t, &bytes, &already), BUNDLE_E_TYPE);
	/* a bundle's signature does not sign a revoke document of the same bytes */
	make_document(5, "", by_bob, &signed_as);
	assert_memory_equal(signed_as.data, "postern1 revoke ", 16);
	buf_clear(&bytes);
	buf_puts(&bytes, "postern1 policy ");
	buf_put(&bytes, signed_as.data + 16, signed_as.len - 16);
	assert_int_not_equal(try(&t, &bytes, &already), BUNDLE_OK);
}

/* The document in force is found again by its content; no other file is it. */
static void what_is_in_force_is_taken_up(void **state)
{
	_cleanup_buf_ struct buf bytes = BUF_INIT, other = BUF_INIT;
	_cleanup_revocation_ struct revocation *v = NULL;
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct signed_file f;
	bool already;
	struct trust t;

	(void)state;
	make_trust(&t);
	make_document(5, "", by_bob, &bytes);
	make_document(6, "", by_bob, &other);
	assert_int_equal(try(&t, &bytes, &already), BUNDLE_OK);
	f = (struct signed_file){ (const uint8_t *)other.data, other.len };
	assert_int_equal(trust_take_up_revocation(&t, &f, &d, &v), -ENOENT);
	f = (struct signed_file){ (const uint8_t *)bytes.data, bytes.len };
	assert_int_equal(trust_take_up_revocation(&t, &f, &d, &v), BUNDLE_OK);
	assert_int_equal(v->version, 5);
	assert_int_equal(d.errors, 0);
}

static void an_expired_root_still_takes_away(void **state)
{
	struct trust t;

	(void)state;
	make_trust(&t);
	t.root.not_after_ms = 1;
	t.time_floor_ms = 1893456000000;
	assert_int_equal(try_signed(&t, 5, "", by_bob), BUNDLE_OK);
	assert_int_equal(t.time_floor_ms, 1893456000000);
}

/* ---- remembering --------------------------------------------------------------------------------- */

#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"

static void the_version_is_remembered(void **state)
{
	struct remembered before = { .root_version = 1, .revoke_version = 9 }, after;
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_free_ char *text = NULL;

	(void)state;
	strcpy(before.root_digest, ZEROS);
	strcpy(before.revoke_digest, ZEROS);
	text = state_text(&before);
	assert_int_equal(state_parse(text, strlen(text), &d, &after), 0);
	assert_int_equal(after.revoke_version, 9);
	assert_string_equal(after.revoke_digest, ZEROS);
	*strstr(text, "\"revokeVersion\": 9") = ' ';
	assert_int_equal(state_parse(text, strlen(text), &d, &after), -EBADMSG);
}

/* A version without its content, and content without a version, with a right checksum. */
static void half_a_memory_is_refused(void **state)
{
	struct remembered halves[] = { { .root_version = 1, .revoke_version = 9 },
				       { .root_version = 1 } };

	(void)state;
	strcpy(halves[1].revoke_digest, ZEROS);
	for (int i = 0; i < 2; i++) {
		_cleanup_diags_ struct diags d = DIAGS_INIT;
		_cleanup_free_ char *text = NULL;
		struct remembered after;

		strcpy(halves[i].root_digest, ZEROS);
		text = state_text(&halves[i]);
		assert_int_equal(state_parse(text, strlen(text), &d, &after), -EBADMSG);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_it_can_name_is_read),
		cmocka_unit_test(it_may_name_nobody),
		cmocka_unit_test(what_is_no_revoke_document_is_refused),
		cmocka_unit_test(a_fingerprint_comes_back),
		cmocka_unit_test(versions_only_rise),
		cmocka_unit_test(the_same_again_is_no_news),
		cmocka_unit_test(only_its_role_may_sign),
		cmocka_unit_test(another_type_is_refused),
		cmocka_unit_test(what_is_in_force_is_taken_up),
		cmocka_unit_test(an_expired_root_still_takes_away),
		cmocka_unit_test(the_version_is_remembered),
		cmocka_unit_test(half_a_memory_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
