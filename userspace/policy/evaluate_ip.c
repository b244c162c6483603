/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Cedar's ipaddr: an address or a prefix, whose host bits are part of the value for == and beside
 * the point for isInRange.
 */
#include <errno.h>
#include <string.h>

#include "policy/evaluate_call.h"
#include "policy/prefix.h"

/* "10.0.0.1" or "10.0.0.0/8", host bits allowed, no IPv4 inside IPv6, no leading zeros. */
static int call_ip(const struct value *a, struct value *ret)
{
	struct text t = a[0].string;
	const char *slash = t.len ? memchr(t.s, '/', t.len) : NULL;
	struct text address = { t.s, slash ? (size_t)(slash - t.s) : t.len };
	struct prefix ip = { 0 };
	uint32_t bits;

	if (address.len == 0 || address_is_mixed(address) ||
	    address_parse(address, ip.addr, &ip.v4) < 0)
		return -EINVAL;
	bits = ip.v4 ? 32 : 128;
	if (slash &&
	    decimal_parse((struct text){ slash + 1, t.len - address.len - 1 }, bits, &bits))
		return -EINVAL;
	ip.bits = (uint8_t)bits;
	*ret = value_ip(ip);
	return 0;
}

static int call_is_ipv4(const struct value *a, struct value *ret)
{
	*ret = value_bool(a[0].ip.v4);
	return 0;
}

static int call_is_ipv6(const struct value *a, struct value *ret)
{
	*ret = value_bool(!a[0].ip.v4);
	return 0;
}

static int call_is_in_range(const struct value *a, struct value *ret)
{
	*ret = value_bool(prefix_covers(&a[1].ip, &a[0].ip));
	return 0;
}

static int call_is_loopback(const struct value *a, struct value *ret)
{
	static const struct prefix v4 = {
		{ 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127, 0, 0, 0 }, 8, true
	};
	static const struct prefix v6 = { { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 },
					  128,
					  false };

	*ret = value_bool(prefix_covers(&v4, &a[0].ip) || prefix_covers(&v6, &a[0].ip));
	return 0;
}

static int call_is_multicast(const struct value *a, struct value *ret)
{
	static const struct prefix v4 = {
		{ 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 224, 0, 0, 0 }, 4, true
	};
	static const struct prefix v6 = { { 0xff }, 8, false };

	*ret = value_bool(prefix_covers(&v4, &a[0].ip) || prefix_covers(&v6, &a[0].ip));
	return 0;
}

static const struct call rows[] = {
	{ "ip", call_ip, 1, { VALUE_STRING } },
	{ "isIpv4", call_is_ipv4, 1, { VALUE_IP } },
	{ "isIpv6", call_is_ipv6, 1, { VALUE_IP } },
	{ "isLoopback", call_is_loopback, 1, { VALUE_IP } },
	{ "isMulticast", call_is_multicast, 1, { VALUE_IP } },
	{ "isInRange", call_is_in_range, 2, { VALUE_IP, VALUE_IP } },
};

const struct call_table ip_calls = { rows, sizeof(rows) / sizeof(rows[0]) };
