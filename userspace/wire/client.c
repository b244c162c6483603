/* SPDX-License-Identifier: BSD-2-Clause */
/* The calling end: one blocking connection, one call at a time. */
#include "wire/wire.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

enum {
	READ_BYTES = 64 << 10,
	REPLY_MAX = 64 << 20, /* bytes of one reply: a controller that sends more is none */
	DESCRIPTORS_MAX = 4, /* of one call */
};

struct wire_client {
	int fd;
	struct buf in; /* received, not yet taken */
	int pushed[DESCRIPTORS_MAX]; /* borrowed: of the next call */
	size_t n_pushed;
};

int wire_open(const char *socket_path, struct wire_client **ret)
{
	_cleanup_close_ int fd = -1;
	struct sockaddr_un address;
	struct wire_client *c;
	int r = wire_address(socket_path, &address);

	if (r < 0)
		return r;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		return -errno;
	c = calloc(1, sizeof(*c));
	if (!c)
		return -ENOMEM;
	c->fd = TAKE_FD(fd);
	*ret = c;
	return 0;
}

void wire_close(struct wire_client **c)
{
	if (!*c)
		return;
	(void)close((*c)->fd);
	buf_free(&(*c)->in);
	free(*c);
	*c = NULL;
}

int wire_push_fd(struct wire_client *c, int fd)
{
	if (c->n_pushed == DESCRIPTORS_MAX)
		return -EMFILE;
	c->pushed[c->n_pushed] = fd;
	return (int)c->n_pushed++;
}

/* Sends some bytes; the call's descriptors go with its first one. */
static ssize_t send_some(struct wire_client *c, struct iovec *bytes)
{
	union {
		struct cmsghdr first;
		char room[CMSG_SPACE(DESCRIPTORS_MAX * sizeof(int))];
	} control = { 0 };
	const size_t size = c->n_pushed * sizeof(int);
	struct msghdr m = { .msg_iov = bytes, .msg_iovlen = 1 };
	ssize_t n;

	if (size) {
		control.first.cmsg_level = SOL_SOCKET;
		control.first.cmsg_type = SCM_RIGHTS;
		control.first.cmsg_len = CMSG_LEN(size);
		memcpy(CMSG_DATA(&control.first), c->pushed, size);
		m.msg_control = &control;
		m.msg_controllen = CMSG_SPACE(size);
	}
	n = sendmsg(c->fd, &m, MSG_NOSIGNAL);
	if (n > 0)
		c->n_pushed = 0;
	return n;
}

/* Like fd_write_all, but a controller that went away is an error and not a signal. */
static int send_all(struct wire_client *c, struct iovec left)
{
	while (left.iov_len > 0) {
		ssize_t n = send_some(c, &left);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		left.iov_base = (char *)left.iov_base + n;
		left.iov_len -= (size_t)n;
	}
	return 0;
}

/*
 * Appends what arrives next. 1 when it holds the end of a message, 0 when not, -ECONNRESET at the
 * end.
 */
static int receive(struct wire_client *c)
{
	char bytes[READ_BYTES];
	ssize_t n = recv(c->fd, bytes, sizeof(bytes), 0);

	if (n < 0)
		return errno == EINTR ? 0 : -errno;
	if (n == 0)
		return -ECONNRESET;
	buf_put(&c->in, bytes, (size_t)n);
	if (buf_error(&c->in) < 0)
		return buf_error(&c->in);
	return c->in.len > REPLY_MAX || memchr(bytes, '\0', (size_t)n) ? 1 : 0;
}

/* The next whole reply. 0 or -errno. */
static int next_reply(struct wire_client *c, json_t **ret)
{
	for (;;) {
		int r = wire_take(&c->in, REPLY_MAX, ret);

		if (r != 0)
			return r < 0 ? r : 0;
		do
			r = receive(c);
		while (r == 0);
		if (r < 0)
			return r;
	}
}

/* Sends a call; steals `parameters`. */
static int send_call(struct wire_client *c, const char *method, json_t *parameters, bool more)
{
	_cleanup_json_ json_t *arguments = parameters ? parameters : json_object();
	_cleanup_json_ json_t *call =
		json_pack("{s:s, s:O}", "method", method, "parameters", arguments);
	_cleanup_buf_ struct buf out = BUF_INIT;
	int r;

	if (!call || (more && json_object_set_new(call, "more", json_true()) < 0))
		return -ENOMEM;
	r = wire_put(&out, call);
	if (r < 0)
		return r;
	r = send_all(c, (struct iovec){ out.data, out.len });
	/*
	 * A controller that refuses a call half-way has said why before it closed: that is still to
	 * be read.
	 */
	return r == -EPIPE || r == -ECONNRESET ? 0 : r;
}

/*
 * The parameters of a reply, a new reference: an empty object where it has none. NULL when they are
 * no object.
 */
static json_t *parameters_of(const json_t *reply)
{
	json_t *p = json_object_get(reply, "parameters");

	if (!p)
		return json_object();
	return json_is_object(p) ? json_incref(p) : NULL;
}

/*
 * Sorts a reply: 0 with its parameters, -EREMOTEIO with the error's name too, -EBADMSG when it is
 * none.
 */
static int open_reply(const json_t *reply, json_t **ret, char **ret_error)
{
	const json_t *error = json_object_get(reply, "error");
	_cleanup_json_ json_t *parameters = parameters_of(reply);

	if (!parameters || (error && !json_is_string(error)))
		return -EBADMSG;
	if (error) {
		char *name = strdup(json_string_value(error));

		if (!name)
			return -ENOMEM;
		*ret_error = name;
	}
	*ret = TAKE_PTR(parameters);
	return error ? -EREMOTEIO : 0;
}

int wire_call(struct wire_client *c, const char *method, json_t *parameters, json_t **ret,
	      char **ret_error)
{
	_cleanup_json_ json_t *reply = NULL;
	int r = send_call(c, method, parameters, false);

	if (r < 0)
		return r;
	r = next_reply(c, &reply);
	if (r < 0)
		return r;
	if (json_is_true(json_object_get(reply, "continues")))
		return -EBADMSG;
	return open_reply(reply, ret, ret_error);
}

int wire_call_more(struct wire_client *c, const char *method, json_t *parameters,
		   int (*fn)(const json_t *reply, void *arg), void *arg, char **ret_error)
{
	int r = send_call(c, method, parameters, true);

	while (r == 0) {
		_cleanup_json_ json_t *reply = NULL, *p = NULL;

		r = next_reply(c, &reply);
		if (r == 0)
			r = open_reply(reply, &p, ret_error);
		if (r == 0)
			r = fn(p, arg);
		if (r == 0 && !json_is_true(json_object_get(reply, "continues")))
			return 0;
	}
	return r;
}
