/* SPDX-License-Identifier: BSD-2-Clause */
/* What the host calls itself: the name that audiences of bundles are matched with. */
#include "identity/identity.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

int identity_host_name(char *ret, size_t size)
{
	if (gethostname(ret, size) < 0)
		return -errno;
	/* A name that does not fit may come back cut and without a NUL: that is no name. */
	return memchr(ret, '\0', size) ? 0 : -ENAMETOOLONG;
}

int identity_machine(char *ret, size_t size)
{
	_cleanup_free_ char *text = NULL;
	size_t len = 0;

	if (file_read(AT_FDCWD, "/etc/machine-id", 4096, &text, &len) < 0)
		return identity_host_name(ret, size);
	len = strcspn(text, "\n");
	if (len != 32 || size <= len)
		return identity_host_name(ret, size);
	memcpy(ret, text, len);
	ret[len] = '\0';
	return 0;
}
