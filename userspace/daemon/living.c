/* SPDX-License-Identifier: BSD-2-Clause */
/* See living.h. */
#include "daemon/living.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <postern/context.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "identity/identity.h"

enum { TABLE_MAX = 64 << 20, PROC_MAX = 65536 };

/* ---- sockets ----------------------------------------------------------------------------------- */

/* One address as the kernel prints it: words of the host's order. */
static bool parse_address(const char *hex, uint8_t ret[16])
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	size_t words = strlen(hex) / 8;
	uint32_t word;

	if (words != 1 && words != 4)
		return false;
	memcpy(ret, mapped, sizeof(mapped));
	for (size_t i = 0; i < words; i++) {
		/* NOLINTNEXTLINE(cert-err34-c): eight digits of the kernel's */
		if (sscanf(hex + 8 * i, "%8x", &word) != 1)
			return false;
		memcpy(ret + (words == 1 ? 12 : 4 * i), &word, sizeof(word));
	}
	return true;
}

/* "  0: 0100007F:0035 00000000:0000 0A 00000000:00000000 00:00000000 00000000   0        0 1234 …" */
static bool parse_row(const char *line, struct living_socket *ret)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	char local[33], peer[33];
	unsigned local_port, peer_port;

	/* NOLINTNEXTLINE(cert-err34-c): the kernel's own table */
	if (sscanf(line,
		   " %*u: %32[0-9A-F]:%4x %32[0-9A-F]:%4x %2x %*x:%*x %*x:%*x %*x %*u %*u %lu",
		   local, &local_port, peer, &peer_port, &ret->state, &ret->inode) != 6 ||
	    !parse_address(local, ret->local) || !parse_address(peer, ret->peer))
		return false;
	ret->local_port = (uint16_t)local_port;
	ret->peer_port = (uint16_t)peer_port;
	ret->v4 = memcmp(ret->local, mapped, sizeof(mapped)) == 0;
	return true;
}

static int read_table(const char *path, uint8_t protocol, struct living_sockets *to)
{
	_cleanup_free_ char *text = NULL;
	char *rest, *line;
	size_t len;
	int r = file_read(AT_FDCWD, path, TABLE_MAX, &text, &len);

	/* a kernel without the protocol has no such table, and then nobody has such a socket */
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	for (line = strtok_r(text, "\n", &rest); line && r == 0;
	     line = strtok_r(NULL, "\n", &rest)) {
		struct living_socket s = { .protocol = protocol };

		if (parse_row(line, &s))
			r = vec_push(&to->all, s);
	}
	return r;
}

int living_sockets_read(struct living_sockets *ret)
{
	struct living_sockets found = { 0 };
	int r = read_table("/proc/net/tcp", POSTERN_TCP, &found);

	if (r == 0)
		r = read_table("/proc/net/tcp6", POSTERN_TCP, &found);
	if (r == 0)
		r = read_table("/proc/net/udp", POSTERN_UDP, &found);
	if (r == 0)
		r = read_table("/proc/net/udp6", POSTERN_UDP, &found);
	if (r < 0) {
		vec_free(&found.all);
		return r;
	}
	*ret = found;
	return 0;
}

void living_holds(pid_t pid, void (*fn)(unsigned long inode, void *arg), void *arg)
{
	_cleanup_closedir_ DIR *dir = NULL;
	const struct dirent *e;
	char path[64], to[64];
	unsigned long inode;

	(void)snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	dir = opendir(path);
	while (dir && (e = readdir(dir)) != NULL) {
		ssize_t n = readlinkat(dirfd(dir), e->d_name, to, sizeof(to) - 1);

		if (n <= 0)
			continue;
		to[n] = '\0';
		/* NOLINTNEXTLINE(cert-err34-c): the kernel's own text */
		if (sscanf(to, "socket:[%lu]", &inode) == 1)
			fn(inode, arg);
	}
}

/* ---- processes --------------------------------------------------------------------------------- */

void living_exe(pid_t pid, char ret[POSTERN_PATH_MAX])
{
	char path[64];
	ssize_t n;

	(void)snprintf(path, sizeof(path), "/proc/%d/exe", (int)pid);
	n = readlink(path, ret, POSTERN_PATH_MAX - 1);
	ret[n > 0 ? n : 0] = '\0';
}

