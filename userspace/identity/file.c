/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A file as the kernel side sees it. stat() is not enough: btrfs and overlayfs report another
 * device there than the superblock's, and it knows no generation.
 *
 * Where the generation comes from: FS_IOC_GETVERSION (ext4, xfs, btrfs, f2fs); on tmpfs from the
 * file handle, whose first word it is (mm/shmem.c, shmem_encode_fh). Other file systems do not tell
 * it. A guess would be wrong in both directions, so such a file has no key: the host's own path
 * still names it, a private mount of it does not match.
 */
#include "identity/file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>

/* What user space calls a device, in the kernel's own encoding of dev_t: 12 bits and 20 bits. */
static uint64_t kernel_dev(unsigned int major, unsigned int minor)
{
	return (uint64_t)major << 20 | minor;
}

/* The device of the superblock that a mount shows, as the third field of mountinfo says. */
static int device_of_mount(uint64_t mount_id, uint64_t *ret)
{
	_cleanup_fclose_ FILE *f = fopen("/proc/self/mountinfo", "re");
	_cleanup_free_ char *line = NULL;
	unsigned long long id;
	unsigned int major, minor;
	size_t size = 0;

	if (!f)
		return -errno;
	while (getline(&line, &size, f) >= 0) {
		/* NOLINTNEXTLINE(cert-err34-c): the kernel prints numbers that fit */
		if (sscanf(line, "%llu %*s %u:%u", &id, &major, &minor) == 3 && id == mount_id) {
			*ret = kernel_dev(major, minor);
			return 0;
		}
	}
	return -ENOENT;
}

/* First word of a tmpfs file handle. */
static int generation_of_tmpfs(int fd, uint32_t *ret)
{
	union {
		struct file_handle handle;
		char room[sizeof(struct file_handle) + MAX_HANDLE_SZ];
	} h = { .handle = { .handle_bytes = MAX_HANDLE_SZ } };
	int mount_id;

	if (name_to_handle_at(fd, "", &h.handle, &mount_id, AT_EMPTY_PATH) < 0)
		return -errno;
	if (h.handle.handle_bytes < 3 * sizeof(*ret))
		return -EOPNOTSUPP;
	memcpy(ret, h.handle.f_handle, sizeof(*ret));
	return 0;
}

static int generation_of(int fd, uint32_t *ret)
{
	/* The request says long; file systems write an int. */
	union {
		int number;
		long room;
	} version = { .room = 0 };
	struct statfs fs;

	if (fstatfs(fd, &fs) < 0)
		return -errno;
	if (fs.f_type == TMPFS_MAGIC)
		return generation_of_tmpfs(fd, ret);
	if (ioctl(fd, FS_IOC_GETVERSION, &version) < 0)
		return errno == ENOTTY || errno == EINVAL || errno == ENOSYS ? -EOPNOTSUPP : -errno;
	*ret = (uint32_t)version.number;
	return 0;
}

/* A mount that nothing shows any more: the device that stat reports is the best there is. */
int file_device(int fd, uint64_t *ret_dev, uint64_t *ret_ino)
{
	struct statx st;
	uint64_t dev;
	int r = 0;

	if (statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_INO | STATX_MNT_ID, &st) < 0)
		return -errno;
	dev = kernel_dev(st.stx_dev_major, st.stx_dev_minor);
	if (st.stx_mask & STATX_MNT_ID)
		r = device_of_mount(st.stx_mnt_id, &dev);
	if (r < 0 && r != -ENOENT)
		return r;
	*ret_dev = dev;
	*ret_ino = st.stx_ino;
	return 0;
}

int identity_file_key(int fd, struct postern_file_key *ret)
{
	struct postern_file_key key = { 0 };
	uint64_t dev, ino;
	int r = file_device(fd, &dev, &ino);

	if (r == 0)
		r = generation_of(fd, &key.generation);
	if (r < 0)
		return r;
	key.dev = dev;
	key.ino = ino;
	*ret = key;
	return 0;
}
