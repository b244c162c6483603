/* SPDX-License-Identifier: BSD-2-Clause */
/* Random requests, most of them at an edge of something that the set's world names. */
#include "generate_fact.h"

#include <string.h>

/* Adds ±1 to an address as a number; wraps within its family. */
static void nudge(uint8_t addr[16], bool v4, int by)
{
	for (int i = 15; i >= (v4 ? 12 : 0); i--) {
		addr[i] = (uint8_t)(addr[i] + by);
		if (addr[i] != (by > 0 ? 0x00 : 0xff))
			return;
	}
}

static void last_of(const struct world_prefix *p, uint8_t addr[16])
{
	memcpy(addr, p->addr, 16);
	for (uint32_t bit = (p->v4 ? 96u : 0u) + p->bits; bit < 128; bit++)
		addr[bit / 8] |= (uint8_t)(0x80u >> (bit % 8));
}

/* First or last address of a prefix, the one beside it, or one further in. */
static void put_address(struct rng *r, const struct world *w, bool *ret_v4, struct buf *out)
{
	static const uint8_t special[][16] = {
		{ [12] = 127, [15] = 1 },
		{ [12] = 127, [13] = 255, [14] = 255, [15] = 255 },
		{ [12] = 224 },
		{ [12] = 223, [13] = 255, [14] = 255, [15] = 255 },
		{ [12] = 255, [13] = 255, [14] = 255, [15] = 255 },
		{ [12] = 128 },
		{ 0 }, /* any: to connect there is to connect to this host */
	};
	const struct world_prefix *p = &w->prefixes[rng_below(r, WORLD_PREFIXES)];
	uint8_t addr[16];
	uint32_t kind = rng_below(r, 10);

	*ret_v4 = p->v4;
	if (kind == 0) {
		*ret_v4 = true;
		memcpy(addr, special[rng_below(r, 7)], 16);
	} else if (kind < 5) {
		memcpy(addr, p->addr, 16);
	} else {
		last_of(p, addr);
	}
	/* Past the /64 of an edge within it. */
	if (kind == 9 && !p->v4)
		memset(addr + 8, 0xff, 8);
	if (kind % 3 == 0)
		nudge(addr, *ret_v4, kind < 5 ? -1 : 1);
	if (kind == 4)
		nudge(addr, *ret_v4, 1);
	world_address(addr, *ret_v4, -1, out);
}

static uint32_t pick_port(struct rng *r, const struct world *w)
{
	uint32_t port = w->ports[rng_below(r, WORLD_PORTS)];

	if (rng_chance(r, 30)) {
		const struct world_endpoint *e =
			&w->endpoints[rng_below(r, WORLD_SERVICES)][rng_below(r, WORLD_ENDPOINTS)];

		port = e->last;
	}
	if (rng_chance(r, 25))
		port++;
	else if (rng_chance(r, 25))
		port--;
	return port & 0xffff;
}

/* In the form that says this end too. */
static void put_both_ends(struct rng *r, const struct world *w, const char *protocol,
			  struct buf *out)
{
	_cleanup_buf_ struct buf addr = BUF_INIT, local = BUF_INIT;
	bool v4, local_v4;

	put_address(r, w, &v4, &addr);
	put_address(r, w, &local_v4, &local);
	buf_printf(out, "{\"protocol\":\"%s\",\"ip\":\"%s\",\"port\":%u,\"localIp\":\"%s\"",
		   protocol, addr.data, pick_port(r, w),
		   v4 == local_v4 ? local.data
		   : v4		  ? "10.0.0.1"
				  : "fd00::1");
	if (rng_chance(r, 80))
		buf_printf(out, ",\"localPort\":%u", pick_port(r, w));
	buf_putc(out, '}');
}

static void put_endpoint(struct rng *r, const struct world *w, struct buf *out)
{
	static const char *const protocols[] = { "tcp", "tcp", "tcp", "udp", "udp", "sctp" };
	const char *protocol = RNG_PICK(r, protocols), *mapped = "";
	_cleanup_buf_ struct buf addr = BUF_INIT;
	bool v4;

	if (rng_chance(r, 40)) {
		put_both_ends(r, w, protocol, out);
		return;
	}
	put_address(r, w, &v4, &addr);
	if (v4 && rng_chance(r, 20)) {
		mapped = "::ffff:";
		v4 = false;
	}
	buf_printf(out, "\"%s %s%s%s%s:%u\"", protocol, v4 ? "" : "[", mapped, addr.data,
		   v4 ? "" : "]", pick_port(r, w));
}

