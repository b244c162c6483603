/* SPDX-License-Identifier: BSD-2-Clause */
/* Who is at the other end of a socket, as the kernel recorded it when they connected. */
#include "control/server.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"

enum { GROUPS_MAX_BYTES = 65536 * sizeof(gid_t) }; /* NGROUPS_MAX */

#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77 /* Linux 6.5 */
#endif

const char *control_role_name(enum control_role r)
{
	static const char *const names[] = {
		[CONTROL_NOBODY] = "nobody",
		[CONTROL_READER] = "reader",
		[CONTROL_ADMIN] = "admin",
	};

	return names[r];
}

/* Whether the supplementary groups hold `group`. 1, 0 or -errno. */
static int has_supplementary(int fd, gid_t group)
{
	_cleanup_free_ gid_t *groups = NULL;
	socklen_t len = 0;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, NULL, &len) < 0 && errno != ERANGE)
		return -errno;
	if (len == 0 || len > GROUPS_MAX_BYTES)
		return 0;
	groups = malloc(len);
	if (!groups)
		return -ENOMEM;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups, &len) < 0)
		return -errno;
	for (size_t i = 0; i < len / sizeof(*groups); i++)
		if (groups[i] == group)
			return 1;
	return 0;
}

static int is_reader(const struct control_server *s, int fd, const struct ucred *who)
{
	if (s->cfg.everybody_reads)
		return 1;
	if (s->group == (gid_t)-1)
		return 0;
	return who->gid == s->group ? 1 : has_supplementary(fd, s->group);
}

/*
 * The process that connected; -1 when it has gone. Before Linux 6.5 another process can get the pid
 * in the moment between connecting and this. Whoever kept the connection meanwhile then speaks for
 * that one's session, where they can do nothing without its person's key but end a proof.
 */
static int open_process(int fd, pid_t pid)
{
	socklen_t len = sizeof(int);
	int pidfd = -1;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERPIDFD, &pidfd, &len) == 0)
		return pidfd;
	if (errno != ENOPROTOOPT || pid <= 0)
		return -1;
	pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	return pidfd < 0 ? -1 : pidfd;
}

int peer_of(const struct control_server *s, int fd, struct control_peer *ret)
{
	struct ucred who;
	socklen_t len = sizeof(who);
	enum control_role role = CONTROL_ADMIN;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &len) < 0)
		return -errno;
	if (who.uid != 0 && who.uid != geteuid()) {
		int r = is_reader(s, fd, &who);

		if (r < 0)
			return r;
		role = r ? CONTROL_READER : CONTROL_NOBODY;
	}
	*ret = (struct control_peer){
		.pid = who.pid,
		.uid = who.uid,
		.role = role,
		.pidfd = open_process(fd, who.pid),
	};
	return 0;
}
