/* SPDX-License-Identifier: BSD-2-Clause */
/* What /proc says of a process that may be gone by now, and its pid somebody else's. */
#include "identity/identity.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

enum { PROC_BYTES_MAX = 1 << 20 };

/*
 * Whether a line of /proc/PID/stat is of a process that started then. Field 22, after the name in
 * parentheses (which may hold anything): ticks since boot.
 */
static bool started_at(const char *stat, uint64_t boottime_ns)
{
	const char *name_end = strrchr(stat, ')');
	uint64_t per_second = (uint64_t)sysconf(_SC_CLK_TCK);
	unsigned long long ticks;

	if (!name_end ||
	    /* NOLINTNEXTLINE(cert-err34-c): the kernel prints numbers that fit */
	    sscanf(name_end + 1,
		   " %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %llu",
		   &ticks) != 1)
		return false;
	return ticks == boottime_ns / (1000000000ull / per_second);
}

/* The numbers after "Groups:" in /proc/PID/status. */
static int parse_groups(const char *status, gid_t **ret, size_t *ret_n)
{
	const char *at = strstr(status, "\nGroups:");
	_cleanup_free_ gid_t *groups = NULL;
	size_t n = 0, cap = 0;
	char *end;

	if (!at)
		return -EBADMSG;
	for (at += strlen("\nGroups:"); *at && *at != '\n'; at = end) {
		unsigned long gid = strtoul(at, &end, 10);

		if (end == at)
			break;
		if (n == cap) {
			gid_t *more = reallocarray(groups, cap ? cap * 2 : 16, sizeof(*groups));

			if (!more)
				return -ENOMEM;
			groups = more;
			cap = cap ? cap * 2 : 16;
		}
		groups[n++] = (gid_t)gid;
		end += strspn(end, " \t");
	}
	*ret = TAKE_PTR(groups);
	*ret_n = n;
	return 0;
}

/* A file of the process directory, whole. */
static int read_proc(int dir, const char *name, char **ret)
{
	size_t len;
	int r = file_read(dir, name, PROC_BYTES_MAX, ret, &len);

	return r == -ENOENT ? -ESRCH : r;
}

int identity_process_groups(const struct postern_process_key *process, gid_t **ret, size_t *ret_n)
{
	_cleanup_free_ char *stat = NULL, *status = NULL;
	_cleanup_close_ int dir = -1;
	char path[32];
	int r;

	(void)snprintf(path, sizeof(path), "/proc/%" PRIu32, process->tgid);
	/* Stays with this process: a later one of the same pid cannot slip in between. */
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return errno == ENOENT ? -ESRCH : -errno;
	r = read_proc(dir, "stat", &stat);
	if (r < 0)
		return r;
	if (!started_at(stat, process->start_boottime))
		return -ESRCH;
	r = read_proc(dir, "status", &status);
	return r < 0 ? r : parse_groups(status, ret, ret_n);
}