static void put_action(struct rng *r, const struct world *w, struct buf *out)
{
	static const char *const actions[] = { "connect", "connect", "connect", "send",
					       "send",	  "listen",  "accept" };
	static const char *const kinds[] = { "raw", "packet", "other", "tun", "xdp" };

	if (rng_chance(r, 8)) {
		buf_printf(out, "\"action\":\"create\",\"resource\":\"%s\"", RNG_PICK(r, kinds));
		return;
	}
	buf_printf(out, "\"action\":\"%s\",\"resource\":", RNG_PICK(r, actions));
	put_endpoint(r, w, out);
}

/* A prefix and a suffix of patterns, overlapped as far as they can be, side by side, or apart. */
static void put_word(struct rng *r, const struct world *w, struct buf *out)
{
	const char *prefix = w->affixes[rng_below(r, WORLD_AFFIXES)];
	const char *suffix = w->affixes[rng_below(r, WORLD_AFFIXES)];
	size_t lp = strlen(prefix), ls = strlen(suffix), overlap = rng_below(r, 3);

	while (overlap > 0 && (overlap > lp || overlap > ls ||
			       strncmp(prefix + lp - overlap, suffix, overlap) != 0))
		overlap--;
	buf_puts(out, prefix);
	if (overlap == 0 && rng_chance(r, 40))
		buf_putc(out, rng_chance(r, 50) ? 'a' : 'c');
	buf_puts(out, suffix + overlap);
}

static void put_text(struct rng *r, const struct world *w, const char *key, struct buf *out)
{
	static const char *const words[] = { "",     "a",    "ab",
					     "aba",  "abab", "aaa",
					     "/aba", "b",    "container:/bin/sh" };

	buf_printf(out, "\"%s\":\"", key);
	if (rng_chance(r, 50))
		put_word(r, w, out);
	else
		buf_puts(out, RNG_PICK(r, words));
	buf_puts(out, "\",");
}

static void put_program(struct rng *r, const struct world *w, struct buf *out)
{
	if (rng_chance(r, 50))
		buf_printf(out, "\"program\":\"%s\",", RNG_PICK(r, world_programs));
	else if (rng_chance(r, 80))
		put_text(r, w, "program", out);
	if (rng_chance(r, 15))
		buf_printf(out, "\"aliases\":[\"%s\"],", RNG_PICK(r, world_programs));
}

static void put_account(struct rng *r, struct buf *out)
{
	static const uint32_t ids[] = { 0, 1, 27, 100, 999, 1000, 1001, 4294967294u };

	if (rng_chance(r, 70))
		buf_printf(out, "\"user\":\"%s\",", RNG_PICK(r, world_users));
	if (rng_chance(r, 50))
		buf_printf(out, "\"uid\":%u,", ids[rng_below(r, 8)]);
	if (rng_chance(r, 50))
		buf_printf(out, "\"gid\":%u,", ids[rng_below(r, 8)]);
	if (rng_chance(r, 60))
		buf_printf(out, "\"groups\":[\"%s\",\"%s\"],", RNG_PICK(r, world_groups),
			   RNG_PICK(r, world_groups));
	if (rng_chance(r, 30))
		buf_printf(out, "\"identity\":\"%s\",",
			   rng_chance(r, 85) ? RNG_PICK(r, world_people) : "nobody@example.com");
}

static void put_unit(struct rng *r, struct buf *out)
{
	if (rng_chance(r, 60))
		buf_printf(out, "\"unit\":\"%s\",", RNG_PICK(r, world_units));
	if (rng_chance(r, 30))
		buf_printf(out, "\"slices\":[\"%s\",\"%s\"],", RNG_PICK(r, world_units),
			   RNG_PICK(r, world_units));
}

void generate_request(uint64_t set_seed, uint64_t request, struct buf *out)
{
	struct world w;
	struct rng r = { set_seed << 20 ^ request * 0x9e3779b97f4a7c15ull };

	world_make(set_seed, &w);
	buf_puts(out, "{\"principal\":{");
	put_program(&r, &w, out);
	put_account(&r, out);
	put_unit(&r, out);
	if (rng_chance(&r, 20))
		put_text(&r, &w, "parent", out);
	if (rng_chance(&r, 10))
		put_text(&r, &w, "script", out);
	if (rng_chance(&r, 10))
		put_text(&r, &w, "sha256", out);
	if (rng_chance(&r, 10))
		put_text(&r, &w, "container", out);
	buf_printf(out, "\"preexisting\":%s},", rng_chance(&r, 50) ? "true" : "false");
	put_action(&r, &w, out);
	buf_putc(out, ',');
	buf_puts(out, "\"context\":");
	generate_context(&r, out);
	buf_putc(out, '}');
}
