/* SPDX-License-Identifier: BSD-2-Clause */
/* See netns.h. */
#include "netns.h"

#include "cm.h"

#include <arpa/inet.h>
#include <linux/ipv6.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "base/cleanup.h"

static void up(void)
{
	_cleanup_close_ int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP };

	assert_int_equal(ioctl(fd, SIOCSIFFLAGS, &lo), 0);
}

void netns_enter_own(const char *const *addresses)
{
	struct in6_ifreq at = { .ifr6_prefixlen = 128 };

	assert_int_equal(unshare(CLONE_NEWNET), 0);
	up();
	_cleanup_close_ int fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	at.ifr6_ifindex = (int)if_nametoindex("lo");
	for (; *addresses; addresses++) {
		assert_int_equal(inet_pton(AF_INET6, *addresses, &at.ifr6_addr), 1);
		assert_int_equal(ioctl(fd, SIOCSIFADDR, &at), 0);
	}
}
