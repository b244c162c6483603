/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Audit sessions: the kernel gives each login a number that is never used again until the next boot,
 * and every process the number of its parent (audit(7); /proc/PID/sessionid and loginuid).
 */
#include "identity/identity.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"

enum { NUMBER_MAX = 32 };

/* A decimal number of 32 bits in a file of a process directory. */
static int read_number(int dir, const char *name, uint32_t *ret)
{
	_cleanup_free_ char *text = NULL;
	unsigned long long value;
	size_t len;
	char *end;
	int r = file_read(dir, name, NUMBER_MAX, &text, &len);

	if (r < 0)
		return r;
	value = strtoull(text, &end, 10);
	if (end == text || (*end && *end != '\n') || value > UINT32_MAX)
		return -EBADMSG;
	*ret = (uint32_t)value;
	return 0;
}

/* A pidfd becomes readable when its process ends. */
static bool has_ended(int pidfd)
{
	struct pollfd p = { .fd = pidfd, .events = POLLIN };

	return poll(&p, 1, 0) != 0;
}

int identity_process_login(pid_t pid, int pidfd, struct identity_login *ret)
{
	struct identity_login login;
	_cleanup_close_ int dir = -1;
	char path[32];
	int r;

	if (pidfd < 0)
		return -ESRCH;
	(void)snprintf(path, sizeof(path), "/proc/%d", (int)pid);
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return errno == ENOENT ? -ESRCH : -errno;
	r = read_number(dir, "sessionid", &login.session);
	if (r == 0)
		r = read_number(dir, "loginuid", &login.loginuid);
	/* Still there: so the directory was its own, and not that of a later process. */
	if (has_ended(pidfd))
		return -ESRCH;
	if (r == 0)
		*ret = login;
	return r;
}

int identity_each_session(void (*fn)(uint32_t session, void *arg), void *arg)
{
	_cleanup_closedir_ DIR *proc = opendir("/proc");
	const struct dirent *entry;
	uint32_t session;
	int r = proc ? read_number(dirfd(proc), "self/sessionid", &session) : -errno;

	if (r < 0)
		return r;
	while ((entry = readdir(proc)) != NULL) {
		char path[300];

		if (!isdigit((unsigned char)entry->d_name[0]))
			continue;
		(void)snprintf(path, sizeof(path), "%s/sessionid", entry->d_name);
		if (read_number(dirfd(proc), path, &session) == 0 && session != UINT32_MAX)
			fn(session, arg);
	}
	return 0;
}
