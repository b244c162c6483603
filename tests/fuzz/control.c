/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The controller's end of a connection. The first byte says who asks and in what portions the rest
 * arrives. Every reply is a message, and nothing is left behind.
 */
#include "control/control.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "control/server.h"
#include "rig/fuzz.h"

enum { DESCRIPTORS_BESIDE = 5 }; /* one more than wait for a call */

static void echo(struct control_call *c, const json_t *parameters, void *arg)
{
	(void)arg;
	const json_t *number = json_object_get(parameters, "bundleFileDescriptor");
	int fd = number ? control_call_take_fd(c, (size_t)json_integer_value(number)) : -1;

	if (fd >= 0)
		(void)close(fd);
	if (json_object_get(parameters, "fail"))
		control_fail_parameter(c, "fail");
	else
		control_reply(c, json_deep_copy(parameters));
}

static void pump(struct control_call *c)
{
	unsigned *left = control_call_state(c);

	while (*left > 0 && control_has_room(c)) {
		--*left;
		control_continue(c, json_pack("{s:i}", "left", (int)*left));
	}
	if (*left == 0)
		control_reply(c, json_object());
}

static void count_down(struct control_call *c, const json_t *parameters, void *arg)
{
	unsigned *left = malloc(sizeof(*left));

	(void)arg;
	must(left != NULL);
	*left = (unsigned)json_integer_value(json_object_get(parameters, "from")) % 100;
	control_stream(c, pump, free, left);
}

static const struct control_method methods[] = {
	{ "GetStatus", CONTROL_READER, echo },
	{ "Push", CONTROL_ADMIN, echo },
	{ "Trace", CONTROL_READER, count_down },
};

/* All replies that have arrived are messages. */
static void read_replies(int fd, struct buf *in)
{
	char bytes[4096];
	ssize_t n;
	int r = 1;

	while ((n = recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT)) > 0)
		buf_put(in, bytes, (size_t)n);
	while (r == 1) {
		_cleanup_json_ json_t *message = NULL;

		r = wire_take(in, MESSAGE_MAX_ADMIN, &message);
	}
	must(r == 0);
}

/* Sends bytes, with so many descriptors beside them. */
static void put(int to, const uint8_t *data, size_t n, size_t descriptors)
{
	char room[CMSG_SPACE(DESCRIPTORS_BESIDE * sizeof(int))] __attribute__((aligned(8))) = { 0 };
	struct iovec bytes = { (void *)(uintptr_t)data, n };
	struct msghdr m = { .msg_iov = &bytes, .msg_iovlen = 1 };
	struct cmsghdr *c = (struct cmsghdr *)room;

	if (descriptors) {
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(descriptors * sizeof(int));
		for (size_t i = 0; i < descriptors; i++)
			memcpy(CMSG_DATA(c) + i * sizeof(int), &to, sizeof(to));
		m.msg_control = room;
		m.msg_controllen = CMSG_SPACE(descriptors * sizeof(int));
	}
	must(sendmsg(to, &m, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)n);
}

static void talk(struct control_server *s, int fd, const uint8_t *data, size_t size)
{
	static const size_t portions[] = { 1, 7, 64, 4096 };
	size_t portion = portions[data[0] / 4 % 4];
	_cleanup_buf_ struct buf in = BUF_INIT;

	for (size_t i = 1; i < size && s->first; i += portion) {
		size_t n = size - i < portion ? size - i : portion;

		put(fd, data + i, n, (size_t)(data[0] / 16 + i) % (DESCRIPTORS_BESIDE + 1));
		for (int turns = 0; turns < 8 && s->first; turns++) {
			(void)event_base_loop(s->base, EVLOOP_NONBLOCK);
			read_replies(fd, &in);
		}
	}
}

/* The number that the next descriptor will have: it tells whether one was left open. */
static int next_descriptor(void)
{
	int fd = dup(STDIN_FILENO);

	must(fd >= 0 && close(fd) == 0);
	return fd;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct control_server s = {
		.cfg = { .version = "1", .methods = methods, .n_methods = 3 },
		.fd = -1,
	};
	struct control_peer peer = { .pid = 1, .pidfd = -1 };
	int ends[2], next;

	if (size < 2 || size > 16384)
		return 0;
	peer.role = (enum control_role)(data[0] % 3);
	must((s.base = event_base_new()) != NULL);
	next = next_descriptor();
	must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
	must(connection_new(&s, ends[0], &peer) == 0);
	talk(&s, ends[1], data, size);
	if (s.first)
		connection_free(s.first);
	must(s.counts.connections == 0 && s.first == NULL);
	(void)close(ends[1]);
	must(next_descriptor() == next);
	event_base_free(s.base);
	return 0;
}
