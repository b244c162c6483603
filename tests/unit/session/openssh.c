/* SPDX-License-Identifier: BSD-2-Clause */
/* The tokens of these tests against OpenSSH: ssh-keygen takes what they sign, and nothing near it. */
#include <fcntl.h>
#include <sys/wait.h>

#include "base/file.h"
#include "scene.h"
#include "tmpdir.h"

static void put(const char *dir, const char *name, const void *bytes, size_t len)
{
	char path[256];

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	assert_int_equal(file_write_atomic(AT_FDCWD, path, bytes, len, 0600), 0);
}

/* Whether it takes the signature of the text by the token's key, for that purpose. */
static bool openssh_accepts(const char *dir, const struct token *t, const char *text,
			    const struct buf *armored, const char *name_space)
{
	_cleanup_buf_ struct buf line = BUF_INIT;
	char command[512];
	int status;

	buf_puts(&line, "me ");
	assert_int_equal(token_public(t, &line), 0);
	buf_putc(&line, '\n');
	put(dir, "signers", line.data, line.len);
	put(dir, "signature", armored->data, armored->len);
	put(dir, "text", text, strlen(text));
	(void)snprintf(command, sizeof(command),
		       "cd %s && ssh-keygen -Y verify -f signers -I me -n %s -s signature <text "
		       ">/dev/null 2>&1",
		       dir, name_space);
	status = system(command);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) != 127);
	return WEXITSTATUS(status) == 0;
}

static void openssh_agrees(void **state)
{
	static const enum token_kind kinds[] = { TOKEN_PLAIN, TOKEN_ED25519, TOKEN_P256 };
	const struct challenge asked = good().challenge;
	char text[SESSION_TEXT_MAX];

	assert_int_equal(challenge_text(&asked, text), 0);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		_cleanup_buf_ struct buf armored = BUF_INIT;
		struct token t = token_make(kinds[i], KEY_TOKEN), other = token_make(kinds[i], 77);

		t.flags = TOKEN_TOUCHED | TOKEN_VERIFIED;
		t.counter = 0x12345678;
		assert_int_equal(token_sign(&t, SESSION_NAMESPACE, text, strlen(text), &armored),
				 0);
		assert_true(openssh_accepts(*state, &t, text, &armored, SESSION_NAMESPACE));
		assert_false(openssh_accepts(*state, &t, text, &armored, "policy@postern"));
		assert_false(openssh_accepts(*state, &t, text + 1, &armored, SESSION_NAMESPACE));
		assert_false(openssh_accepts(*state, &other, text, &armored, SESSION_NAMESPACE));
	}
}

/* What a token claims and did not sign, OpenSSH refuses too. */
static void openssh_sees_the_lie(void **state)
{
	static const enum token_kind kinds[] = { TOKEN_ED25519, TOKEN_P256 };

	for (size_t i = 0; i < 2; i++) {
		_cleanup_buf_ struct buf armored = BUF_INIT;
		struct token t = token_make(kinds[i], KEY_TOKEN);

		t.flags = TOKEN_TOUCHED;
		t.lies = true;
		t.claimed_flags = TOKEN_TOUCHED | TOKEN_VERIFIED;
		t.claimed_counter = t.counter;
		assert_int_equal(token_sign(&t, SESSION_NAMESPACE, "x", 1, &armored), 0);
		assert_false(openssh_accepts(*state, &t, "x", &armored, SESSION_NAMESPACE));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(openssh_agrees, tmpdir_make, tmpdir_remove),
		cmocka_unit_test_setup_teardown(openssh_sees_the_lie, tmpdir_make, tmpdir_remove),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