/* The file of a process, whole. 0 or -errno. */
static int read_proc(pid_t pid, const char *name, char **ret)
{
	char path[64];
	size_t len;

	(void)snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	return file_read(AT_FDCWD, path, PROC_MAX, ret, &len);
}

/* The fields behind the name, which can have anything in it; NULL. */
static const char *behind_name(const char *stat)
{
	const char *at = strrchr(stat, ')');

	return at ? at + 1 : NULL;
}

pid_t living_parent(pid_t pid)
{
	_cleanup_free_ char *stat = NULL;
	const char *at = read_proc(pid, "stat", &stat) == 0 ? behind_name(stat) : NULL;
	int parent = 0;

	/* NOLINTNEXTLINE(cert-err34-c): the kernel's own text */
	return at && sscanf(at, " %*c %d", &parent) == 1 ? parent : 0;
}

/* Its effective ids. */
static bool get_ids(const char *status, uint32_t *ret_uid, uint32_t *ret_gid)
{
	const char *uid = strstr(status, "\nUid:"), *gid = strstr(status, "\nGid:");

	/* NOLINTNEXTLINE(cert-err34-c): the kernel's own text */
	return uid && gid && sscanf(uid, "\nUid: %*u %" SCNu32, ret_uid) == 1 &&
	       sscanf(gid, "\nGid: %*u %" SCNu32, ret_gid) == 1;
}

/* Start time, good enough to be compared in clock ticks. */
static uint64_t started(const char *stat)
{
	const char *at = behind_name(stat);
	unsigned long long ticks = 0;

	/* NOLINTNEXTLINE(cert-err34-c): the kernel's own text */
	if (!at ||
	    sscanf(at,
		   " %*c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s "
		   "%*s %llu",
		   &ticks) != 1)
		return 0;
	return ticks * (1000000000ull / (unsigned long)sysconf(_SC_CLK_TCK));
}

/* The cgroup: its id and unit, if it is the governed one or below it. 0, -ENOENT, -errno. */
static int fill_cgroup(const char *cgroup, const char *text, struct postern_event *ret)
{
	_cleanup_free_ char *root = NULL, *dir = NULL, *governed = NULL;
	const char *at = strncmp(text, "0::", 3) == 0 ? text : strstr(text, "\n0::");
	struct stat st;
	char unit[256];
	int r = identity_cgroup_root(&root);

	if (r < 0 || !at)
		return r < 0 ? r : -ENOENT;
	at = strchr(at, '/');
	governed = realpath(cgroup, NULL);
	if (!at || !governed || asprintf(&dir, "%s%.*s", root, (int)strcspn(at, "\n"), at) < 0)
		return -ENOENT;
	if (strncmp(dir, governed, strlen(governed)) != 0 || stat(dir, &st) < 0)
		return -ENOENT;
	ret->cgroup_id = st.st_ino;
	identity_unit_of(dir + strlen(root), unit, sizeof(unit));
	(void)snprintf(ret->unit, sizeof(ret->unit), "%.*s", (int)sizeof(ret->unit) - 1, unit);
	return 0;
}

static void fill_paths(pid_t pid, struct postern_event *ret)
{
	char path[POSTERN_PATH_MAX];

	living_exe(pid, path);
	ret->exe_len = (uint16_t)strlen(path);
	(void)snprintf(ret->exe, sizeof(ret->exe), "%.*s", (int)sizeof(ret->exe) - 1, path);
	living_exe(living_parent(pid), path);
	ret->parent_len = (uint16_t)strlen(path);
	(void)snprintf(ret->parent, sizeof(ret->parent), "%.*s", (int)sizeof(ret->parent) - 1,
		       path);
}

int living_record(const char *cgroup, pid_t pid, struct postern_event *ret)
{
	_cleanup_free_ char *stat = NULL, *status = NULL, *groups = NULL;
	struct postern_event e = { .process.tgid = (uint32_t)pid };
	int r = read_proc(pid, "stat", &stat);

	if (r == 0)
		r = read_proc(pid, "status", &status);
	if (r == 0)
		r = read_proc(pid, "cgroup", &groups);
	if (r == 0)
		r = fill_cgroup(cgroup, groups, &e);
	if (r < 0)
		return r;
	if (!get_ids(status, &e.uid, &e.gid))
		return -EBADMSG;
	e.process.start_boottime = started(stat);
	e.mfa_age_ms = POSTERN_AGE_WORST;
	fill_paths(pid, &e);
	*ret = e;
	return 0;
}
