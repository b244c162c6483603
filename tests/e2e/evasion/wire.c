// SPDX-License-Identifier: BSD-2-Clause
/* See wire.h. */
#include "wire.h"

#include <arpa/inet.h>
#include <net/ethernet.h>
#include <stdio.h>
#include <string.h>

#define WORD "postern:"
#define V4_HEADER 20
#define V6_HEADER 40

bool wire_mark(const unsigned char *frame, size_t n, char *ret, size_t size)
{
	const unsigned char *at = memmem(frame, n, WORD, strlen(WORD)), *end;

	if (!at)
		return false;
	end = memchr(at, ';', n - (size_t)(at - frame));
	if (!end || (size_t)(end - at) + 2 > size)
		return false;
	memcpy(ret, at, (size_t)(end - at) + 1);
	ret[end - at + 1] = '\0';
	return true;
}

static unsigned port_at(const unsigned char *transport, size_t left, unsigned protocol)
{
	bool has = protocol == IPPROTO_TCP || protocol == IPPROTO_UDP || protocol == 136 ||
		   protocol == IPPROTO_SCTP || protocol == IPPROTO_DCCP;

	return has && left >= 4 ? (unsigned)transport[2] << 8 | transport[3] : 0;
}

void wire_destination(const unsigned char *frame, size_t n, char *ret, size_t size)
{
	const unsigned char *ip = frame + ETH_HLEN;
	size_t left = n > ETH_HLEN ? n - ETH_HLEN : 0, head = 0;
	char text[INET6_ADDRSTRLEN] = "?";
	unsigned protocol = 0;

	if (left >= V4_HEADER && ip[0] >> 4 == 4) {
		(void)inet_ntop(AF_INET, ip + 16, text, sizeof(text));
		protocol = ip[9];
		head = (ip[0] & 15u) * 4u;
	} else if (left >= V6_HEADER && ip[0] >> 4 == 6) {
		(void)inet_ntop(AF_INET6, ip + 24, text, sizeof(text));
		protocol = ip[6];
		head = V6_HEADER;
	}
	(void)snprintf(ret, size, "%u %s %u", protocol, text,
		       left > head ? port_at(ip + head, left - head, protocol) : 0);
}
