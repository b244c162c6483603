/* SPDX-License-Identifier: BSD-2-Clause */
/* Signing with a key file: the same bytes as ssh-keygen, and no key that should not be used. */
#include "bundle/sign.h"

#include <errno.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/file.h"
#include "bundle/armor.h"
#include "fixture.h"
#include "tmpdir.h"

/*
 * The last byte of the comment's length, and the comment: the one part of a key file that does not
 * matter.
 */
enum { COMMENT_FROM = 228, COMMENT_TO = 233 };

/* PROTOCOL.key, as ssh-keygen writes it. */
static void private_blob(uint8_t seed, struct buf *out)
{
	_cleanup_buf_ struct buf public_half = BUF_INIT, section = BUF_INIT;
	struct sign_key k = fixture_key(seed);

	fixture_blob(k.public_key, &public_half);
	buf_put(&section, "\1\2\3\4\1\2\3\4", 8);
	buf_put(&section, public_half.data, public_half.len);
	ssh_put_u32(&section, 64);
	buf_put(&section, k.seed, 32);
	buf_put(&section, k.public_key, 32);
	ssh_put_string(&section, "test", 4);
	for (char i = 1; section.len % 8; i++)
		buf_putc(&section, i);
	buf_put(out, "openssh-key-v1", 15);
	ssh_put_string(out, "none", 4);
	ssh_put_string(out, "none", 4);
	ssh_put_string(out, "", 0);
	ssh_put_u32(out, 1);
	ssh_put_string(out, public_half.data, public_half.len);
	ssh_put_string(out, section.data, section.len);
	assert_int_equal(buf_error(out), 0);
}

static void private_text(const struct buf *blob, struct buf *out)
{
	buf_puts(out, "-----BEGIN OPENSSH PRIVATE KEY-----\n");
	base64_encode(blob->data, blob->len, 70, out);
	buf_puts(out, "-----END OPENSSH PRIVATE KEY-----\n");
	assert_int_equal(buf_error(out), 0);
}

static void write_file(const char *dir, const char *name, const void *bytes, size_t len)
{
	char path[256];

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	assert_int_equal(file_write_atomic(AT_FDCWD, path, bytes, len, 0600), 0);
}

static void write_key(const char *dir, const char *name, uint8_t seed)
{
	_cleanup_buf_ struct buf blob = BUF_INIT, key = BUF_INIT;

	private_blob(seed, &blob);
	private_text(&blob, &key);
	write_file(dir, name, key.data, key.len);
}

/* Runs a shell line in the directory; its exit status. */
static int run(const char *dir, const char *line)
{
	char command[1024];
	int status;

	(void)snprintf(command, sizeof(command), "cd %s && { %s; } >/dev/null 2>&1", dir, line);
	status = system(command);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int sign(const char *dir, const char *name, struct diags *d, struct buf *out)
{
	char path[256];

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	return bundle_sign_with_file(path, "policy@postern", "hello\n", 6, d, out);
}

static void the_same_bytes_as_ssh_keygen(void **state)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_buf_ struct buf ours = BUF_INIT;
	_cleanup_free_ char *theirs = NULL;
	char path[256];
	size_t len = 0;

	write_key(*state, "key", ALICE);
	write_file(*state, "message", "hello\n", 6);
	assert_int_equal(run(*state, "ssh-keygen -Y sign -f key -n policy@postern message"), 0);
	assert_int_equal(sign(*state, "key", &d, &ours), 0);
	(void)snprintf(path, sizeof(path), "%s/message.sig", (char *)*state);
	assert_int_equal(file_read(AT_FDCWD, path, 4096, &theirs, &len), 0);
	assert_int_equal(ours.len, len);
	assert_memory_equal(ours.data, theirs, len);
}

static void ssh_keygen_verifies_what_we_sign(void **state)
{
	_cleanup_buf_ struct buf line = BUF_INIT, signature = BUF_INIT;
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct sign_key k = fixture_key(BOB);

	write_key(*state, "key", BOB);
	assert_int_equal(sign(*state, "key", &d, &signature), 0);
	buf_puts(&line, "bob ");
	fixture_line(k.public_key, &line);
	buf_putc(&line, '\n');
	write_file(*state, "signers", line.data, line.len);
	write_file(*state, "signature", signature.data, signature.len);
	write_file(*state, "message", "hello\n", 6);
	assert_int_equal(run(*state, "ssh-keygen -Y verify -f signers -I bob -n policy@postern "
				     "-s signature < message"),
			 0);
	assert_int_not_equal(run(*state, "ssh-keygen -Y verify -f signers -I bob -n root@postern "
					 "-s signature < message"),
			     0);
}

