/* SPDX-License-Identifier: BSD-2-Clause */
/* Changes as entries of the journal: each kind with an id of its own, who, what, and why. */
#include "daemon/notice.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/controller.h"

#include "cm.h"

static struct controller c;
static int other = -1;
static char entry[4096];

static int open_journal(void **state)
{
	int fds[2];

	(void)state;
	c = CONTROLLER_INIT;
	assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds), 0);
	c.journal.fd = fds[0];
	other = fds[1];
	return 0;
}

static int close_journal(void **state)
{
	(void)state;
	journal_close(&c.journal);
	(void)close(other);
	return 0;
}

/* The next entry; "" when there is none. */
static const char *next(void)
{
	ssize_t n = recv(other, entry, sizeof(entry) - 1, 0);

	entry[n < 0 ? 0 : n] = '\0';
	return entry;
}

static bool has_line(const char *text, const char *line)
{
	size_t n = strlen(line);

	for (const char *at = text; (at = strstr(at, line)) != NULL; at++)
		if ((at == text || at[-1] == '\n') && at[n] == '\n')
			return true;
	return false;
}

static void who_what_and_why_are_fields(void **state)
{
	const struct control_peer who = { .pid = 4711, .uid = 1000 };
	const struct notice n = { .kind = NOTICE_OBSERVE,
				  .level = LOG_LEVEL_CRITICAL,
				  .who = &who,
				  .version = 7,
				  .before = 6,
				  .reason = "INC-77" };

	(void)state;
	notice_say(&c, &n, "enforcing is suspended by uid %u", 1000U);
	assert_true(has_line(next(), "MESSAGE=enforcing is suspended by uid 1000"));
	assert_true(has_line(entry, "PRIORITY=2"));
	assert_true(has_line(entry, "SYSLOG_IDENTIFIER=posternd"));
	assert_true(has_line(entry, "POSTERN_UID=1000"));
	assert_true(has_line(entry, "OBJECT_PID=4711"));
	assert_true(has_line(entry, "POSTERN_REASON=INC-77"));
	assert_true(has_line(entry, "POSTERN_BUNDLE_VERSION=7"));
	assert_true(has_line(entry, "POSTERN_BUNDLE_BEFORE=6"));
	assert_string_equal(next(), "");
}

static void what_is_not_known_is_no_field(void **state)
{
	const struct notice n = { .kind = NOTICE_LAPSE, .level = LOG_LEVEL_WARNING, .before = 3 };

	(void)state;
	notice_say(&c, &n, "not confirmed in time");
	assert_null(strstr(next(), "POSTERN_UID"));
	assert_null(strstr(entry, "OBJECT_PID"));
	assert_null(strstr(entry, "POSTERN_REASON"));
	assert_null(strstr(entry, "POSTERN_BUNDLE_VERSION"));
	assert_true(has_line(entry, "POSTERN_BUNDLE_BEFORE=3"));
}

static void a_root_document_is_no_bundle(void **state)
{
	const struct notice n = { NOTICE_ROOT, LOG_LEVEL_WARNING, NULL, 2, 1, NULL };

	(void)state;
	notice_say(&c, &n, "root document 2 in force after 1");
	assert_true(has_line(next(), "POSTERN_ROOT_VERSION=2"));
	assert_true(has_line(entry, "POSTERN_ROOT_BEFORE=1"));
	assert_null(strstr(entry, "POSTERN_BUNDLE"));
}

static void each_kind_has_an_id_of_its_own(void **state)
{
	char ids[NOTICES][33];

	(void)state;
	for (int i = 0; i < NOTICES; i++) {
		notice_say(&c, &(struct notice){ .kind = i, .level = LOG_LEVEL_INFO }, "x");
		assert_int_equal(sscanf(strstr(next(), "MESSAGE_ID="), "MESSAGE_ID=%32[0-9a-f]\n",
					ids[i]),
				 1);
		assert_int_equal(strlen(ids[i]), 32);
		for (int j = 0; j < i; j++)
			assert_string_not_equal(ids[i], ids[j]);
	}
}

/* The room for denials is spent: what changes who decides is written all the same. */
static void a_flood_of_denials_takes_no_room(void **state)
{
	(void)state;
	c.journal.tokens = 0;
	notice_say(&c, &(struct notice){ .kind = NOTICE_DETACH, .level = LOG_LEVEL_CRITICAL },
		   "detached");
	assert_true(has_line(next(), "MESSAGE=detached"));
}

static void without_a_journal_it_is_a_line_of_the_log(void **state)
{
	(void)state;
	journal_close(&c.journal);
	notice_say(&c, &(struct notice){ .kind = NOTICE_DETACH, .level = LOG_LEVEL_CRITICAL },
		   "detached");
	assert_string_equal(next(), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(who_what_and_why_are_fields, open_journal,
						close_journal),
		cmocka_unit_test_setup_teardown(what_is_not_known_is_no_field, open_journal,
						close_journal),
		cmocka_unit_test_setup_teardown(a_root_document_is_no_bundle, open_journal,
						close_journal),
		cmocka_unit_test_setup_teardown(each_kind_has_an_id_of_its_own, open_journal,
						close_journal),
		cmocka_unit_test_setup_teardown(a_flood_of_denials_takes_no_room, open_journal,
						close_journal),
		cmocka_unit_test_setup_teardown(without_a_journal_it_is_a_line_of_the_log,
						open_journal, close_journal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
