/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The resource of a request: "tcp 10.20.0.5:5432", "udp [fd00::1]:53", for create a kind of socket.
 * An object { protocol, ip, port, localIp, localPort } says this end too. Addresses are those that
 * the kernel hooks judge: IPv4 where IPv6 only wraps it, loopback where an outgoing one is zero.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <postern/abi.h>

#include "base/suggest.h"
#include "policy/prefix.h"
#include "policy/protocol.h"
#include "policy/request.h"

/* The ids of the schema's SocketKind. */
static const char *const socket_kinds[] = {
	"raw",	 "ping",   "udplite", "sctp",  "dccp", "l2tp",
	"mptcp", "packet", "xdp",     "vsock", "tun",  "other",
};

#define SOCKET_KINDS (sizeof(socket_kinds) / sizeof(socket_kinds[0]))

static void fault(struct reader *r, struct text t, const char *why)
{
	reader_error(r, "request-resource", t.s,
		     "as in \"tcp 10.20.0.5:5432\", \"udp [fd00::1]:53\"", "resource \"%s\" %s",
		     t.s, why);
}

/* An address of a request: IPv4 inside IPv6 is IPv4. */
static bool parse_address(struct text t, uint8_t addr[16], bool *ret_v4)
{
	if (address_parse(t, addr, ret_v4) < 0)
		return false;
	*ret_v4 = *ret_v4 || address_is_mapped(addr);
	return true;
}

/* Connecting or sending to the any-address reaches this host. */
static void any_is_loopback(struct endpoint *e)
{
	static const uint8_t zero[16];

	if (e->v4 && memcmp(e->addr + 12, zero, 4) == 0) {
		e->addr[12] = 127;
		e->addr[15] = 1;
	} else if (!e->v4 && memcmp(e->addr, zero, 16) == 0) {
		e->addr[15] = 1;
	}
}

/* The local end when nothing is said: unbound, for listen the endpoint itself. */
static void default_local(struct endpoint *e, enum action action)
{
	memcpy(e->local_addr, e->addr, sizeof(e->local_addr));
	e->local_port = e->port;
	if (action == ACTION_LISTEN)
		return;
	memset(e->local_addr + (e->v4 ? 12 : 0), 0, e->v4 ? 4 : 16);
	e->local_port = 0;
}

/* Splits "ADDRESS:PORT" or "[ADDRESS]:PORT"; without ports, "ADDRESS" or "[ADDRESS]". */
static const char *split_place(struct text t, bool ports, struct text *ret_addr,
			       struct text *ret_port)
{
	const char *colon = ports && t.len ? memrchr(t.s, ':', t.len) : NULL;
	struct text a = { t.s, colon ? (size_t)(colon - t.s) : t.len };
	bool bracketed = a.len > 1 && a.s[0] == '[' && a.s[a.len - 1] == ']';

	if (ports && !colon)
		return "has no port";
	if (!bracketed && memchr(a.s, ':', a.len))
		return "has IPv6 without brackets, or no port";
	*ret_addr = bracketed ? (struct text){ a.s + 1, a.len - 2 } : a;
	if (bracketed && !memchr(ret_addr->s, ':', ret_addr->len))
		return "has IPv4 in brackets";
	*ret_port = ports ? (struct text){ colon + 1, t.len - a.len - 1 } : (struct text){ "0", 1 };
	return NULL;
}

static const char *parse_endpoint(struct text t, struct endpoint *e)
{
	const char *space = t.len ? memchr(t.s, ' ', t.len) : NULL;
	struct text place, addr, port;
	const char *why;
	uint32_t number;

	if (!space)
		return "has no protocol";
	if (protocol_from_name((struct text){ t.s, (size_t)(space - t.s) }, &e->protocol) < 0)
		return "has an unknown protocol";
	place = (struct text){ space + 1, t.len - (size_t)(space - t.s) - 1 };
	why = split_place(place, protocol_has_ports(e->protocol), &addr, &port);
	if (why)
		return why;
	if (!parse_address(addr, e->addr, &e->v4))
		return "has no valid address";
	if (decimal_parse(port, 65535, &number) < 0)
		return "has no valid port";
	e->port = (uint16_t)number;
	return NULL;
}

