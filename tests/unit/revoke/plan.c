/* SPDX-License-Identifier: BSD-2-Clause */
/* Which sockets a withdrawn permission cuts, in which order, and in which words. */
#include "cm.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <string.h>

#include "revoke/revoke.h"

#define OWN 4026531840u
#define OTHER 4026532211u

static void end(uint8_t to[16], const char *text)
{
	memset(to, 0, 16);
	to[10] = to[11] = 0xff;
	if (inet_pton(AF_INET, text, to + 12) != 1)
		assert_int_equal(inet_pton(AF_INET6, text, to), 1);
}

static struct postern_sighting sighting(const char *local, const char *peer)
{
	struct postern_sighting s = {
		.cookie = 1,
		.netns = OWN,
		.family = AF_INET,
		.ip_protocol = IPPROTO_TCP,
		.state = TCP_ESTABLISHED,
		.local_port = 43210,
		.peer_port = 5432,
		.verdict = POSTERN_DENY,
		.reason = POSTERN_R_DEFAULT_DENY,
		.action = POSTERN_CONNECT,
		.policy = POSTERN_NONE,
		.image_id = 3,
		.who = { .process.tgid = 7, .uid = 1000 },
	};

	end(s.local, local);
	end(s.peer, peer);
	return s;
}

static struct postern_sighting plain(void)
{
	return sighting("10.0.0.5", "10.0.0.9");
}

static const char *policy(uint32_t image_id, uint32_t number, void *arg)
{
	(void)arg;
	assert_int_equal(image_id, 3);
	return number == POSTERN_NONE ? "" : "no-db";
}

static const char *program(const struct postern_party *who, void *arg)
{
	(void)arg;
	return who->process.tgid == 7 ? "/usr/bin/psql" : "";
}

static const char *reason(uint32_t r)
{
	return r == POSTERN_R_OPENER_GONE ? "opener-gone" : "?";
}

static const struct revoke_words words = { OWN, policy, program, reason, NULL };

static void planned_as(const struct postern_sighting *s, const char *line)
{
	_cleanup_revoke_plan_ struct revoke_plan p = { 0 };
	_cleanup_buf_ struct buf out = BUF_INIT;

	assert_int_equal(revoke_plan_add(&p, s), 1);
	revoke_cut_text(&p.cuts.items[0], &words, &out);
	assert_int_equal(buf_error(&out), 0);
	assert_string_equal(out.data, line);
}

static void passed_over(const struct postern_sighting *s)
{
	_cleanup_revoke_plan_ struct revoke_plan p = { 0 };

	assert_int_equal(revoke_plan_add(&p, s), 0);
	assert_int_equal(p.cuts.n, 0);
}

static void a_denied_connection_is_cut(void **state)
{
	struct postern_sighting s = plain();

	(void)state;
	planned_as(&s, "tcp 10.0.0.5:43210 -> 10.0.0.9:5432 of /usr/bin/psql (pid 7, uid 1000): "
		       "no policy permits it any more");
	s.reason = POSTERN_R_FORBID;
	s.policy = 0;
	planned_as(&s, "tcp 10.0.0.5:43210 -> 10.0.0.9:5432 of /usr/bin/psql (pid 7, uid 1000): "
		       "\"no-db\" forbids it");
	s.reason = POSTERN_R_OPENER_GONE;
	s.who.process.tgid = 8;
	planned_as(&s, "tcp 10.0.0.5:43210 -> 10.0.0.9:5432 of an ended program (pid 8, uid 1000): "
		       "locked down, opener-gone");
}

static void who_began_stands_first(void **state)
{
	struct postern_sighting s = sighting("2001:db8::5", "2001:db8::9");

	(void)state;
	s.family = AF_INET6;
	s.action = POSTERN_ACCEPT;
	s.local_port = 22;
	s.peer_port = 40000;
	planned_as(&s, "tcp [2001:db8::9]:40000 -> [2001:db8::5]:22 of /usr/bin/psql (pid 7, uid "
		       "1000): no policy permits it any more");
}

static void the_one_who_got_it_is_told_apart(void **state)
{
	struct postern_sighting s = plain();

	(void)state;
	s.party = POSTERN_USER;
	planned_as(&s, "tcp 10.0.0.5:43210 -> 10.0.0.9:5432 of /usr/bin/psql (pid 7, uid 1000, to "
		       "whom it was passed): no policy permits it any more");
	s.who.flags = POSTERN_PARTY_KERNEL;
	planned_as(&s, "tcp 10.0.0.5:43210 -> 10.0.0.9:5432 of the kernel: no policy permits it "
		       "any more");
}

