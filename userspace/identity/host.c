/* SPDX-License-Identifier: BSD-2-Clause */
/* What the host calls itself: the name that audiences of bundles are matched with. */
#include "identity/identity.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

int identity_host_name(char *ret, size_t size)
{
	if (gethostname(ret, size) < 0)
		return -errno;
	/* A name that does not fit may come back cut and without a NUL: that is no name. */
	return memchr(ret, '\0', size) ? 0 : -ENAMETOOLONG;
}
