/* SPDX-License-Identifier: BSD-2-Clause */
/* The text of a challenge: one for each challenge, and every other text is none. */
#include "scene.h"

static struct challenge sample(void)
{
	struct challenge c = good().challenge;

	c.session = 7;
	c.loginuid = ALICE;
	return c;
}

static void text_of_sample(char ret[SESSION_TEXT_MAX])
{
	const struct challenge c = sample();

	assert_int_equal(challenge_text(&c, ret), 0);
}

static void it_is_ten_lines_of_ascii(void **state)
{
	char text[SESSION_TEXT_MAX];
	size_t lines = 0;

	(void)state;
	text_of_sample(text);
	for (const char *p = text; *p; p++) {
		assert_true(*p == '\n' || (*p >= ' ' && *p <= '~'));
		lines += *p == '\n';
	}
	assert_int_equal(lines, 10);
	assert_int_equal(text[strlen(text) - 1], '\n');
	assert_non_null(strstr(text, "\nsession 7\nloginuid 1000\nuser alice\npurpose login\n"));
}

static void it_comes_back(void **state)
{
	const struct challenge c = sample();
	char text[SESSION_TEXT_MAX];
	struct challenge back;

	(void)state;
	text_of_sample(text);
	assert_int_equal(challenge_parse(text, strlen(text), &back), 0);
	assert_int_equal(challenge_compare(&c, &back), SESSION_OK);
	assert_string_equal(back.nonce, c.nonce);
}

/* Every single character, changed, makes another challenge or none. */
static void no_character_is_free(void **state)
{
	const struct challenge c = sample();
	char text[SESSION_TEXT_MAX];
	struct challenge back;
	size_t len, other = 0;

	(void)state;
	text_of_sample(text);
	len = strlen(text);
	for (size_t i = 0; i < len; i++) {
		char was = text[i];

		text[i] = was == 'b' ? 'c' : 'b';
		if (challenge_parse(text, len, &back) == 0) {
			assert_int_not_equal(challenge_compare(&c, &back), SESSION_OK);
			other++;
		}
		text[i] = was;
	}
	assert_true(other > 0);
}

static void no_length_but_its_own_is_one(void **state)
{
	char text[SESSION_TEXT_MAX + 2] = "";
	struct challenge back;
	size_t len;

	(void)state;
	text_of_sample(text);
	len = strlen(text);
	for (size_t i = 0; i < len; i++)
		assert_int_equal(challenge_parse(text, i, &back), -EBADMSG);
	text[len] = '\n';
	assert_int_equal(challenge_parse(text, len + 1, &back), -EBADMSG);
	text[len] = '\0';
	assert_int_equal(challenge_parse(text, len + 1, &back), -EBADMSG);
}

/* Replaces the first `what` of the text and expects that it is no challenge any more. */
static void refuses(const char *what, const char *with)
{
	char text[SESSION_TEXT_MAX], changed[2 * SESSION_TEXT_MAX];
	struct challenge back;
	const char *at;

	text_of_sample(text);
	at = strstr(text, what);
	assert_non_null(at);
	(void)snprintf(changed, sizeof(changed), "%.*s%s%s", (int)(at - text), text, with,
		       at + strlen(what));
	assert_int_equal(challenge_parse(changed, strlen(changed), &back), -EBADMSG);
}

static void other_spellings_are_none(void **state)
{
	(void)state;
	refuses("postern-login 1", "postern-login 2");
	refuses("postern-login 1", "postern-login 01");
	refuses("session 7", "session 07");
	refuses("session 7", "session +7");
	refuses("session 7", "session 4294967296");
	refuses("session 7", "session ");
	refuses("user alice", "user al ice");
	refuses("user alice", "user ");
	refuses("user alice", "user alice\r");
	refuses("purpose login", "purpose policy");
	refuses("purpose login\n", "");
	refuses("nonce a", "nonce A");
	refuses("nonce a", "nonce aa");
	refuses("boot 1", "boot g");
	refuses("\nboot", "\n\nboot");
	refuses("\n", "\r\n");
}

static void an_account_must_fit_a_line(void **state)
{
	char text[SESSION_TEXT_MAX] = "kept";
	struct challenge c = sample();

	(void)state;
	(void)snprintf(c.user, sizeof(c.user), "al ice");
	assert_int_equal(challenge_text(&c, text), -EINVAL);
	(void)snprintf(c.user, sizeof(c.user), "alice\nsession 8");
	assert_int_equal(challenge_text(&c, text), -EINVAL);
	c.user[0] = '\0';
	assert_int_equal(challenge_text(&c, text), -EINVAL);
	assert_string_equal(text, "kept");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_ten_lines_of_ascii),
		cmocka_unit_test(it_comes_back),
		cmocka_unit_test(no_character_is_free),
		cmocka_unit_test(no_length_but_its_own_is_one),
		cmocka_unit_test(other_spellings_are_none),
		cmocka_unit_test(an_account_must_fit_a_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
