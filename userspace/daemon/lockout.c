/* SPDX-License-Identifier: BSD-2-Clause */
/* See lockout.h. The reference engine decides, with the names that the bundle is bound to. */
#include "daemon/lockout.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "daemon/living.h"
#include "daemon/reader.h"
#include "daemon/rebuilt.h"

enum { ANCESTORS_MAX = 64, DNS_PORT = 53, DHCP_SERVER = 67, DHCP_CLIENT = 68, DHCP6_CLIENT = 546 };

static const char advice[] =
	"permit it, best by an @essential policy; with --force-lockout it is done all the same";

/* One check under way. */
struct lockout {
	const struct controller *c;
	struct deployment *dep;
	struct diags *d;
	struct living_sockets sockets;
	pid_t ancestors[ANCESTORS_MAX]; /* the pusher, its parent, and so on */
	size_t n_ancestors;
	bool refused;
	/* the process that is looked at */
	pid_t pid;
	struct postern_event who;
	const char *what; /* "sshd", "the DHCP client" */
};

/* ---- asking ------------------------------------------------------------------------------------ */

/* What is to be asked: an action with both ends. */
struct question {
	enum postern_action action;
	struct living_socket at;
	const char *what; /* "your own SSH connection" */
};

/* 1, or 0 with the id of the policy that does not in `out`; -errno when it cannot be told. */
static int allows(const struct lockout *l, const struct event *e, struct buf *out)
{
	_cleanup_diags_ struct diags unsaid = DIAGS_INIT;
	enum verdict verdict = VERDICT_ALLOW;
	struct arena *arena = NULL;
	struct rebuilt s;
	int r = arena_new(&arena);

	if (r < 0)
		return r;
	r = rebuilt_of(l->c, l->dep, e, arena, &s);
	if (r == 0) {
		if (l->c->device_known) {
			struct context device = l->c->device;

			device.now_ms = s.request.context.now_ms;
			device.local_time_ms = s.request.context.local_time_ms;
			device.local_weekday = s.request.context.local_weekday;
			s.request.context = device;
		}
		r = reader_decide(l->dep, &s.request, &unsaid, out, &verdict);
	}
	arena_free(&arena);
	return r < 0 ? r : verdict != VERDICT_DENY;
}

static void put_end(const uint8_t addr[16], uint16_t port, bool v4, char *to, size_t n)
{
	char text[INET6_ADDRSTRLEN] = "?";

	(void)inet_ntop(v4 ? AF_INET : AF_INET6, v4 ? addr + 12 : addr, text, sizeof(text));
	(void)snprintf(to, n, v4 ? "%s:%u" : "[%s]:%u", text, port);
}

static void complain(struct lockout *l, const struct question *q, const char *policy)
{
	static const char *const actions[] = { "connect", "send", "listen", "accept", "create" };
	char local[64], peer[64];

	put_end(q->at.local, q->at.local_port, q->at.v4, local, sizeof(local));
	put_end(q->at.peer, q->at.peer_port, q->at.v4, peer, sizeof(peer));
	diag_error(l->d, "lock-out", NOWHERE, advice,
		   "it would cut off %s: %s %s %s%s of %s (pid %d): %s%s%s", q->what,
		   actions[q->action], q->at.protocol == POSTERN_TCP ? "tcp" : "udp",
		   q->action == POSTERN_LISTEN ? local : peer,
		   q->action == POSTERN_ACCEPT ? " by" : "", l->who.exe, (int)l->pid,
		   policy ? "\"" : "no policy permits it", policy ? policy : "",
		   policy ? "\" forbids it" : "");
	l->refused = true;
}

/* Nobody is told that all is well because nobody could look. */
static void unable(struct lockout *l, const char *what, int error)
{
	diag_error(l->d, "lock-out", NOWHERE,
		   "do it again; with --force-lockout it is done unchecked",
		   "whether it would cut off %s cannot be told: %s", what, strerror(-error));
	l->refused = true;
}

static void ask(struct lockout *l, const struct question *q)
{
	struct event e = { .raw = l->who, .time_ms = clock_real_ms() };
	const uint8_t *far = q->action == POSTERN_LISTEN ? q->at.local : q->at.peer;
	_cleanup_buf_ struct buf why = BUF_INIT;
	int r;

	e.raw.action = (uint8_t)q->action;
	e.raw.protocol = q->at.protocol;
	e.raw.v4 = q->at.v4;
	e.raw.port = q->action == POSTERN_LISTEN ? q->at.local_port : q->at.peer_port;
	memcpy(e.raw.addr, far, sizeof(e.raw.addr));
	memcpy(e.raw.local, q->at.local, sizeof(e.raw.local));
	e.raw.local_port = q->at.local_port;
	r = allows(l, &e, &why);
	if (r < 0)
		unable(l, q->what, r);
	else if (!r)
		complain(l, q, why.data && why.data[0] ? why.data : NULL);
}

