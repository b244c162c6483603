// SPDX-License-Identifier: BSD-2-Clause
/* See namespace.h. */
#include "namespace.h"

#include "scene.h"

#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <unistd.h>

int become_root_of_own(int more)
{
	char map[64];
	unsigned uid = getuid(), gid = getgid();
	int r;

	/* After setuid a process may not write its own maps until it is dumpable again. */
	(void)prctl(PR_SET_DUMPABLE, 1);
	if (unshare(CLONE_NEWUSER | more))
		return errno;
	r = write_text("/proc/self/setgroups", "deny");
	(void)snprintf(map, sizeof(map), "0 %u 1", uid);
	r = r ? r : write_text("/proc/self/uid_map", map);
	(void)snprintf(map, sizeof(map), "0 %u 1", gid);
	return r ? r : write_text("/proc/self/gid_map", map);
}

int have_own_mounts(void)
{
	if (unshare(CLONE_NEWNS))
		return errno;
	return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ? errno : 0;
}
