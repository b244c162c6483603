/* SPDX-License-Identifier: BSD-2-Clause */
/* The file system that pins live in. */
#include <errno.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/vfs.h>

#include "base/file.h"
#include "loader/object.h"

#define BPFFS_HOME "/sys/fs/bpf"

bool bpffs_is(const char *path)
{
	struct statfs fs;

	return statfs(path, &fs) == 0 && fs.f_type == BPF_FS_MAGIC;
}

static int bpffs_mount(const char *path)
{
	return mount("bpf", path, "bpf", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=0700") ? -errno
											: 0;
}

/*
 * Makes the directory, and mounts a bpffs where there is none: at its home if the directory lies
 * there, else on the directory itself.
 */
int bpffs_ensure(const char *pin, struct diags *d)
{
	size_t home = strlen(BPFFS_HOME);
	int r = 0;

	if (strncmp(pin, BPFFS_HOME, home) == 0 && (pin[home] == '/' || pin[home] == '\0') &&
	    !bpffs_is(BPFFS_HOME))
		r = bpffs_mount(BPFFS_HOME);
	if (r == 0)
		r = dir_make(pin, 0700);
	if (r == 0 && !bpffs_is(pin))
		r = bpffs_mount(pin);
	if (r < 0)
		diag_error(d, "loader-bpffs", NOWHERE,
			   "run as root, or name a directory on a mounted bpffs with --pin",
			   "no bpffs for pins at %s: %s", pin, strerror(-r));
	return r;
}
