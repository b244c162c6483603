/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Socket options that would part the wire from what was approved are refused, with an event; all others
 * work as without the hook, whatever their length.
 */
#include "cm.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/in6.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "compiled.h"
#include "scratch.h"

#ifndef IPV6_2292PKTOPTIONS
#define IPV6_2292PKTOPTIONS 6
#endif
#define TCP_REPAIR_ON 1

static struct scratch s;

struct option {
	int family, type, level, name;
	const void *value;
	socklen_t len;
};

/* In the cgroup, with a socket made there: 0 or an errno. */
static int in_cgroup(int (*fn)(int fd, const struct option *o), const struct option *o)
{
	char path[300];
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		int procs, fd;

		(void)snprintf(path, sizeof(path), "%s/cgroup.procs", s.cgroup);
		procs = open(path, O_WRONLY | O_CLOEXEC);
		if (procs < 0 || write(procs, "0", 1) != 1)
			_exit(254);
		fd = socket(o->family, o->type | SOCK_CLOEXEC, 0);
		_exit(fd < 0 ? 253 : fn(fd, o));
	}
	return scratch_wait(pid);
}

static int set(int fd, const struct option *o)
{
	return setsockopt(fd, o->level, o->name, o->value, o->len) < 0 ? errno : 0;
}

static int try(const struct option *o)
{
	return in_cgroup(set, o);
}

static void put_in_force(uint32_t mode)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_compiled_ struct compiled c = { 0 };
	uint32_t id;

	compiled_make(&c, "@id(\"all\") permit(principal, action in Action::\"egress\", resource);",
		      NULL, NULL);
	assert_int_equal(c.err, 0);
	((struct postern_header *)c.image->lines)->mode = mode;
	assert_int_equal(loader_apply(s.loader, c.image, &d, &id), 0);
	(void)scratch_denials(&s, NULL);
}

/* A segment routing header: to ::1 by way of ::2. */
static const unsigned char segments[40] = {
	0, 4, 4, 0, 1, 0, 0, 0, [23] = 1, [39] = 2,
};
static const unsigned char loose[] = { 1, 131, 7, 4, 127, 0, 0, 2 };
static const unsigned char strict[] = { 137, 7, 4, 127, 0, 0, 2, 0 };
/* a record of route whose bytes look like a source route, and nothing else */
static const unsigned char record[] = { 7, 7, 4, 131, 137, 131, 137, 0 };
static const int on = 1, off;
static const unsigned char byte_on = 1;

#define UDP4(level, name, value)                                                                   \
	{                                                                                          \
		AF_INET, SOCK_DGRAM, level, name, &(value), sizeof(value)                          \
	}
#define UDP6(level, name, value)                                                                   \
	{                                                                                          \
		AF_INET6, SOCK_DGRAM, level, name, &(value), sizeof(value)                         \
	}
#define TCP4(level, name, value)                                                                   \
	{                                                                                          \
		AF_INET, SOCK_STREAM, level, name, &(value), sizeof(value)                         \
	}

static const struct option routes[] = {
	UDP6(IPPROTO_IPV6, IPV6_RTHDR, segments),
	UDP4(IPPROTO_IP, IP_OPTIONS, loose),
	UDP4(IPPROTO_IP, IP_OPTIONS, strict),
	TCP4(IPPROTO_IP, IP_OPTIONS, loose),
};

static const struct option others[] = {
	UDP4(IPPROTO_IP, IP_TRANSPARENT, on),	UDP4(IPPROTO_IP, IP_FREEBIND, on),
	UDP4(IPPROTO_IP, IP_FREEBIND, byte_on), UDP6(IPPROTO_IPV6, IPV6_TRANSPARENT, on),
	UDP6(IPPROTO_IPV6, IPV6_FREEBIND, on),	TCP4(IPPROTO_TCP, TCP_REPAIR, on),
};

#define N(array) (sizeof(array) / sizeof((array)[0]))

