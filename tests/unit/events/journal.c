/* SPDX-License-Identifier: BSD-2-Clause */
/* Decisions as journal entries: every field is one, whatever a process put into its names. */
#include "events/events.h"

#include <stdio.h>
#include <string.h>

#include "cm.h"

static struct event sample(void)
{
	static char policy[] = "", bundle[] = "shop", advice[] = "ask the owner";
	struct event e = { .id = "abc5",
			   .policy = policy,
			   .bundle = bundle,
			   .advice = advice,
			   .bundle_version = 42,
			   .user = "www-data" };

	e.raw = (struct postern_event){
		.verdict = POSTERN_DENY,
		.reason = POSTERN_R_DEFAULT_DENY,
		.action = POSTERN_CONNECT,
		.protocol = POSTERN_TCP,
		.v4 = 1,
		.port = 5432,
		.addr = { [10] = 0xff, [11] = 0xff, 10, 20, 0, 5 },
		.uid = 33,
		.process = { .tgid = 100 },
		.exe_len = 13,
		.comm = "curl",
		.unit = "nginx.service",
		.exe = "/usr/bin/curl",
	};
	return e;
}

static bool has_line(const struct buf *b, const char *line)
{
	size_t n = strlen(line);
	const char *at = b->data;

	while ((at = strstr(at, line))) {
		if ((at == b->data || at[-1] == '\n') && at[n] == '\n')
			return true;
		at++;
	}
	return false;
}

static void a_denial_is_an_entry_of_its_unit(void **state)
{
	_cleanup_buf_ struct buf b = BUF_INIT;
	struct event e = sample();

	(void)state;
	assert_int_equal(event_journal(&e, &b), 0);
	assert_true(has_line(&b, "OBJECT_PID=100"));
	assert_true(has_line(&b, "OBJECT_SYSTEMD_UNIT=nginx.service"));
	assert_true(has_line(&b, "PRIORITY=4"));
	assert_true(has_line(&b, "POSTERN_ADVICE=ask the owner"));
	assert_true(has_line(&b, "MESSAGE=deny connect curl[100] user www-data: tcp 10.20.0.5:5432 "
				 "by default-deny (postern why abc5)"));
	/* nothing decided it: an empty field is none */
	assert_null(strstr(b.data, "POSTERN_POLICY="));
}

static void a_would_be_denial_is_another_message(void **state)
{
	_cleanup_buf_ struct buf deny = BUF_INIT, would = BUF_INIT;
	struct event e = sample();

	(void)state;
	assert_int_equal(event_journal(&e, &deny), 0);
	e.raw.verdict = POSTERN_WOULD_DENY;
	assert_int_equal(event_journal(&e, &would), 0);
	assert_true(has_line(&would, "PRIORITY=5"));
	assert_string_not_equal(strstr(deny.data, "MESSAGE_ID="),
				strstr(would.data, "MESSAGE_ID="));
}

/* A command's name is the process's choice: it must not end its field and begin another. */
static void a_name_forges_no_field(void **state)
{
	_cleanup_buf_ struct buf b = BUF_INIT;
	struct event e = sample();

	(void)state;
	(void)snprintf(e.raw.comm, sizeof(e.raw.comm), "x\nPRIORITY=0");
	(void)snprintf(e.raw.unit, sizeof(e.raw.unit), "a\nOBJECT_PID=1");
	assert_int_equal(event_journal(&e, &b), 0);
	assert_false(has_line(&b, "PRIORITY=0"));
	assert_false(has_line(&b, "OBJECT_PID=1"));
	assert_true(has_line(&b, "OBJECT_PID=100"));
}

/* What the author of a policy wrote may have lines. */
static void advice_of_many_lines_is_one(void **state)
{
	static char advice[] = "first\nPRIORITY=0\n";
	_cleanup_buf_ struct buf b = BUF_INIT;
	struct event e = sample();

	(void)state;
	e.advice = advice;
	assert_int_equal(event_journal(&e, &b), 0);
	assert_false(has_line(&b, "PRIORITY=0"));
	assert_true(has_line(&b, "POSTERN_ADVICE=first\\x0aPRIORITY=0\\x0a"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_denial_is_an_entry_of_its_unit),
		cmocka_unit_test(a_would_be_denial_is_another_message),
		cmocka_unit_test(a_name_forges_no_field),
		cmocka_unit_test(advice_of_many_lines_is_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
