// SPDX-License-Identifier: BSD-2-Clause
/* io_uring: the same requests, made by other threads and with other credentials. */
#include "attempt.h"

#include <errno.h>
#include <grp.h>
#include <unistd.h>

#include "uring.h"

static struct io_uring_sqe connect_of(int fd, const union address *to, socklen_t len)
{
	return (struct io_uring_sqe){
		.opcode = IORING_OP_CONNECT, .fd = fd, .addr = (unsigned long)to, .off = len
	};
}

static int ring_connect(struct scene *s, unsigned flags)
{
	struct uring u;
	int fd = socket(AF_INET, SOCK_STREAM, 0), r = uring_open(&u, flags);
	socklen_t len;
	union address to = address_of(FAR4, PORT, &len);
	struct io_uring_sqe sqe = connect_of(fd, &to, len);

	r = r ? r : -uring_do(&u, &sqe);
	return r ? r : send_mark(s, fd);
}

static int uring_connect(struct scene *s)
{
	return ring_connect(s, 0);
}

static int uring_poll_connect(struct scene *s)
{
	return ring_connect(s, IORING_SETUP_SQPOLL);
}

static int ring_send(struct scene *s, struct uring *u, uint16_t port, unsigned personality)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0), r;
	socklen_t len;
	union address to = address_of(FAR4, port, &len);
	struct iovec bytes = { .iov_base = s->mark, .iov_len = s->mark_len };
	struct msghdr m = {
		.msg_name = &to, .msg_namelen = len, .msg_iov = &bytes, .msg_iovlen = 1
	};
	struct io_uring_sqe sqe = { .opcode = IORING_OP_SENDMSG,
				    .fd = fd,
				    .addr = (unsigned long)&m,
				    .len = 1,
				    .personality = (unsigned short)personality };

	r = uring_do(u, &sqe);
	return r < 0 ? -r : 0;
}

static int uring_send(struct scene *s)
{
	struct uring u;
	int r = uring_open(&u, 0);

	return r ? r : ring_send(s, &u, PORT, 0);
}

static int uring_poll_send(struct scene *s)
{
	struct uring u;
	int r = uring_open(&u, IORING_SETUP_SQPOLL);

	return r ? r : ring_send(s, &u, PORT, 0);
}

/* In one of the kernel's worker threads. */
static int uring_worker_send(struct scene *s)
{
	struct uring u;
	int fd = socket(AF_INET, SOCK_STREAM, 0), r = uring_open(&u, 0);
	socklen_t len;
	union address to = address_of(FAR4, PORT, &len);
	struct io_uring_sqe sqe = connect_of(fd, &to, len);

	sqe.flags = IOSQE_ASYNC;
	r = r ? r : -uring_do(&u, &sqe);
	return r ? r : send_mark(s, fd);
}

/* The socket too is made by the ring. */
static int uring_socket(struct scene *s)
{
	struct uring u;
	int r = uring_open(&u, 0), fd;
	socklen_t len;
	union address to = address_of(FAR4, PORT, &len);
	struct io_uring_sqe make = { .opcode = IORING_OP_SOCKET,
				     .fd = AF_INET,
				     .off = SOCK_STREAM },
			    sqe;

	if (r)
		return r;
	fd = uring_do(&u, &make);
	if (fd < 0)
		return -fd;
	sqe = connect_of(fd, &to, len);
	r = -uring_do(&u, &sqe);
	return r ? r : send_mark(s, fd);
}

/* Made by root and kept: who sends is nobody, whose credentials the ring lays aside. */
static int uring_personality_root(struct scene *s)
{
	struct uring u;
	int r = uring_open(&u, 0), personality = r ? 0 : uring_personality(&u);

	if (r || personality < 0)
		return r ? r : -personality;
	if (setgroups(0, NULL) || setresgid(UID_NOBODY, UID_NOBODY, UID_NOBODY) ||
	    setresuid(UID_NOBODY, UID_NOBODY, UID_NOBODY))
		return errno;
	return ring_send(s, &u, PORT_ROOT, (unsigned)personality);
}

#define PLAIN(n)                                                                                   \
	{                                                                                          \
		.name = #n, .inside = n                                                            \
	}

const struct attempt attempts_ring[] = {
	PLAIN(uring_connect),
	PLAIN(uring_poll_connect),
	PLAIN(uring_send),
	PLAIN(uring_poll_send),
	PLAIN(uring_worker_send),
	PLAIN(uring_socket),
	PLAIN(uring_personality_root),
	{ 0 },
};