static void another_namespace_is_named(void **state)
{
	struct postern_sighting s = plain();

	(void)state;
	s.netns = OTHER;
	s.ip_protocol = IPPROTO_UDP;
	planned_as(&s, "udp 10.0.0.5:43210 -> 10.0.0.9:5432 of /usr/bin/psql (pid 7, uid 1000) in "
		       "network namespace 4026532211: no policy permits it any more");
}

static void what_cannot_be_destroyed_is_dropped(void **state)
{
	struct postern_sighting s = plain();

	(void)state;
	s.ip_protocol = IPPROTO_UDPLITE;
	planned_as(
		&s,
		"udplite 10.0.0.5:43210 -> 10.0.0.9:5432 of /usr/bin/psql (pid 7, uid 1000): no "
		"policy permits it any more; the kernel cannot destroy such a socket: its packets "
		"are dropped");
	s.ip_protocol = 200;
	planned_as(
		&s,
		"protocol 200 10.0.0.5:43210 -> 10.0.0.9:5432 of /usr/bin/psql (pid 7, uid 1000): no "
		"policy permits it any more; the kernel cannot destroy such a socket: its packets "
		"are dropped");
}

static void what_is_allowed_stays(void **state)
{
	struct postern_sighting s = plain();

	(void)state;
	s.verdict = POSTERN_ALLOW;
	passed_over(&s);
	s.verdict = POSTERN_WOULD_DENY;
	passed_over(&s);
}

static void where_nothing_lives_nothing_is_cut(void **state)
{
	static const uint32_t quiet[] = { TCP_LISTEN, TCP_CLOSE, TCP_TIME_WAIT, 12 };
	struct postern_sighting s = plain();

	(void)state;
	for (size_t i = 0; i < sizeof(quiet) / sizeof(quiet[0]); i++) {
		s.state = quiet[i];
		passed_over(&s);
	}
	s.ip_protocol = IPPROTO_UDP;
	s.peer_port = 0;
	passed_over(&s);
	s.ip_protocol = IPPROTO_UDPLITE;
	passed_over(&s);
}

/* A connection that is being opened or closed still moves packets. */
static void half_connections_are_cut(void **state)
{
	static const uint32_t half[] = { TCP_SYN_SENT,	 TCP_SYN_RECV, TCP_FIN_WAIT1, TCP_FIN_WAIT2,
					 TCP_CLOSE_WAIT, TCP_LAST_ACK, TCP_CLOSING };
	_cleanup_revoke_plan_ struct revoke_plan p = { 0 };
	struct postern_sighting s = plain();

	(void)state;
	for (size_t i = 0; i < sizeof(half) / sizeof(half[0]); i++) {
		s.state = half[i];
		assert_int_equal(revoke_plan_add(&p, &s), 1);
	}
	assert_int_equal(p.cuts.n, sizeof(half) / sizeof(half[0]));
}

/* However the kernel listed them. */
static void the_order_is_that_of_the_ends(void **state)
{
	_cleanup_revoke_plan_ struct revoke_plan p = { 0 };
	struct postern_sighting s[6];

	(void)state;
	for (size_t i = 0; i < 6; i++)
		s[i] = plain();
	s[0].netns = OTHER;
	s[1].ip_protocol = IPPROTO_UDP;
	end(s[2].local, "10.0.0.6");
	s[3].peer_port++;
	s[4].cookie = 2;
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(revoke_plan_add(&p, &s[i]), 1);
	revoke_plan_sort(&p);
	for (size_t i = 0; i < 6; i++)
		assert_memory_equal(&p.cuts.items[i].seen, &s[5 - i], sizeof(s[0]));
}

static void nothing_sorts_to_nothing(void **state)
{
	_cleanup_revoke_plan_ struct revoke_plan p = { 0 };

	(void)state;
	revoke_plan_sort(&p);
	assert_int_equal(p.cuts.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_denied_connection_is_cut),
		cmocka_unit_test(who_began_stands_first),
		cmocka_unit_test(the_one_who_got_it_is_told_apart),
		cmocka_unit_test(another_namespace_is_named),
		cmocka_unit_test(what_cannot_be_destroyed_is_dropped),
		cmocka_unit_test(what_is_allowed_stays),
		cmocka_unit_test(where_nothing_lives_nothing_is_cut),
		cmocka_unit_test(half_connections_are_cut),
		cmocka_unit_test(the_order_is_that_of_the_ends),
		cmocka_unit_test(nothing_sorts_to_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
