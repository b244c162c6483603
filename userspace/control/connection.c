/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One connection: bytes in, bytes out. Callers only append to `out`; all sending, and all freeing,
 * happens in the callbacks of the loop, so that no handler loses its connection under its hands.
 */
#include "control/server.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

#define NS_PER_S UINT64_C(1000000000)

enum { READ_BYTES = 64 << 10 };

size_t connection_limit(const struct connection *c)
{
	return c->peer.role == CONTROL_ADMIN ? MESSAGE_MAX_ADMIN : MESSAGE_MAX;
}

void connection_send(struct connection *c, json_t *message)
{
	_cleanup_json_ json_t *m = message;

	if (c->broken || c->closing)
		return;
	if (!m || wire_put(&c->out, m) < 0 || event_add(c->writable, NULL) < 0)
		c->broken = true;
}

/* A message that is too long: says so, then the connection ends. */
static void refuse_length(struct connection *c)
{
	if (c->peer.role != CONTROL_ADMIN)
		connection_send(c,
				json_pack("{s:s, s:{s:s}}", "error", WIRE_INTERFACE ".NotAllowed",
					  "parameters", "role", control_role_name(CONTROL_ADMIN)));
	else
		connection_send(c, json_pack("{s:s, s:{s:s}}", "error",
					     "org.varlink.service.InvalidParameter", "parameters",
					     "parameter", "message: longer than 48 MiB"));
	c->closing = true;
}

/* Takes the next call up if one is there and the last one is over. Whether it did. */
static bool take_call(struct connection *c)
{
	_cleanup_json_ json_t *message = NULL;
	int r;

	if (c->call.open || c->broken || c->closing || !control_has_room(&c->call))
		return false;
	r = wire_take(&c->in, connection_limit(c), &message);
	if (r < 0) {
		c->server->counts.bad_input++;
		if (r == -EMSGSIZE)
			refuse_length(c);
		else
			c->broken = true;
	}
	if (r > 0) {
		c->until = clock_boot_ns() + STRANGER_SECONDS * NS_PER_S;
		call_begin(c, message);
	}
	return r > 0;
}

/* Waits for input; of a stranger not for ever, and not longer because of a byte now and then. */
static int watch_readable(struct connection *c)
{
	uint64_t now = clock_boot_ns(), left = c->until > now ? c->until - now : 1000;
	const struct timeval most = { .tv_sec = (time_t)(left / NS_PER_S),
				      .tv_usec = (suseconds_t)(left % NS_PER_S / 1000) };

	return event_add(c->readable, c->peer.role == CONTROL_NOBODY ? &most : NULL);
}

/* Reading waits while a whole message's worth lies unhandled. */
static void watch_input(struct connection *c)
{
	bool enough = c->in.len > connection_limit(c) || c->closing || c->ended;
	int r = enough ? event_del(c->readable) : watch_readable(c);

	if (r < 0)
		c->broken = true;
}

/* Whether nobody can be there any more who reads; one who only writes no more can. */
static bool is_gone(const struct connection *c)
{
	struct pollfd p = { .fd = c->fd };

	return poll(&p, 1, 0) != 0;
}

/* After the end of the input: whether all that came is answered. A stream has nobody to stop it then. */
static bool is_over(const struct connection *c)
{
	if (is_gone(c))
		return true;
	return c->call.open ? c->call.pump != NULL : c->sent == c->out.len;
}

/* Calls that are there already, but not so many that others wait for it: the rest comes with the next turn. */
static void take_calls(struct connection *c)
{
	int taken = 0;

	do {
		if (c->call.open && c->call.pump && !c->broken && control_has_room(&c->call))
			c->call.pump(&c->call);
	} while (taken < CALLS_PER_TURN && take_call(c) && ++taken);
	if (taken == CALLS_PER_TURN && !c->broken && event_add(c->writable, NULL) < 0)
		c->broken = true;
}

