/* SPDX-License-Identifier: BSD-2-Clause */
/* Public keys in one line of text, and their fingerprints. */
#include "fixture.h"

#include <errno.h>

/* ssh-ed25519 of the seed 01…01, and its fingerprint by ssh-keygen -l. */
#define ALICE_LINE                                                                                 \
	"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c"
static const char alice_print[] = "SHA256:fe85JkIjo8VPe+XqXJGH5Mau1EMFdK1OdKvJUFicyA8";

static void a_line_is_read(void **state)
{
	static const char *const lines[] = { ALICE_LINE, ALICE_LINE "\n",
					     ALICE_LINE " alice@example.com",
					     ALICE_LINE " a comment of words\n" };
	_cleanup_buf_ struct buf blob = BUF_INIT;
	struct sign_key alice = fixture_key(ALICE);

	(void)state;
	fixture_blob(alice.public_key, &blob);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct public_key k;
		const char *why = NULL;

		assert_int_equal(public_key_parse(lines[i], &k, &why), 0);
		assert_int_equal(k.blob_len, blob.len);
		assert_memory_equal(k.blob, blob.data, blob.len);
		assert_string_equal(k.name, "");
	}
}

static void the_fingerprint_is_ssh_keygen_s(void **state)
{
	char print[64];
	const char *why;
	struct public_key k;

	(void)state;
	assert_int_equal(public_key_parse(ALICE_LINE, &k, &why), 0);
	assert_int_equal(public_key_fingerprint(&k, print), 0);
	assert_string_equal(print, alice_print);
}

static void other_lines_are_refused_with_the_reason(void **state)
{
	static const struct {
		const char *line, *why;
	} cases[] = {
		{ "", "write the key as" },
		{ "ssh-ed25519", "write the key as" },
		{ "ssh-ed25519 ", "cut off" },
		{ "ssh-ed25519  AAAAC3NzaC1lZDI1NTE5", "cut off" },
		{ " " ALICE_LINE, "not accepted" },
		{ "ssh-rsa AAAAB3NzaC1yc2E=", "not accepted" },
		{ "ssh-dss AAAAB3NzaC1kc3M=", "not accepted" },
		{ "ecdsa-sha2-nistp256 AAAA", "not accepted" },
		{ "ssh-ed25519-cert-v01@openssh.com AAAA", "not accepted" },
		{ "webauthn-sk-ecdsa-sha2-nistp256@openssh.com AAAA", "not accepted" },
		{ "restrict " ALICE_LINE, "not accepted" },
		{ ALICE_LINE "\n\n", "one line" },
		{ ALICE_LINE "\r\n", "one line" },
		{ ALICE_LINE "\n" ALICE_LINE, "one line" },
		{ ALICE_LINE "=", "not base64" },
		{ ALICE_LINE "AAAA", "more follows" },
		{ "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D2",
		  "not base64" },
		{ "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0",
		  "32 bytes" },
		{ "ssh-ed25519 AAAAB3NzaC1yc2E=", "not accepted" },
		{ "sk-ssh-ed25519@openssh.com AAAAC3NzaC1lZDI1NTE5AAAAIIqI4910CfGV/VLbLTy6XXLKZwm/"
		  "HZQSG/N0iAG0D29c",
		  "not the type in the key" },
		/* the neutral element */
		{ "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
		  "small order" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct public_key k = { .blob_len = 77 };
		const char *why = "";

		if (public_key_parse(cases[i].line, &k, &why) != -EINVAL)
			fail_msg("accepted: %s", cases[i].line);
		if (!strstr(why, cases[i].why))
			fail_msg("%s: %s", cases[i].line, why);
		assert_int_equal(k.blob_len, 77);
	}
}

static void a_very_long_key_is_refused(void **state)
{
	_cleanup_buf_ struct buf line = BUF_INIT;
	struct public_key k;
	const char *why = "";

	(void)state;
	buf_puts(&line, "ssh-ed25519 ");
	for (int i = 0; i < 1000; i++)
		buf_puts(&line, "AAAA");
	assert_int_equal(public_key_parse(line.data, &k, &why), -EINVAL);
	assert_non_null(strstr(why, "too long"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_is_read),
		cmocka_unit_test(the_fingerprint_is_ssh_keygen_s),
		cmocka_unit_test(other_lines_are_refused_with_the_reason),
		cmocka_unit_test(a_very_long_key_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
