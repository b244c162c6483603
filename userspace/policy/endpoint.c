/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sets of endpoints as a Service lists them: "tcp 10.20.0.0/24:5432", "udp [fd00::]/8:8000-8010".
 * IPv6 stands in brackets so that the last colon is always the port's.
 */
#include <errno.h>
#include <string.h>

#include "policy/policy.h"
#include "policy/prefix.h"
#include "policy/protocol.h"

/* "[fd00::]/8" without its brackets into `buf`; "10.0.0.0/8" as it is. A sentence, or NULL. */
static const char *unbracket(struct text t, char *buf, size_t size, struct text *ret)
{
	const char *close;
	size_t inside;

	if (t.len == 0 || t.s[0] != '[') {
		*ret = t;
		return memchr(t.s, ':', t.len) ? "has IPv6 without brackets, or a port too many"
					       : NULL;
	}
	close = memchr(t.s, ']', t.len);
	if (!close)
		return "has a bracket that is not closed";
	if (close + 1 == t.s + t.len || close[1] != '/')
		return "has no length after the bracket: write [ADDRESS]/LENGTH";
	inside = (size_t)(close - t.s) - 1;
	if (!memchr(t.s, ':', inside + 1))
		return "has IPv4 in brackets: brackets are for IPv6";
	if (t.len - 2 >= size)
		return "has no valid IPv6 address in brackets";
	memcpy(buf, t.s + 1, inside);
	memcpy(buf + inside, close + 1, t.len - inside - 2);
	*ret = (struct text){ buf, t.len - 2 };
	return NULL;
}

/* "5432" or "8000-8010". */
static const char *parse_ports(struct text t, struct endpoint_set *e)
{
	const char *dash = memchr(t.s, '-', t.len);
	size_t n = dash ? (size_t)(dash - t.s) : t.len;
	struct text last = dash ? (struct text){ dash + 1, t.len - n - 1 } : t;
	uint32_t a, b;

	if (decimal_parse((struct text){ t.s, n }, 65535, &a) < 0 ||
	    decimal_parse(last, 65535, &b) < 0)
		return "has no valid port: write PORT or FIRST-LAST, 0-65535";
	if (a > b)
		return "has a port range whose first is greater than its last";
	e->port_first = (uint16_t)a;
	e->port_last = (uint16_t)b;
	return NULL;
}

/* "10.20.0.0/24:5432" after the protocol. */
static const char *parse_place(struct text t, struct endpoint_set *e)
{
	const char *colon = memrchr(t.s, ':', t.len);
	const char *slash = memchr(t.s, '/', t.len);
	struct text network, bare;
	const char *fault;
	char buf[64];

	if (!slash)
		return "has no prefix length: write ADDRESS/LENGTH:PORT, for one address /32 or /128";
	if (!protocol_has_ports(e->protocol))
		colon = t.s + t.len;
	else if (!colon || colon < slash)
		return "has no port: write PROTOCOL PREFIX:PORT";
	network = (struct text){ t.s, (size_t)(colon - t.s) };
	fault = unbracket(network, buf, sizeof(buf), &bare);
	if (fault)
		return fault;
	if (prefix_parse(bare, &e->prefix, &fault) < 0)
		return fault;
	if (!protocol_has_ports(e->protocol))
		return NULL;
	return parse_ports((struct text){ colon + 1, t.len - network.len - 1 }, e);
}

int endpoint_set_parse(struct text t, struct endpoint_set *ret, const char **ret_why)
{
	const char *space = t.len ? memchr(t.s, ' ', t.len) : NULL;
	struct endpoint_set e = { 0 };
	const char *fault;
	size_t n;

	if (!space) {
		*ret_why = "has no protocol: write PROTOCOL PREFIX:PORT, as in tcp 10.0.0.0/8:443";
		return -EINVAL;
	}
	n = (size_t)(space - t.s);
	if (protocol_from_name((struct text){ t.s, n }, &e.protocol) < 0)
		fault = "has an unknown protocol: tcp, udp, udplite, sctp, dccp, icmp, icmp6 or raw";
	else
		fault = parse_place((struct text){ space + 1, t.len - n - 1 }, &e);
	if (fault) {
		*ret_why = fault;
		return -EINVAL;
	}
	*ret = e;
	return 0;
}