/* ---- sshd -------------------------------------------------------------------------------------- */

static bool is_ancestor(const struct lockout *l, pid_t pid)
{
	for (size_t i = 0; i < l->n_ancestors; i++)
		if (l->ancestors[i] == pid)
			return true;
	return false;
}

static const char *name_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool is_sshd(const char *exe)
{
	const char *name = name_of(exe);

	return strcmp(name, "sshd") == 0 || strcmp(name, "sshd-session") == 0;
}

static void ask_about_ssh(unsigned long inode, void *arg)
{
	struct lockout *l = arg;

	for (size_t i = 0; i < l->sockets.all.n; i++) {
		struct question q = { .at = l->sockets.all.items[i] };

		if (q.at.inode != inode || q.at.protocol != POSTERN_TCP)
			continue;
		q.action = q.at.state == LIVING_LISTENS ? POSTERN_LISTEN : POSTERN_ACCEPT;
		q.what = q.action == POSTERN_LISTEN ? "every new SSH connection"
			 : is_ancestor(l, l->pid)   ? "your own SSH connection"
						    : "an SSH connection";
		if (q.at.state == LIVING_LISTENS || q.at.state == LIVING_ESTABLISHED)
			ask(l, &q);
	}
}

/* ---- DHCP and DNS ------------------------------------------------------------------------------ */

static void ask_about_dhcp(unsigned long inode, void *arg)
{
	struct lockout *l = arg;

	for (size_t i = 0; i < l->sockets.all.n; i++) {
		struct question q = { POSTERN_LISTEN, l->sockets.all.items[i], "the DHCP client" };

		if (q.at.inode != inode || q.at.protocol != POSTERN_UDP ||
		    (q.at.local_port != DHCP_CLIENT && q.at.local_port != DHCP6_CLIENT))
			continue;
		ask(l, &q);
		if (q.at.local_port != DHCP_CLIENT)
			continue;
		q.action = POSTERN_SEND;
		memset(q.at.peer + 12, 0xff, 4);
		q.at.peer_port = DHCP_SERVER;
		ask(l, &q);
	}
}

static bool parse_server(const char *text, struct living_socket *ret)
{
	*ret = (struct living_socket){ .protocol = POSTERN_UDP, .peer_port = DNS_PORT };
	ret->v4 = inet_pton(AF_INET, text, ret->peer + 12) == 1;
	if (!ret->v4)
		return inet_pton(AF_INET6, text, ret->peer) == 1;
	memset(ret->peer + 10, 0xff, 2);
	memset(ret->local + 10, 0xff, 2);
	return true;
}

/* Whoever pushes wants to look up names afterwards. */
static void ask_about_dns(struct lockout *l)
{
	_cleanup_free_ char *text = NULL;
	char *rest, *line;
	size_t len;
	char server[64];

	if (file_read(AT_FDCWD, "/etc/resolv.conf", 65536, &text, &len) < 0)
		return;
	for (line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		struct question q = { .action = POSTERN_CONNECT, .what = "your name server" };

		if (sscanf(line, "nameserver %63s", server) == 1 && parse_server(server, &q.at))
			ask(l, &q);
	}
}

/* ---- all of it --------------------------------------------------------------------------------- */

static void look_at(struct lockout *l, pid_t pid)
{
	char exe[POSTERN_PATH_MAX];

	living_exe(pid, exe);
	if (!exe[0] || living_record(l->c->config->text[CONFIG_CGROUP], pid, &l->who) < 0)
		return;
	l->pid = pid;
	if (is_sshd(exe))
		living_holds(pid, ask_about_ssh, l);
	else
		living_holds(pid, ask_about_dhcp, l);
	if (l->n_ancestors && pid == l->ancestors[0])
		ask_about_dns(l);
}

static void find_ancestors(struct lockout *l, pid_t pid)
{
	for (; pid > 1 && l->n_ancestors < ANCESTORS_MAX; pid = living_parent(pid))
		l->ancestors[l->n_ancestors++] = pid;
}

struct refusal lockout_check(const struct controller *c, struct deployment *dep, pid_t pusher,
			     struct diags *d)
{
	struct lockout l = { .c = c, .dep = dep, .d = d };
	_cleanup_closedir_ DIR *proc = opendir("/proc");
	int r = proc ? living_sockets_read(&l.sockets) : -errno;
	const struct dirent *e;

	if (r < 0) {
		unable(&l, "who manages the host", r);
		return refusal_of_safety("lock-out");
	}
	find_ancestors(&l, pusher);
	while ((e = readdir(proc)) != NULL)
		if (e->d_name[0] >= '1' && e->d_name[0] <= '9')
			look_at(&l, (pid_t)strtol(e->d_name, NULL, 10));
	vec_free(&l.sockets.all);
	return l.refused ? refusal_of_safety("lock-out") : REFUSAL_NONE;
}
