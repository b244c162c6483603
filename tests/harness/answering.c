/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The answering controller: see answering.h. What the child asserts ends it with a status that
 * answering_stop() sees.
 */
#include "answering.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "control/control.h"

#include "cm.h"

static struct control_server *server;
static int ended; /* streams whose state was released */

static void get_status(struct control_call *c, const json_t *parameters, void *arg)
{
	struct control_counts n;

	(void)parameters;
	(void)arg;
	control_count(server, &n);
	control_reply(c, json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:i}", "role",
				   control_role_name(control_call_peer(c)->role), "connections",
				   (json_int_t)n.connections, "calls", (json_int_t)n.calls,
				   "notAllowed", (json_int_t)n.not_allowed, "badInput",
				   (json_int_t)n.bad_input, "overQuota", (json_int_t)n.over_quota,
				   "ended", ended));
}

static void push(struct control_call *c, const json_t *parameters, void *arg)
{
	const json_t *bundle = json_object_get(parameters, "bundle");

	(void)arg;
	if (!json_is_string(bundle))
		control_fail_parameter(c, "bundle");
	else
		control_reply(c,
			      json_pack("{s:I}", "length", (json_int_t)json_string_length(bundle)));
}

static void who_am_i(struct control_call *c, const json_t *parameters, void *arg)
{
	const struct control_peer *peer = control_call_peer(c);
	struct pollfd p = { .fd = peer->pidfd, .events = POLLIN };

	(void)parameters;
	(void)arg;
	control_reply(c, json_pack("{s:i, s:I, s:b}", "pid", (int)peer->pid, "connection",
				   (json_int_t)peer->connection, "alive",
				   (int)(peer->pidfd >= 0 && poll(&p, 1, 0) == 0)));
}

struct counting {
	json_int_t next, last, size;
	bool follow;
};

static void pump(struct control_call *c)
{
	struct counting *s = control_call_state(c);
	char text[8192];

	memset(text, 'x', sizeof(text));
	while (s->next < s->last && control_has_room(c))
		control_continue(c, json_pack("{s:I, s:s#}", "n", s->next++, "text", text,
					      (int)s->size));
	if (s->next == s->last && !s->follow)
		control_reply(c, json_object());
}

static void done(void *state)
{
	free(state);
	ended++;
}

static void trace(struct control_call *c, const json_t *parameters, void *arg)
{
	struct counting *s = calloc(1, sizeof(*s));

	(void)arg;
	assert_non_null(s);
	s->last = json_integer_value(json_object_get(parameters, "last"));
	s->size = json_integer_value(json_object_get(parameters, "size"));
	s->follow = json_is_true(json_object_get(parameters, "follow"));
	control_stream(c, pump, done, s);
}

static const struct control_method methods[] = {
	{ "GetStatus", CONTROL_READER, get_status },
	{ "Push", CONTROL_ADMIN, push },
	{ "Trace", CONTROL_READER, trace },
	{ "WhoAmI", CONTROL_NOBODY, who_am_i },
};

static void stop(void *arg)
{
	loop_stop(arg);
}

/* The child: 0 only when everything worked. */
static int serve(const struct answering *a, struct control_config who, int ready)
{
	const struct control_config cfg = {
		.path = a->path,
		.group = "postern-no-such-group",
		.everybody_reads = who.everybody_reads,
		.everybody_connects = who.everybody_connects,
		.version = "1.2.3",
		.methods = methods,
		.n_methods = sizeof(methods) / sizeof(methods[0]),
	};
	_cleanup_loop_ struct loop *l = NULL;
	/* A test that fails half-way leaves nobody behind. */
	int r = prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 ? -errno : loop_new(&l);

	if (r == 0)
		r = loop_signal(l, SIGTERM, stop, l);
	if (r == 0)
		r = control_listen(l, &cfg, &server);
	if (r == 0 && write(ready, "", 1) == 1)
		r = loop_run(l);
	control_close(&server);
	return r == 0 ? 0 : 1;
}

static void start(struct answering *a, struct control_config who)
{
	int ready[2];
	char byte;

	strcpy(a->dir, "/tmp/postern-answering-XXXXXX");
	assert_non_null(mkdtemp(a->dir));
	assert_int_equal(chmod(a->dir, 0755), 0);
	(void)snprintf(a->path, sizeof(a->path), "%s/socket", a->dir);
	assert_int_equal(pipe(ready), 0);
	a->pid = fork();
	assert_true(a->pid >= 0);
	if (a->pid == 0)
		exit(serve(a, who, ready[1]));
	(void)close(ready[1]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	(void)close(ready[0]);
}

void answering_start(struct answering *a, bool everybody_reads)
{
	start(a, (struct control_config){ .everybody_reads = everybody_reads });
}

void answering_start_open(struct answering *a)
{
	start(a, (struct control_config){ .everybody_connects = true });
}

void answering_stop(struct answering *a)
{
	int status = -1;

	assert_int_equal(kill(a->pid, SIGTERM), 0);
	assert_int_equal(waitpid(a->pid, &status, 0), a->pid);
	assert_int_equal(status, 0);
	assert_int_equal(access(a->path, F_OK), -1);
	assert_int_equal(rmdir(a->dir), 0);
}

int answering_connect(const struct answering *a)
{
	struct sockaddr_un address;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(wire_address(a->path, &address), 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

long long answering_count(const struct answering *a, const char *member)
{
	_cleanup_wire_client_ struct wire_client *c = NULL;
	_cleanup_json_ json_t *status = NULL;
	char *error = NULL;

	assert_int_equal(wire_open(a->path, &c), 0);
	assert_int_equal(wire_call(c, WIRE_INTERFACE ".GetStatus", NULL, &status, &error), 0);
	return json_integer_value(json_object_get(status, member));
}
