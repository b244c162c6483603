/* SPDX-License-Identifier: BSD-2-Clause */
/* Landlock's rules on TCP ports, which know no addresses and no UDP. */
#include "compare.h"

#include <linux/landlock.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Linux 6.7 and newer; the headers of this release are older. */
#define RULE_NET_PORT 2
#define NET_CONNECT_TCP (1ull << 1)

struct attributes {
	uint64_t fs, net;
};

struct net_port {
	uint64_t allowed, port;
};

enum { PORTS = 1000 };

/* A thousand ports may be connected to, the bench's among them; for this worker alone, and for ever. */
static void restrict_ports(void)
{
	const struct attributes of = { .net = NET_CONNECT_TCP };
	int fd = (int)syscall(SYS_landlock_create_ruleset, &of, sizeof(of), 0);

	if (fd < 0)
		die("a set of Landlock rules: is the lsm= of this kernel without landlock?");
	for (uint64_t i = 0; i < PORTS; i++) {
		const struct net_port rule = { NET_CONNECT_TCP, i > 1 ? 1000 + 7 * i
								: i   ? OUT_PORT
								      : PORT };

		if (syscall(SYS_landlock_add_rule, fd, RULE_NET_PORT, &rule, 0) < 0)
			die("a Landlock rule");
	}
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    syscall(SYS_landlock_restrict_self, fd, 0) < 0)
		die("Landlock");
	(void)close(fd);
}

static void set_up(struct variant *v)
{
	worker_enter(v, "");
}

/* Whether this kernel has rules on ports: version 4 of its interface. */
static bool has_ports(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) >= 4;
}

void landlock_variants(void)
{
	struct variant *v;

	if (!has_ports())
		return;
	v = variant_add("Landlock TCP ports", PORTS);
	v->set_up = set_up;
	v->enter = restrict_ports;
}
