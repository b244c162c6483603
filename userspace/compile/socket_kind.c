/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers of socket kinds. */
#include "compile/socket_kind.h"

#include "compile/compile.h"

#include <errno.h>

static const char *const kinds[] = {
	"raw",	 "ping",   "udplite", "sctp",  "dccp", "l2tp",
	"mptcp", "packet", "xdp",     "vsock", "tun",  "other",
};

const char *socket_kind_name(uint32_t number)
{
	return number < sizeof(kinds) / sizeof(kinds[0]) ? kinds[number] : "other";
}

int socket_kind_number(struct text name, uint32_t *ret)
{
	for (uint32_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (text_is(name, kinds[i])) {
			*ret = i;
			return 0;
		}
	}
	return -EINVAL;
}
