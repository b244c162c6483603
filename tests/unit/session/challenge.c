/* SPDX-License-Identifier: BSD-2-Clause */
/* The bytes of a challenge: exactly these, and no others are one. */
#include "scene.h"

static const char text[] =
	"postern-login 1\n"
	"host 0123456789abcdef0123456789abcdef\n"
	"boot " BOOT "\n"
	"session 7\n"
	"loginuid 1000\n"
	"user alice\n"
	"purpose login\n"
	"nonce aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n"
	"issued 2026-01-01T00:00:00Z\n"
	"expires 2026-01-01T00:02:00Z\n";

static struct challenge asked(void)
{
	struct challenge c = good().challenge;

	c.session = 7;
	c.loginuid = ALICE;
	return c;
}

static void it_has_these_bytes(void **state)
{
	char made[SESSION_TEXT_MAX];
	struct challenge c = asked(), again;

	(void)state;
	assert_int_equal(challenge_text(&c, made), 0);
	assert_string_equal(made, text);
	assert_int_equal(challenge_parse(made, strlen(made), &again), 0);
	assert_int_equal(challenge_compare(&c, &again), SESSION_OK);
}

/* Each line once with something put in the place of something. */
static void another_spelling_is_none(void **state)
{
	static const struct {
		const char *from, *to;
	} spoilt[] = {
		{ "postern-login 1", "postern-login 2" },
		{ "postern-login 1", "postern-login 01" },
		{ "postern-login 1\n", "" },
		{ "host 0", "host A" },
		{ "host 0", "host " },
		{ "host 0", "host 00" },
		{ "host ", "host  " },
		{ "boot 1", "boot g" },
		{ "boot 11111111-", "boot 111111111" },
		{ "session 7", "session 07" },
		{ "session 7", "session +7" },
		{ "session 7", "session -7" },
		{ "session 7", "session 4294967303" },
		{ "session 7", "session " },
		{ "session 7\n", "session 7\r\n" },
		{ "session 7\n", "session 7\nsession 7\n" },
		{ "loginuid 1000", "loginuid 1e3" },
		{ "user alice", "user " },
		{ "user alice", "user a lice" },
		{ "user alice", "user al\xc3\xa9" },
		{ "purpose login", "purpose sudo" },
		{ "purpose login", "purpose Login" },
		{ "nonce a", "nonce A" },
		{ "nonce a", "nonce " },
		{ "issued 2026", "issued 26" },
		{ "issued 2026-01-01T00:00:00Z", "issued 2026-01-01T00:00:00.0Z" },
		{ "expires", "Expires" },
		{ "00:02:00Z\n", "00:02:00Z" },
		{ "00:02:00Z\n", "00:02:00Z\n\n" },
		{ "00:02:00Z\n", "00:02:00Z\nmore 1\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(spoilt) / sizeof(spoilt[0]); i++) {
		_cleanup_buf_ struct buf b = BUF_INIT;
		const char *at = strstr(text, spoilt[i].from);
		struct challenge c;

		assert_non_null(at);
		buf_put(&b, text, (size_t)(at - text));
		buf_puts(&b, spoilt[i].to);
		buf_puts(&b, at + strlen(spoilt[i].from));
		if (challenge_parse(b.data, b.len, &c) != -EBADMSG)
			fail_msg("taken: %s for %s", spoilt[i].to, spoilt[i].from);
	}
}

static void every_part_of_it_is_none(void **state)
{
	struct challenge c;

	(void)state;
	for (size_t n = 0; n < strlen(text); n++)
		assert_int_equal(challenge_parse(text, n, &c), -EBADMSG);
}

static void a_nul_ends_nothing(void **state)
{
	char bytes[sizeof(text)];
	struct challenge c;

	(void)state;
	for (size_t i = 0; i < strlen(text); i++) {
		memcpy(bytes, text, sizeof(text));
		bytes[i] = '\0';
		assert_int_equal(challenge_parse(bytes, strlen(text), &c), -EBADMSG);
	}
	/* nor does one behind it */
	assert_int_equal(challenge_parse(text, sizeof(text), &c), -EBADMSG);
}

static void values_that_fit_in_no_line_have_no_text(void **state)
{
	char made[SESSION_TEXT_MAX] = "untouched";
	struct challenge c = asked();

	(void)state;
	strcpy(c.user, "a\nsession 8");
	assert_int_equal(challenge_text(&c, made), -EINVAL);
	c = asked();
	c.user[0] = '\0';
	assert_int_equal(challenge_text(&c, made), -EINVAL);
	c = asked();
	c.nonce[7] = '\0';
	assert_int_equal(challenge_text(&c, made), -EINVAL);
	c = asked();
	c.host[3] = ' ';
	assert_int_equal(challenge_text(&c, made), -EINVAL);
	c = asked();
	c.expires_ms = -1;
	assert_int_equal(challenge_text(&c, made), -EINVAL);
	assert_string_equal(made, "untouched");
}

static void the_longest_name_fits(void **state)
{
	char made[SESSION_TEXT_MAX];
	struct challenge c = asked(), again;

	(void)state;
	memset(c.user, 'u', sizeof(c.user) - 1);
	c.user[sizeof(c.user) - 1] = '\0';
	c.session = c.loginuid = UINT32_MAX - 1;
	c.verify = true;
	assert_int_equal(challenge_text(&c, made), 0);
	assert_int_equal(challenge_parse(made, strlen(made), &again), 0);
	assert_int_equal(challenge_compare(&c, &again), SESSION_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_has_these_bytes),
		cmocka_unit_test(another_spelling_is_none),
		cmocka_unit_test(every_part_of_it_is_none),
		cmocka_unit_test(a_nul_ends_nothing),
		cmocka_unit_test(values_that_fit_in_no_line_have_no_text),
		cmocka_unit_test(the_longest_name_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
