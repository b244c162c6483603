/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the controller listens, as the kernel wants it said. */
#include "wire/wire.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

int wire_address(const char *path, struct sockaddr_un *ret)
{
	size_t len = strlen(path);

	if (len == 0 || len >= sizeof(ret->sun_path))
		return -ENAMETOOLONG;
	*ret = (struct sockaddr_un){ .sun_family = AF_UNIX };
	memcpy(ret->sun_path, path, len + 1);
	return 0;
}
