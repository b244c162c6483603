/* SPDX-License-Identifier: BSD-2-Clause */
/* The protocols of an endpoint by the words that policies, entities and requests use. */
#include "policy/protocol.h"

#include <errno.h>

#include <postern/abi.h>

#include "policy/policy.h"

static const char *const names[] = {
	[POSTERN_TCP] = "tcp",	   [POSTERN_UDP] = "udp",   [POSTERN_UDPLITE] = "udplite",
	[POSTERN_SCTP] = "sctp",   [POSTERN_DCCP] = "dccp", [POSTERN_ICMP] = "icmp",
	[POSTERN_ICMP6] = "icmp6", [POSTERN_RAW] = "raw",
};

_Static_assert(sizeof(names) / sizeof(names[0]) == POSTERN_PROTOCOLS, "a name for each protocol");

int protocol_from_name(struct text name, uint8_t *ret)
{
	for (int p = 0; p < POSTERN_PROTOCOLS; p++) {
		if (!text_is(name, names[p]))
			continue;
		*ret = (uint8_t)p;
		return 0;
	}
	return -EINVAL;
}

const char *protocol_name(uint8_t protocol)
{
	return protocol < POSTERN_PROTOCOLS ? names[protocol] : NULL;
}

bool protocol_has_ports(uint8_t protocol)
{
	return protocol <= POSTERN_DCCP;
}
