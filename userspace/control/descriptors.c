/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Descriptors that came beside the bytes (SCM_RIGHTS of unix(7)): those of an admin wait for the next call, which may
 * take them by number in the order in which they were sent; what it leaves is closed. Nobody else's come in at all: to
 * throw them away would be to close them, which can take as long as their sender pleases (ending.c).
 */
#include "control/server.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

void descriptors_close(struct descriptors *d)
{
	for (size_t i = 0; i < d->n; i++)
		if (d->fd[i] >= 0)
			(void)close(d->fd[i]);
	d->n = 0;
}

int control_call_take_fd(struct control_call *c, size_t number)
{
	struct descriptors *d = &call_connection(c)->descriptors;
	int fd;

	if (number >= d->n || d->fd[number] < 0)
		return -EBADF;
	fd = d->fd[number];
	d->fd[number] = -1;
	return fd;
}

/* Those of one message of the kernel's; what has no room is closed. Whether all had. */
static bool keep(struct descriptors *d, const struct cmsghdr *c)
{
	const unsigned char *at = CMSG_DATA(c);
	size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
	bool all = true;

	for (size_t i = 0; i < n; i++) {
		int fd;

		memcpy(&fd, at + i * sizeof(fd), sizeof(fd));
		if (d->n < DESCRIPTORS_MAX) {
			d->fd[d->n++] = fd;
		} else {
			(void)close(fd);
			all = false;
		}
	}
	return all;
}

/* Bytes of somebody who may send none: no more than were seen to have none beside them. */
static ssize_t receive_bytes(int fd, struct iovec *bytes)
{
	struct msghdr m = { .msg_iov = bytes, .msg_iovlen = 1 };
	ssize_t n = recvmsg(fd, &m, MSG_PEEK | MSG_DONTWAIT);

	if (n > 0 && m.msg_flags & MSG_CTRUNC)
		return -EMFILE;
	if (n > 0)
		n = recv(fd, bytes->iov_base, (size_t)n, MSG_DONTWAIT);
	return n < 0 ? -errno : n;
}

/* Bytes of an admin, and what descriptors are beside them. */
static ssize_t receive_all(struct connection *c, struct iovec *bytes)
{
	union {
		struct cmsghdr first;
		char room[CMSG_SPACE(DESCRIPTORS_MAX * sizeof(int))];
	} control;
	struct msghdr m = { .msg_iov = bytes,
			    .msg_iovlen = 1,
			    .msg_control = &control,
			    .msg_controllen = sizeof(control) };
	bool sound = true;
	ssize_t n = recvmsg(c->fd, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

	if (n < 0)
		return -errno;
	for (struct cmsghdr *h = CMSG_FIRSTHDR(&m); h; h = CMSG_NXTHDR(&m, h))
		if (h->cmsg_level == SOL_SOCKET && h->cmsg_type == SCM_RIGHTS)
			sound = keep(&c->descriptors, h) && sound;
	/* Without room for them the kernel has closed them. */
	return sound && !(m.msg_flags & MSG_CTRUNC) ? n : -EMFILE;
}

ssize_t descriptors_receive(struct connection *c, struct iovec *bytes)
{
	return c->peer.role == CONTROL_ADMIN ? receive_all(c, bytes) : receive_bytes(c->fd, bytes);
}
