/* SPDX-License-Identifier: BSD-2-Clause */
/* A step of the plan as a line for people: which connection, whose, and why. */
#include <arpa/inet.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "revoke/revoke.h"

static const char *protocol_word(uint32_t number, char *room, size_t n)
{
	static const struct {
		uint32_t number;
		const char *word;
	} words[] = {
		{ IPPROTO_TCP, "tcp" },
		{ IPPROTO_UDP, "udp" },
		{ IPPROTO_UDPLITE, "udplite" },
		{ IPPROTO_SCTP, "sctp" },
		{ IPPROTO_DCCP, "dccp" },
		{ IPPROTO_ICMP, "icmp" },
		{ 262, "mptcp" },
		{ IPPROTO_ICMPV6, "icmp6" },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (words[i].number == number)
			return words[i].word;
	(void)snprintf(room, n, "protocol %u", number);
	return room;
}

static void put_end(struct buf *out, const uint8_t addr[16], uint16_t port)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	bool v4 = memcmp(addr, mapped, sizeof(mapped)) == 0;
	char text[INET6_ADDRSTRLEN] = "?";

	(void)inet_ntop(v4 ? AF_INET : AF_INET6, v4 ? addr + 12 : addr, text, sizeof(text));
	buf_printf(out, v4 ? "%s:%u" : "[%s]:%u", text, port);
}

/* From who began it to who answered. */
static void put_flow(struct buf *out, const struct postern_sighting *s)
{
	bool inbound = s->action == POSTERN_ACCEPT;
	char room[24];

	buf_printf(out, "%s ", protocol_word(s->ip_protocol, room, sizeof(room)));
	put_end(out, inbound ? s->peer : s->local, inbound ? s->peer_port : s->local_port);
	buf_puts(out, " -> ");
	put_end(out, inbound ? s->local : s->peer, inbound ? s->local_port : s->peer_port);
}

static void put_party(struct buf *out, const struct postern_sighting *s,
		      const struct revoke_words *w)
{
	const char *program = w->program(&s->who, w->arg);

	if (s->who.flags & POSTERN_PARTY_KERNEL) {
		buf_puts(out, " of the kernel");
		return;
	}
	buf_printf(out, " of %s (pid %u, uid %u%s)", *program ? program : "an ended program",
		   s->who.process.tgid, s->who.uid,
		   s->party == POSTERN_USER ? ", to whom it was passed" : "");
}

static void put_reason(struct buf *out, const struct postern_sighting *s,
		       const struct revoke_words *w)
{
	const char *policy = w->policy(s->image_id, s->policy, w->arg);

	if (s->reason == POSTERN_R_FORBID)
		buf_printf(out, ": \"%s\" forbids it", policy);
	else if (s->reason == POSTERN_R_DEFAULT_DENY)
		buf_puts(out, ": no policy permits it any more");
	else
		buf_printf(out, ": locked down, %s", w->reason(s->reason));
}

void revoke_cut_text(const struct revoke_cut *c, const struct revoke_words *w, struct buf *out)
{
	const struct postern_sighting *s = &c->seen;

	put_flow(out, s);
	put_party(out, s, w);
	if (s->netns != w->own_netns)
		buf_printf(out, " in network namespace %u", s->netns);
	put_reason(out, s, w);
	if (c->step == REVOKE_DROP)
		buf_puts(out, "; the kernel cannot destroy such a socket: its packets are dropped");
}