void connection_advance(struct connection *c)
{
	take_calls(c);
	if (c->ended && !event_pending(c->writable, EV_WRITE, NULL) && is_over(c))
		c->broken = true;
	if (c->closing && c->sent == c->out.len)
		c->broken = true;
	if (!c->broken)
		watch_input(c);
	if (c->broken)
		connection_free(c);
}

/* Reads once. Whether calls may have become whole, or the connection broke. */
static bool fill(struct connection *c)
{
	char bytes[READ_BYTES];
	ssize_t n = descriptors_receive(c, &(struct iovec){ bytes, sizeof(bytes) });

	if (n == -EAGAIN || n == -EINTR)
		return false;
	c->server->counts.bad_input += n == -EMFILE;
	if (n == 0) {
		c->ended = true;
		c->broken = is_gone(c);
		return true;
	}
	if (n < 0) {
		c->broken = true;
		return true;
	}
	buf_put(&c->in, bytes, (size_t)n);
	if (buf_error(&c->in) < 0)
		c->broken = true;
	return c->broken || c->in.len > connection_limit(c) || memchr(bytes, '\0', (size_t)n);
}

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
	struct connection *c = arg;

	(void)fd;
	if (what & EV_TIMEOUT)
		connection_free(c);
	else if (fill(c) || watch_readable(c) < 0)
		connection_advance(c);
}

/* Sends what the other end takes. */
static void drain(struct connection *c)
{
	ssize_t n = send(c->fd, c->out.data + c->sent, c->out.len - c->sent,
			 MSG_DONTWAIT | MSG_NOSIGNAL);

	if (n < 0 && errno != EAGAIN && errno != EINTR)
		c->broken = true;
	if (n > 0)
		c->sent += (size_t)n;
	if (c->sent == c->out.len) {
		buf_clear(&c->out);
		c->sent = 0;
	} else if (event_add(c->writable, NULL) < 0) {
		c->broken = true;
	}
}

static void on_writable(evutil_socket_t fd, short what, void *arg)
{
	struct connection *c = arg;

	(void)fd;
	(void)what;
	if (c->out.len > c->sent)
		drain(c);
	connection_advance(c);
}

static void link_connection(struct connection *c)
{
	struct control_server *s = c->server;

	c->next = s->first;
	if (c->next)
		c->next->prev = c;
	s->first = c;
	s->counts.connections++;
}

int connection_new(struct control_server *s, int fd, const struct control_peer *peer)
{
	struct connection *c = calloc(1, sizeof(*c));

	if (!c)
		return -ENOMEM;
	*c = (struct connection){ .server = s, .fd = -1, .peer = *peer };
	c->peer.pidfd = -1;
	c->until = clock_boot_ns() + STRANGER_SECONDS * NS_PER_S;
	c->readable = event_new(s->base, fd, EV_READ | EV_PERSIST, on_readable, c);
	c->writable = event_new(s->base, fd, EV_WRITE, on_writable, c);
	link_connection(c);
	if (!c->readable || !c->writable || watch_readable(c) < 0) {
		connection_free(c);
		return -ENOMEM;
	}
	c->fd = fd;
	c->peer.pidfd = peer->pidfd;
	return 0;
}

void connection_free(struct connection *c)
{
	if (c->call.open)
		call_end(&c->call);
	if (c->prev)
		c->prev->next = c->next;
	else
		c->server->first = c->next;
	if (c->next)
		c->next->prev = c->prev;
	c->server->counts.connections--;
	if (c->readable)
		event_free(c->readable);
	if (c->writable)
		event_free(c->writable);
	if (c->fd >= 0 && c->peer.role == CONTROL_ADMIN)
		(void)close(c->fd);
	else if (c->fd >= 0)
		ending_close(c->fd);
	if (c->peer.pidfd >= 0)
		(void)close(c->peer.pidfd);
	descriptors_close(&c->descriptors);
	buf_free(&c->in);
	buf_free(&c->out);
	free(c);
}
