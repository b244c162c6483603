/* SPDX-License-Identifier: BSD-2-Clause */
/* The listening socket: its file, who gets in, and how many of each. */
#include "control/server.h"

#include <errno.h>
#include <grp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "control/loop.h"

enum { BACKLOG = 64 };

/* Removes the file of a server that is gone. -EADDRINUSE: it is not; -EEXIST: it is no socket. */
static int remove_stale(const struct sockaddr_un *address)
{
	_cleanup_close_ int fd = -1;
	struct stat st;

	if (lstat(address->sun_path, &st) < 0)
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(st.st_mode))
		return -EEXIST;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	/* EAGAIN: its queue is full, so somebody is there. */
	if (connect(fd, (const struct sockaddr *)address, sizeof(*address)) == 0 || errno == EAGAIN)
		return -EADDRINUSE;
	if (errno != ECONNREFUSED)
		return -errno;
	return unlink(address->sun_path) < 0 ? -errno : 0;
}

/* Nobody but us can connect between bind and the permissions that are meant. */
static int bind_closed(int fd, const struct sockaddr_un *address)
{
	mode_t before = umask(0177);
	int r = bind(fd, (const struct sockaddr *)address, sizeof(*address)) < 0 ? -errno : 0;

	(void)umask(before);
	return r;
}

static int open_to_readers(const struct control_server *s)
{
	mode_t mode = s->cfg.everybody_reads || s->cfg.everybody_connects ? 0666 : 0660;

	/*
	 * A controller without privileges cannot give its file away; then only its own user reads.
	 */
	if (s->group != (gid_t)-1 && chown(s->cfg.path, (uid_t)-1, s->group) < 0 && errno != EPERM)
		return -errno;
	return chmod(s->cfg.path, mode) < 0 ? -errno : 0;
}

static bool is_over_quota(const struct control_server *s, const struct control_peer *who)
{
	size_t same = 0, others = 0, strangers = 0;

	for (const struct connection *c = s->first; c; c = c->next) {
		same += c->peer.uid == who->uid;
		others += c->peer.role != CONTROL_ADMIN;
		strangers += c->peer.role == CONTROL_NOBODY;
	}
	return same >= CONNECTIONS_PER_UID ||
	       (who->role != CONTROL_ADMIN && others >= CONNECTIONS_MAX) ||
	       (who->role == CONTROL_NOBODY && strangers >= STRANGERS_MAX);
}

/* Whether it has become a connection, which has the descriptor then. */
static bool take(struct control_server *s, int fd)
{
	_cleanup_close_ int pidfd = -1;
	struct control_peer who;

	if (peer_of(s, fd, &who) < 0)
		return false;
	pidfd = who.pidfd;
	if (is_over_quota(s, &who)) {
		s->counts.over_quota++;
		return false;
	}
	who.connection = ++s->last_connection;
	if (connection_new(s, fd, &who) < 0)
		return false;
	TAKE_FD(pidfd);
	return true;
}

static void on_acceptable(evutil_socket_t listener, short what, void *arg)
{
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK), yes = 1;

	(void)what;
	if (fd < 0)
		return;
	/* else what is sent out of band is thrown away unseen, with its descriptors */
	(void)setsockopt(fd, SOL_SOCKET, SO_OOBINLINE, &yes, sizeof(yes));
	if (!take(arg, fd))
		ending_close(fd);
}

static gid_t group_by_name(const char *name)
{
	const struct group *g = name ? getgrnam(name) : NULL;

	return g ? g->gr_gid : (gid_t)-1;
}

static int start(struct control_server *s)
{
	struct sockaddr_un address;
	int r = wire_address(s->cfg.path, &address);

	if (r == 0)
		r = remove_stale(&address);
	if (r < 0)
		return r;
	s->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (s->fd < 0)
		return -errno;
	r = bind_closed(s->fd, &address);
	if (r < 0) {
		(void)close(s->fd);
		s->fd = -1; /* so that nobody else's file is removed */
		return r;
	}
	r = open_to_readers(s);
	if (r < 0)
		return r;
	if (listen(s->fd, BACKLOG) < 0)
		return -errno;
	s->acceptable = event_new(s->base, s->fd, EV_READ | EV_PERSIST, on_acceptable, s);
	return s->acceptable && event_add(s->acceptable, NULL) == 0 ? 0 : -ENOMEM;
}

int control_listen(struct loop *l, const struct control_config *cfg, struct control_server **ret)
{
	_cleanup_control_server_ struct control_server *s = calloc(1, sizeof(*s));
	int r;

	if (!s)
		return -ENOMEM;
	s->fd = -1;
	s->base = loop_base(l);
	s->cfg = *cfg;
	s->group = group_by_name(cfg->group);
	r = start(s);
	if (r < 0)
		return r;
	*ret = TAKE_PTR(s);
	return 0;
}

void control_close(struct control_server **s)
{
	if (!*s)
		return;
	while ((*s)->first)
		connection_free((*s)->first);
	if ((*s)->acceptable)
		event_free((*s)->acceptable);
	if ((*s)->fd >= 0) {
		(void)close((*s)->fd);
		(void)unlink((*s)->cfg.path);
	}
	free(*s);
	*s = NULL;
}

uint64_t control_newest(const struct control_server *s)
{
	return s->last_connection;
}

void control_pump(struct control_server *s)
{
	struct connection *next;

	for (struct connection *c = s->first; c; c = next) {
		next = c->next;
		if (c->call.open && c->call.pump)
			connection_advance(c);
	}
}

void control_count(const struct control_server *s, struct control_counts *ret)
{
	*ret = s->counts;
}