static void are_refused(const struct option *o, size_t n, uint32_t reason)
{
	struct postern_event e;

	for (size_t i = 0; i < n; i++) {
		assert_int_equal(try(&o[i]), EPERM);
		assert_int_equal(scratch_denials(&s, &e), 1);
		assert_int_equal(e.reason, reason);
		assert_int_equal(e.hook, POSTERN_H_SETSOCKOPT);
		assert_int_equal(e.verdict, POSTERN_DENY);
	}
}

static void source_routes_are_refused(void **state)
{
	(void)state;
	put_in_force(POSTERN_MODE_ENFORCE);
	are_refused(routes, N(routes), POSTERN_R_ROUTE);
}

static void foreign_addresses_and_repair_are_refused(void **state)
{
	(void)state;
	put_in_force(POSTERN_MODE_ENFORCE);
	are_refused(others, N(others), POSTERN_R_OPTION);
}

static void old_control_messages_are_looked_through(void **state)
{
	struct {
		struct cmsghdr head;
		unsigned char value[40];
	} routed = { .head = { sizeof(routed), IPPROTO_IPV6, IPV6_RTHDR } },
	  limited = { .head = { CMSG_LEN(sizeof(int)), IPPROTO_IPV6, IPV6_HOPLIMIT },
		      .value = { 9 } };
	struct option o = UDP6(IPPROTO_IPV6, IPV6_2292PKTOPTIONS, routed);

	(void)state;
	memcpy(routed.value, segments, sizeof(segments));
	put_in_force(POSTERN_MODE_ENFORCE);
	are_refused(&o, 1, POSTERN_R_ROUTE);
	routed.head.cmsg_type = 5; /* IPV6_2292RTHDR */
	are_refused(&o, 1, POSTERN_R_ROUTE);
	o.value = &limited;
	o.len = CMSG_SPACE(sizeof(int));
	assert_int_equal(try(&o), 0);
	assert_int_equal(scratch_denials(&s, NULL), 0);
}

/* Each of them does work: else their refusal would say nothing. */
static void a_bundle_that_observes_lets_them_through_and_says_so(void **state)
{
	struct postern_event e;

	(void)state;
	put_in_force(POSTERN_MODE_OBSERVE);
	for (size_t i = 0; i < N(routes); i++) {
		assert_int_equal(try(&routes[i]), 0);
		assert_int_equal(scratch_denials(&s, &e), 1);
		assert_int_equal(e.verdict, POSTERN_WOULD_DENY);
		assert_int_equal(e.reason, POSTERN_R_ROUTE);
	}
	for (size_t i = 0; i < N(others); i++) {
		assert_int_equal(try(&others[i]), 0);
		assert_int_equal(scratch_denials(&s, &e), 1);
		assert_int_equal(e.reason, POSTERN_R_OPTION);
	}
}

static void taking_them_back_is_nobodys_loss(void **state)
{
	static const struct option none[] = {
		{ AF_INET6, SOCK_DGRAM, IPPROTO_IPV6, IPV6_RTHDR, NULL, 0 },
		{ AF_INET, SOCK_DGRAM, IPPROTO_IP, IP_OPTIONS, NULL, 0 },
		UDP4(IPPROTO_IP, IP_TRANSPARENT, off),
		UDP4(IPPROTO_IP, IP_FREEBIND, off),
		UDP6(IPPROTO_IPV6, IPV6_TRANSPARENT, off),
		UDP6(IPPROTO_IPV6, IPV6_FREEBIND, off),
		TCP4(IPPROTO_TCP, TCP_REPAIR, off),
		UDP4(IPPROTO_IP, IP_OPTIONS, record),
	};

	(void)state;
	put_in_force(POSTERN_MODE_ENFORCE);
	for (size_t i = 0; i < N(none); i++)
		assert_int_equal(try(&none[i]), 0);
	assert_int_equal(scratch_denials(&s, NULL), 0);
}

