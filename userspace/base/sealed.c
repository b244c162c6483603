/* SPDX-License-Identifier: BSD-2-Clause */
/* Sealed memory files, made and read. */
#include "base/sealed.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/large.h"

#define SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008U /* Linux 6.3 */
#endif

/* One that is never a program, where the kernel knows of that. */
static int memory_file(const char *name)
{
	int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_NOEXEC_SEAL);

	return fd < 0 && errno == EINVAL ? memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING) : fd;
}

int sealed_new(const char *name, const void *bytes, size_t len)
{
	_cleanup_close_ int fd = memory_file(name);
	int r = fd < 0 ? -errno : fd_write_all(fd, bytes, len);

	if (r < 0)
		return r;
	return fcntl(fd, F_ADD_SEALS, SEALS) < 0 ? -errno : TAKE_FD(fd);
}

/* How many bytes it has, for good. 0 or -errno. */
static int measure(int fd, size_t max, size_t *ret)
{
	/* EINVAL: a pipe, a directory, a file of a file system */
	int seals = fcntl(fd, F_GET_SEALS);
	struct stat st;

	if (seals < 0 || (seals & SEALS) != SEALS)
		return -EPERM;
	if (fstat(fd, &st) < 0)
		return -errno;
	if ((uint64_t)st.st_size > max)
		return -EFBIG;
	*ret = (size_t)st.st_size;
	return 0;
}

int sealed_read(int fd, size_t max, uint8_t **ret, size_t *ret_len)
{
	_cleanup_free_ uint8_t *bytes = NULL;
	size_t len = 0;
	int r = measure(fd, max, &len);

	if (r < 0)
		return r;
	bytes = large_alloc(len + 1);
	if (!bytes)
		return -ENOMEM;
	r = fd_read_start(fd, bytes, len);
	if (r < 0)
		return r;
	*ret = TAKE_PTR(bytes);
	*ret_len = len;
	return 0;
}
