/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SOCK_DESTROY: the kernel looks the socket up by its ends, compares the cookie, and aborts it with
 * ECONNABORTED. See sock_diag(7) and the kernel's net/ipv4/inet_diag.c.
 */
#include "revoke/channel.h"

#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <arpa/inet.h>

#define ANSWER_SECONDS 2 /* the kernel answers within the call; this is for what cannot be */

struct channel {
	struct nl_sock *sock; /* owned */
	int answer; /* -errno of the last request; 0 */
};

struct opening {
	int netns;
	struct nl_sock *sock;
	int r;
};

/* A socket stays in the namespace that it was made in; so only this thread goes there, and ends. */
static void *open_there(void *arg)
{
	struct opening *o = arg;

	o->r = o->netns >= 0 && setns(o->netns, CLONE_NEWNET) < 0 ? -errno : 0;
	if (o->r == 0 && nl_connect(o->sock, NETLINK_SOCK_DIAG) < 0)
		o->r = errno ? -errno : -EIO;
	return NULL;
}

static int open_in(struct opening *o)
{
	pthread_t thread;
	int r;

	if (o->netns < 0) {
		(void)open_there(o);
		return o->r;
	}
	r = pthread_create(&thread, NULL, open_there, o);
	if (r > 0)
		return -r;
	(void)pthread_join(thread, NULL);
	return o->r;
}

static int on_error(struct sockaddr_nl *from, struct nlmsgerr *e, void *arg)
{
	struct channel *c = arg;

	(void)from;
	c->answer = e->error;
	return NL_STOP;
}

static int on_ack(struct nl_msg *msg, void *arg)
{
	struct channel *c = arg;

	(void)msg;
	c->answer = 0;
	return NL_STOP;
}

static int listen_to(struct channel *c)
{
	const struct timeval patience = { .tv_sec = ANSWER_SECONDS };

	if (nl_socket_modify_err_cb(c->sock, NL_CB_CUSTOM, on_error, c) < 0 ||
	    nl_socket_modify_cb(c->sock, NL_CB_ACK, NL_CB_CUSTOM, on_ack, c) < 0)
		return -ENOMEM;
	return setsockopt(nl_socket_get_fd(c->sock), SOL_SOCKET, SO_RCVTIMEO, &patience,
			  sizeof(patience)) < 0
		       ? -errno
		       : 0;
}

int channel_open(int netns, struct channel **ret)
{
	struct channel *c = calloc(1, sizeof(*c));
	struct opening o = { .netns = netns };
	int r = -ENOMEM;

	if (c)
		o.sock = c->sock = nl_socket_alloc();
	if (o.sock)
		r = open_in(&o);
	if (r == 0)
		r = listen_to(c);
	if (r < 0) {
		channel_close(&c);
		return r;
	}
	*ret = c;
	return 0;
}

void channel_close(struct channel **c)
{
	if (!*c)
		return;
	nl_socket_free((*c)->sock);
	free(*c);
	*c = NULL;
}

/* IPv4 sockets are looked up by four bytes; mapped addresses of an IPv6 one by the kernel itself. */
static void put_address(__be32 to[4], uint16_t family, const uint8_t addr[16])
{
	if (family == AF_INET)
		memcpy(to, addr + 12, 4);
	else
		memcpy(to, addr, 16);
}

static void fill(struct inet_diag_req_v2 *to, const struct postern_sighting *s)
{
	memset(to, 0, sizeof(*to));
	to->sdiag_family = (__u8)s->family;
	to->sdiag_protocol = (__u8)s->ip_protocol;
	to->idiag_states = ~0u;
	to->id.idiag_sport = htons(s->local_port);
	to->id.idiag_dport = htons(s->peer_port);
	put_address(to->id.idiag_src, s->family, s->local);
	put_address(to->id.idiag_dst, s->family, s->peer);
	to->id.idiag_if = s->ifindex;
	to->id.idiag_cookie[0] = (__u32)s->cookie;
	to->id.idiag_cookie[1] = (__u32)(s->cookie >> 32);
}

int channel_destroy(struct channel *c, const struct postern_sighting *s)
{
	struct nl_msg *msg = nlmsg_alloc_simple(SOCK_DESTROY, NLM_F_REQUEST | NLM_F_ACK);
	struct inet_diag_req_v2 req;
	int r;

	if (!msg)
		return -ENOMEM;
	fill(&req, s);
	c->answer = -EIO;
	r = nlmsg_append(msg, &req, sizeof(req), NLMSG_ALIGNTO);
	if (r >= 0)
		r = nl_send_auto(c->sock, msg);
	nlmsg_free(msg);
	if (r >= 0)
		(void)nl_recvmsgs_default(c->sock);
	return c->answer;
}