static void a_key_that_ssh_keygen_made_signs(void **state)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_buf_ struct buf out = BUF_INIT;
	struct public_key k;

	assert_int_equal(run(*state, "ssh-keygen -q -t ed25519 -N '' -C 'some comment' -f made"),
			 0);
	assert_int_equal(sign(*state, "made", &d, &out), 0);
	assert_int_equal(sshsig_verify(out.data, out.len, "policy@postern", "hello\n", 6, &k),
			 BUNDLE_OK);
}

static void refuses(const char *dir, const char *name, int error, const char *text)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_buf_ struct buf out = BUF_INIT;

	assert_int_equal(sign(dir, name, &d, &out), error);
	assert_int_equal(out.len, 0);
	assert_int_equal(d.n, 1);
	assert_non_null(strstr(d.items[0].text, text));
	assert_non_null(d.items[0].hint);
}

static void other_keys_are_refused_with_the_reason(void **state)
{
	assert_int_equal(run(*state, "ssh-keygen -q -t ed25519 -N secret -f locked"), 0);
	assert_int_equal(run(*state, "ssh-keygen -q -t ecdsa -N '' -f ecdsa"), 0);
	assert_int_equal(run(*state, "ssh-keygen -q -t ecdsa -m PEM -N '' -f pem"), 0);
	assert_int_equal(
		run(*state, "mkfifo -m 600 pipe; mkdir -m 700 dir; : > empty; chmod 600 empty"), 0);
	refuses(*state, "locked", -EINVAL, "encrypted");
	refuses(*state, "ecdsa", -EINVAL, "only ssh-ed25519");
	refuses(*state, "pem", -EINVAL, "not an OpenSSH private key file");
	refuses(*state, "ecdsa.pub", -EINVAL, "other users can read");
	refuses(*state, "empty", -EINVAL, "not an OpenSSH private key file");
	refuses(*state, "pipe", -EINVAL, "not an OpenSSH private key file");
	refuses(*state, "dir", -EINVAL, "Is a directory");
	refuses(*state, "absent", -ENOENT, "No such file");
}

static void a_key_that_others_can_read_is_refused(void **state)
{
	write_key(*state, "key", ALICE);
	assert_int_equal(run(*state, "chmod 640 key"), 0);
	refuses(*state, "key", -EINVAL, "other users can read");
}

static void every_flipped_bit_of_a_key_is_refused(void **state)
{
	_cleanup_buf_ struct buf blob = BUF_INIT;
	struct sign_key k = { .seed = { 77 } };

	(void)state;
	private_blob(ALICE, &blob);
	for (size_t bit = 0; bit < 8 * blob.len; bit++) {
		_cleanup_buf_ struct buf text = BUF_INIT;

		if (bit / 8 >= COMMENT_FROM && bit / 8 < COMMENT_TO)
			continue;
		blob.data[bit / 8] ^= (char)(1 << bit % 8);
		private_text(&blob, &text);
		if (!bundle_sign_key_parse(text.data, text.len, &k))
			fail_msg("byte %zu bit %zu", bit / 8, bit % 8);
		assert_int_equal(k.seed[0], 77);
		blob.data[bit / 8] ^= (char)(1 << bit % 8);
	}
}

static void every_truncated_key_is_refused(void **state)
{
	_cleanup_buf_ struct buf blob = BUF_INIT;

	(void)state;
	private_blob(ALICE, &blob);
	for (size_t n = 0; n < blob.len; n++) {
		const struct buf part = { .data = blob.data, .len = n };
		_cleanup_buf_ struct buf text = BUF_INIT;
		struct sign_key k;

		private_text(&part, &text);
		assert_non_null(bundle_sign_key_parse(text.data, text.len, &k));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_same_bytes_as_ssh_keygen, tmpdir_make,
						tmpdir_remove),
		cmocka_unit_test_setup_teardown(ssh_keygen_verifies_what_we_sign, tmpdir_make,
						tmpdir_remove),
		cmocka_unit_test_setup_teardown(a_key_that_ssh_keygen_made_signs, tmpdir_make,
						tmpdir_remove),
		cmocka_unit_test_setup_teardown(other_keys_are_refused_with_the_reason, tmpdir_make,
						tmpdir_remove),
		cmocka_unit_test_setup_teardown(a_key_that_others_can_read_is_refused, tmpdir_make,
						tmpdir_remove),
		cmocka_unit_test(every_flipped_bit_of_a_key_is_refused),
		cmocka_unit_test(every_truncated_key_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
