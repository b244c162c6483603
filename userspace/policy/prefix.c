/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Address prefixes. One text has one meaning: a prefix with bits set after its length, or an IPv4
 * network written as IPv6, is refused, because its author and its reader may think of two sets.
 * (RFC 4632 §3.1 and RFC 4291 §2.3 for the notation.)
 */
#include "policy/prefix.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>

static const uint8_t mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

bool address_is_mixed(struct text t)
{
	return memchr(t.s, ':', t.len) && memchr(t.s, '.', t.len);
}

bool address_is_mapped(const uint8_t addr[16])
{
	return memcmp(addr, mapped, sizeof(mapped)) == 0;
}

int address_parse(struct text t, uint8_t addr[16], bool *ret_v4)
{
	char copy[INET6_ADDRSTRLEN];
	uint8_t bytes[16];
	bool v4;

	if (t.len == 0 || t.len >= sizeof(copy) || memchr(t.s, '\0', t.len))
		return -EINVAL;
	memcpy(copy, t.s, t.len);
	copy[t.len] = '\0';
	v4 = !strchr(copy, ':');
	memcpy(bytes, mapped, sizeof(mapped));
	if (inet_pton(v4 ? AF_INET : AF_INET6, copy, v4 ? bytes + 12 : bytes) != 1)
		return -EINVAL;
	memcpy(addr, bytes, sizeof(bytes));
	*ret_v4 = v4;
	return 0;
}

int decimal_parse(struct text t, uint32_t max, uint32_t *ret)
{
	uint64_t v = 0;

	if (t.len == 0 || t.len > 10 || (t.len > 1 && t.s[0] == '0'))
		return -EINVAL;
	for (size_t i = 0; i < t.len; i++) {
		if (t.s[i] < '0' || t.s[i] > '9')
			return -EINVAL;
		v = v * 10 + (uint64_t)(t.s[i] - '0');
	}
	if (v > max)
		return -EINVAL;
	*ret = (uint32_t)v;
	return 0;
}

/* Length of the prefix within the 16 bytes. */
static unsigned int bits_of_16(const struct prefix *p)
{
	return p->v4 ? 96u + p->bits : p->bits;
}

/* Whether the first `bits` bits are the same. */
static bool same_bits(const uint8_t *a, const uint8_t *b, unsigned int bits)
{
	unsigned int whole = bits / 8, rest = bits % 8;

	if (memcmp(a, b, whole) != 0)
		return false;
	return rest == 0 || ((a[whole] ^ b[whole]) >> (8 - rest)) == 0;
}

bool prefix_covers(const struct prefix *outer, const struct prefix *inner)
{
	return outer->v4 == inner->v4 && outer->bits <= inner->bits &&
	       same_bits(outer->addr, inner->addr, bits_of_16(outer));
}

struct prefix prefix_of_address(const uint8_t addr[16], bool v4)
{
	struct prefix p = { .bits = v4 ? 32 : 128, .v4 = v4 };

	memcpy(p.addr, addr, sizeof(p.addr));
	return p;
}

int prefix_cmp(const void *a, const void *b)
{
	const struct prefix *x = a, *y = b;
	int r;

	if (x->v4 != y->v4)
		return x->v4 ? 1 : -1;
	r = memcmp(x->addr, y->addr, sizeof(x->addr));
	return r ? r : (int)x->bits - (int)y->bits;
}

static bool has_host_bits(const struct prefix *p)
{
	unsigned int bits = bits_of_16(p);

	if (bits % 8 && (p->addr[bits / 8] & (0xff >> (bits % 8))))
		return true;
	for (unsigned int i = (bits + 7) / 8; i < 16; i++) {
		if (p->addr[i])
			return true;
	}
	return false;
}

/* The sentence that is wrong about "ADDRESS/LENGTH", or NULL and the prefix in *p. */
static const char *prefix_fault(struct text t, struct prefix *p)
{
	const char *slash = t.len ? memchr(t.s, '/', t.len) : NULL;
	struct text address, length;
	uint32_t bits;

	if (!slash)
		return "has no length: write ADDRESS/LENGTH, for one address /32 or /128";
	address = (struct text){ t.s, (size_t)(slash - t.s) };
	length = (struct text){ slash + 1, t.len - address.len - 1 };
	if (address_is_mixed(address))
		return "is IPv4 embedded in IPv6: write the IPv4 prefix";
	if (address_parse(address, p->addr, &p->v4) < 0)
		return "has no valid IPv4 or IPv6 address before the slash";
	if (decimal_parse(length, p->v4 ? 32 : 128, &bits) < 0)
		return "has no valid length after the slash: 0-32 for IPv4, 0-128 for IPv6";
	p->bits = (uint8_t)bits;
	if (!p->v4 && bits >= 96 && address_is_mapped(p->addr))
		return "is an IPv4 network written as IPv6: write the IPv4 prefix";
	if (has_host_bits(p))
		return "has bits set after its length: write the network's first address";
	return NULL;
}

int prefix_parse(struct text t, struct prefix *ret, const char **ret_why)
{
	struct prefix p = { 0 };
	const char *fault = prefix_fault(t, &p);

	if (fault) {
		*ret_why = fault;
		return -EINVAL;
	}
	*ret = p;
	return 0;
}
