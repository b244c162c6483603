/* SPDX-License-Identifier: BSD-2-Clause */
/* Prefixes, sets of endpoints and protocol names: one text, one meaning. */
#include "policy/prefix.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

#include <postern/abi.h>

#include "cm.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct text text_of(const char *s)
{
	return (struct text){ s, strlen(s) };
}

/* The address of a prefix as text, so that rows can be read. */
static const char *address_text(const struct prefix *p, char *buf)
{
	return inet_ntop(p->v4 ? AF_INET : AF_INET6, p->v4 ? p->addr + 12 : p->addr, buf,
			 INET6_ADDRSTRLEN);
}

static void reads_prefixes(void **state)
{
	static const struct {
		const char *text, *addr;
		unsigned int bits;
		bool v4;
	} rows[] = {
		{ "10.0.0.0/8", "10.0.0.0", 8, true },
		{ "0.0.0.0/0", "0.0.0.0", 0, true },
		{ "169.254.169.254/32", "169.254.169.254", 32, true },
		{ "10.0.0.128/25", "10.0.0.128", 25, true },
		{ "::/0", "::", 0, false },
		{ "fd00::/8", "fd00::", 8, false },
		{ "FD00:0:0::/8", "fd00::", 8, false },
		{ "2001:db8:8000::/33", "2001:db8:8000::", 33, false },
		{ "fd00:ec2::254/128", "fd00:ec2::254", 128, false },
		{ "::1/128", "::1", 128, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char buf[INET6_ADDRSTRLEN];
		const char *why = "";
		struct prefix p;

		if (prefix_parse(text_of(rows[i].text), &p, &why) < 0)
			fail_msg("%s %s", rows[i].text, why);
		assert_string_equal(address_text(&p, buf), rows[i].addr);
		assert_int_equal(p.bits, rows[i].bits);
		assert_int_equal(p.v4, rows[i].v4);
	}
}

static void refuses_other_prefixes(void **state)
{
	static const struct {
		const char *text, *why;
	} rows[] = {
		{ "", "has no length" },
		{ "10.0.0.0", "has no length" },
		{ "10.0.0.1/8", "has bits set" },
		{ "10.0.0.1/31", "has bits set" },
		{ "10.0.0.64/25", "has bits set" },
		{ "128.0.0.0/0", "has bits set" },
		{ "fd00::1/127", "has bits set" },
		{ "fd00:8000::/16", "has bits set" },
		{ "::ffff:a00:0/104", "is an IPv4 network written as IPv6" },
		{ "::ffff:0:0/96", "is an IPv4 network written as IPv6" },
		{ "::ffff:10.0.0.0/104", "is IPv4 embedded" },
		{ "::10.0.0.0/104", "is IPv4 embedded" },
		{ "10.0.0.0/33", "has no valid length" },
		{ "10.0.0.0/", "has no valid length" },
		{ "10.0.0.0/08", "has no valid length" },
		{ "10.0.0.0/+8", "has no valid length" },
		{ "10.0.0.0/8 ", "has no valid length" },
		{ "10.0.0.0/8/8", "has no valid length" },
		{ "10.0.0.0/255.0.0.0", "has no valid length" },
		{ "fd00::/129", "has no valid length" },
		{ "fd00::/99999999999", "has no valid length" },
		{ "/8", "has no valid IPv4" },
		{ " 10.0.0.0/8", "has no valid IPv4" },
		{ "10.0.0/8", "has no valid IPv4" },
		{ "010.0.0.0/8", "has no valid IPv4" },
		{ "10.0.0.256/32", "has no valid IPv4" },
		{ "0x0a.0.0.0/8", "has no valid IPv4" },
		{ "[fd00::]/8", "has no valid IPv4" },
		{ "fe80::%eth0/64", "has no valid IPv4" },
		{ "fd00:::/8", "has no valid IPv4" },
		{ "1:2:3:4:5:6:7:8:9/128", "has no valid IPv4" },
		{ "example.com/8", "has no valid IPv4" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct prefix p = { .bits = 42 };
		const char *why = "";

		if (prefix_parse(text_of(rows[i].text), &p, &why) != -EINVAL ||
		    strncmp(why, rows[i].why, strlen(rows[i].why)) != 0)
			fail_msg("\"%s\": %s", rows[i].text, why);
		assert_int_equal(p.bits, 42);
	}
}

static void covers_by_family_and_bits(void **state)
{
	static const struct {
		const char *outer, *inner;
		bool covers;
	} rows[] = {
		{ "10.0.0.0/8", "10.255.0.0/16", true },
		{ "10.0.0.0/8", "10.0.0.0/8", true },
		{ "0.0.0.0/0", "255.255.255.255/32", true },
		{ "10.0.0.128/25", "10.0.0.129/32", true },
		{ "fd00::/8", "fdff::/16", true },
		{ "10.0.0.0/16", "10.0.0.0/8", false },
		{ "10.0.0.128/25", "10.0.0.127/32", false },
		{ "10.0.0.0/8", "11.0.0.0/8", false },
		{ "::/0", "10.0.0.0/8", false },
		{ "0.0.0.0/0", "::/0", false },
		{ "fd00::/8", "fe00::/8", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct prefix outer, inner;
		const char *why;

		assert_int_equal(prefix_parse(text_of(rows[i].outer), &outer, &why), 0);
		assert_int_equal(prefix_parse(text_of(rows[i].inner), &inner, &why), 0);
		if (prefix_covers(&outer, &inner) != rows[i].covers)
			fail_msg("%s and %s", rows[i].outer, rows[i].inner);
	}
}

static void reads_endpoints(void **state)
{
	static const struct {
		const char *text, *addr;
		unsigned int protocol, bits, first, last;
	} rows[] = {
		{ "tcp 10.20.0.0/24:5432", "10.20.0.0", POSTERN_TCP, 24, 5432, 5432 },
		{ "udp [fd00::]/8:8000-8010", "fd00::", POSTERN_UDP, 8, 8000, 8010 },
		{ "sctp 0.0.0.0/0:0-65535", "0.0.0.0", POSTERN_SCTP, 0, 0, 65535 },
		{ "udp [::]/0:53", "::", POSTERN_UDP, 0, 53, 53 },
		{ "icmp 10.0.0.0/8", "10.0.0.0", POSTERN_ICMP, 8, 0, 0 },
		{ "icmp6 [fd00::]/8", "fd00::", POSTERN_ICMP6, 8, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char buf[INET6_ADDRSTRLEN];
		const char *why = "";
		struct endpoint_set e;

		if (endpoint_set_parse(text_of(rows[i].text), &e, &why) < 0)
			fail_msg("%s %s", rows[i].text, why);
		assert_string_equal(address_text(&e.prefix, buf), rows[i].addr);
		assert_int_equal(e.protocol, rows[i].protocol);
		assert_int_equal(e.prefix.bits, rows[i].bits);
		assert_int_equal(e.port_first, rows[i].first);
		assert_int_equal(e.port_last, rows[i].last);
	}
}

static void refuses_other_endpoints(void **state)
{
	static const struct {
		const char *text, *why;
	} rows[] = {
		{ "", "has no protocol" },
		{ "tcp", "has no protocol" },
		{ "10.0.0.0/8:80", "has no protocol" },
		{ "http 10.0.0.0/8:80", "has an unknown protocol" },
		{ "TCP 10.0.0.0/8:80", "has an unknown protocol" },
		{ " 10.0.0.0/8:80", "has an unknown protocol" },
		{ "tcp ", "has no prefix length" },
		{ "tcp 10.0.0.5:80", "has no prefix length" },
		{ "tcp 10.0.0.0/8", "has no port" },
		{ "tcp [fd00::]/8", "has no port" },
		{ "tcp  10.0.0.0/8:80", "has no valid IPv4" },
		{ "tcp 10.0.0.1/8:80", "has bits set" },
		{ "tcp fd00::/8:80", "has IPv6 without brackets" },
		{ "tcp [10.0.0.0]/8:80", "has IPv4 in brackets" },
		{ "tcp [fd00::/8:80", "has a bracket that is not closed" },
		{ "tcp [fd00::/8]:80", "has no length after the bracket" },
		{ "tcp [fd00::]x/8:80", "has no length after the bracket" },
		{ "tcp []/8:80", "has IPv4 in brackets" },
		{ "tcp 10.0.0.0/8:", "has no valid port" },
		{ "tcp 10.0.0.0/8:65536", "has no valid port" },
		{ "tcp 10.0.0.0/8:080", "has no valid port" },
		{ "tcp 10.0.0.0/8:80-", "has no valid port" },
		{ "tcp 10.0.0.0/8:-80", "has no valid port" },
		{ "tcp 10.0.0.0/8:80,443", "has no valid port" },
		{ "tcp 10.0.0.0/8:http", "has no valid port" },
		{ "tcp 10.0.0.0/8:90-80", "has a port range" },
		{ "icmp 10.0.0.0/8:0", "has IPv6 without brackets" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct endpoint_set e = { .port_first = 42 };
		const char *why = "";

		if (endpoint_set_parse(text_of(rows[i].text), &e, &why) != -EINVAL ||
		    strncmp(why, rows[i].why, strlen(rows[i].why)) != 0)
			fail_msg("\"%s\": %s", rows[i].text, why);
		assert_int_equal(e.port_first, 42);
	}
}

static void protocols_by_name(void **state)
{
	uint8_t p = 42;

	(void)state;
	for (int i = 0; i < POSTERN_PROTOCOLS; i++) {
		assert_int_equal(protocol_from_name(text_of(protocol_name((uint8_t)i)), &p), 0);
		assert_int_equal(p, i);
	}
	p = 42;
	assert_int_equal(protocol_from_name(text_of("tcp6"), &p), -EINVAL);
	assert_int_equal(protocol_from_name(text_of(""), &p), -EINVAL);
	assert_int_equal(p, 42);
	assert_null(protocol_name(POSTERN_PROTOCOLS));
	assert_null(protocol_name(POSTERN_NO_PROTOCOL));
}

static void actions_by_name(void **state)
{
	enum action a = ACTION_CREATE;

	(void)state;
	assert_int_equal(action_from_name(text_of("connect"), &a), 0);
	assert_int_equal(a, ACTION_CONNECT);
	assert_string_equal(action_name(ACTION_LISTEN), "listen");
	assert_int_equal(action_from_name(text_of("egress"), &a), -EINVAL);
	assert_int_equal(action_from_name(text_of("Connect"), &a), -EINVAL);
	assert_int_equal(a, ACTION_CONNECT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_prefixes),
		cmocka_unit_test(refuses_other_prefixes),
		cmocka_unit_test(covers_by_family_and_bits),
		cmocka_unit_test(reads_endpoints),
		cmocka_unit_test(refuses_other_endpoints),
		cmocka_unit_test(protocols_by_name),
		cmocka_unit_test(actions_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
