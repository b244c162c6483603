/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether something could be written down, asked before somebody needs it. */
#include "bundle/state.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* Each file but a container finds room in that beside the one it replaces. */
enum { ROOM_BYTES = 32 << 10 };

static int check_space(const char *dir)
{
	struct statvfs fs;

	if (statvfs(dir, &fs) < 0)
		return -errno;
	/* some file systems count no inodes */
	if (fs.f_files && !fs.f_favail)
		return -ENOSPC;
	return (uint64_t)fs.f_bavail * fs.f_frsize < ROOM_BYTES ? -ENOSPC : 0;
}

int trust_room(const char *dir)
{
	struct stat st;

	if (stat(dir, &st) < 0)
		return -errno;
	if (!S_ISDIR(st.st_mode))
		return -ENOTDIR;
	if (faccessat(AT_FDCWD, dir, W_OK | X_OK, AT_EACCESS) < 0)
		return -errno;
	return check_space(dir);
}

bool trust_is_new(const char *dir)
{
	static const char *const files[] = { TRUST_FILE, ROOT_FILE, NEXT_ROOT_FILE };
	int fd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	bool found = false;

	if (fd < 0)
		return errno == ENOENT;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		found |= faccessat(fd, files[i], F_OK, AT_SYMLINK_NOFOLLOW) == 0 || errno != ENOENT;
	(void)close(fd);
	return !found;
}