static void other_options_are_as_ever(void **state)
{
	static const int hops = 9, bytes = 65536, mark = 7;
	static const struct option ordinary[] = {
		UDP4(IPPROTO_IP, IP_TTL, hops),
		UDP4(SOL_SOCKET, SO_RCVBUF, bytes),
		UDP4(SOL_SOCKET, SO_MARK, mark),
		UDP6(IPPROTO_IPV6, IPV6_UNICAST_HOPS, hops),
		UDP6(IPPROTO_IPV6, IPV6_RECVRTHDR, on),
		{ AF_INET6, SOCK_DGRAM, IPPROTO_IPV6, 5 /* IPV6_2292RTHDR: to be told of them */,
		  &on, sizeof(on) },
		TCP4(IPPROTO_TCP, TCP_NODELAY, on),
		{ AF_UNIX, SOCK_STREAM, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on) },
	};

	(void)state;
	put_in_force(POSTERN_MODE_ENFORCE);
	for (size_t i = 0; i < N(ordinary); i++)
		assert_int_equal(try(&ordinary[i]), 0);
	assert_int_equal(scratch_denials(&s, NULL), 0);
}

/* Longer than a page, and not longer than the kernel takes. */
#define SOURCES 100

union filter {
	struct group_filter head;
	char room[GROUP_FILTER_SIZE(SOURCES)];
};

/* A list longer than a page: the kernel must see all of it. */
static int set_long(int fd, const struct option *o)
{
	static union filter f, back;
	struct sockaddr_in *group = (struct sockaddr_in *)&f.head.gf_group;
	struct group_req join = { .gr_interface = 1 };
	socklen_t len = sizeof(back);

	(void)o;
	group->sin_family = AF_INET;
	group->sin_addr.s_addr = htonl(0xe8010101);
	join.gr_group = f.head.gf_group;
	f.head.gf_interface = 1;
	f.head.gf_fmode = MCAST_INCLUDE;
	f.head.gf_numsrc = SOURCES;
	for (uint32_t i = 0; i < SOURCES; i++) {
		struct sockaddr_in *from = (struct sockaddr_in *)&f.head.gf_slist[i];

		from->sin_family = AF_INET;
		from->sin_addr.s_addr = htonl(0x0a000001 + i);
	}
	if (setsockopt(fd, IPPROTO_IP, MCAST_JOIN_GROUP, &join, sizeof(join)) < 0 ||
	    setsockopt(fd, IPPROTO_IP, MCAST_MSFILTER, &f, sizeof(f)) < 0)
		return errno;
	back.head = f.head;
	if (getsockopt(fd, IPPROTO_IP, MCAST_MSFILTER, &back, &len) < 0)
		return errno;
	return back.head.gf_numsrc == SOURCES && memcmp(&back.head.gf_slist[SOURCES - 1],
							&f.head.gf_slist[SOURCES - 1],
							sizeof(struct sockaddr_in)) == 0
		       ? 0
		       : EBADMSG;
}

/* Lists of sources are bounded: lift the bound while this is tried, where that can be done. */
static int bound(const char *path, const char *value, char *ret_before)
{
	int fd = open(path, O_RDWR | O_CLOEXEC), r;

	if (fd < 0)
		return -1;
	if (ret_before) {
		r = (int)read(fd, ret_before, 31);
		ret_before[r > 0 ? r : 0] = '\0';
	}
	r = pwrite(fd, value, strlen(value), 0) < 0 ? -1 : 0;
	(void)close(fd);
	return r;
}

static void long_values_arrive_whole(void **state)
{
	static const char path[] = "/proc/sys/net/ipv4/igmp_max_msf";
	struct option o = { .family = AF_INET, .type = SOCK_DGRAM };
	char before[32] = "";
	int r;

	(void)state;
	put_in_force(POSTERN_MODE_ENFORCE);
	if (bound(path, "1000", before) < 0)
		skip();
	r = in_cgroup(set_long, &o);
	(void)bound(path, before, NULL);
	assert_int_equal(r, 0);
}

static int setup(void **state)
{
	(void)state;
	scratch_open(&s, "option");
	scratch_load(&s);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	scratch_close(&s);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(source_routes_are_refused),
		cmocka_unit_test(foreign_addresses_and_repair_are_refused),
		cmocka_unit_test(old_control_messages_are_looked_through),
		cmocka_unit_test(a_bundle_that_observes_lets_them_through_and_says_so),
		cmocka_unit_test(taking_them_back_is_nobodys_loss),
		cmocka_unit_test(other_options_are_as_ever),
		cmocka_unit_test(long_values_arrive_whole),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