static void read_socket_kind(struct reader *r, struct text t, struct endpoint *e)
{
	const char *near = suggest(t.s, socket_kinds, SOCKET_KINDS);
	char hint[64];

	for (size_t i = 0; i < SOCKET_KINDS; i++) {
		if (text_is(t, socket_kinds[i])) {
			e->socket_kind = t;
			return;
		}
	}
	(void)snprintf(hint, sizeof(hint), "did you mean \"%s\"?", near ? near : "");
	reader_error(r, "request-resource", t.s,
		     near ? hint : "as in \"raw\", \"packet\", \"ping\", \"tun\"",
		     "\"%s\" is not a kind of socket, which is what create is about", t.s);
}

/* A required address of the object form. */
static bool read_address(struct reader *r, const json_t *j, const char *key, uint8_t addr[16],
			 bool *ret_v4)
{
	struct text t;

	if (!read_text(r, j, key, &t))
		return false;
	if (parse_address(t, addr, ret_v4))
		return true;
	fault(r, t, "is not an address");
	return false;
}

static bool read_port(struct reader *r, const json_t *j, const char *key, uint16_t *ret)
{
	int64_t port;

	if (!read_integer(r, j, key, &port))
		return false;
	if (port < 0 || port > 65535) {
		reader_wrong_type(r, key, "a port, 0 to 65535");
		return false;
	}
	*ret = (uint16_t)port;
	return true;
}

static void read_local(struct reader *r, const json_t *j, struct endpoint *e)
{
	uint8_t addr[16];
	bool v4;

	if (read_address(r, j, "localIp", addr, &v4)) {
		memcpy(e->local_addr, addr, sizeof(addr));
		if (v4 != e->v4)
			reader_wrong_type(r, "localIp", "of the same family as \"ip\"");
	}
	(void)read_port(r, j, "localPort", &e->local_port);
}

static void read_parts(struct reader *r, const json_t *j, enum action action, struct endpoint *e)
{
	static const char *const keys[] = { "protocol", "ip", "port", "localIp", "localPort" };
	struct text protocol = { "", 0 };
	size_t errors = r->errors;

	read_keys(r, j, keys, 5);
	if (read_text(r, j, "protocol", &protocol) &&
	    protocol_from_name(protocol, &e->protocol) < 0)
		fault(r, protocol, "is not a protocol");
	(void)read_address(r, j, "ip", e->addr, &e->v4);
	(void)read_port(r, j, "port", &e->port);
	for (size_t i = 0; i < 3; i++) {
		if (!json_object_get(j, keys[i]))
			reader_error(r, request_codes.missing, "resource", NULL,
				     "resource needs \"%s\"", keys[i]);
	}
	if (r->errors != errors)
		return;
	default_local(e, action);
	read_local(r, j, e);
}

static void read_endpoint_text(struct reader *r, struct text t, enum action action,
			       struct endpoint *e)
{
	const char *why = parse_endpoint(t, e);

	if (why)
		fault(r, t, why);
	else
		default_local(e, action);
}

void request_read_resource(struct reader *r, const json_t *j, enum action action,
			   struct endpoint *ret)
{
	struct endpoint e = { .socket_kind = { "", 0 } };

	if (json_is_string(j) && action == ACTION_CREATE)
		read_socket_kind(r, reader_copy(r, j), &e);
	else if (json_is_string(j))
		read_endpoint_text(r, reader_copy(r, j), action, &e);
	else if (json_is_object(j) && action != ACTION_CREATE)
		read_parts(r, j, action, &e);
	else
		reader_wrong_type(r, "resource",
				  action == ACTION_CREATE ? "a kind of socket, as in \"raw\""
							  : "an endpoint");
	if (action == ACTION_CREATE)
		e.protocol = POSTERN_NO_PROTOCOL;
	if (action == ACTION_CONNECT || action == ACTION_SEND)
		any_is_loopback(&e);
	*ret = e;
}
