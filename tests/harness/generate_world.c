/* SPDX-License-Identifier: BSD-2-Clause */
/* The world of a set, from its seed, and its entities. */
#include "generate_world.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

const char *const world_users[6] = { "alice", "bob", "root", "#0", "#1000", "#4294967295" };
const char *const world_groups[6] = { "adm", "dev", "ops", "#27", "#100", "" };
const char *const world_programs[6] = { "/usr/bin/curl",     "/usr/bin/ssh", "/bin/sh",
					"container:/bin/sh", "/aba",	     "" };
const char *const world_units[7] = { "nginx.service", "system.slice",	"user.slice", "/a",
				     "/a/b",	      "/a/b/c.service", "ssh.service" };
const char *const world_people[3] = { "alice@example.com", "bob@example.com", "carol" };

/* splitmix64 */
static uint64_t rng_next(struct rng *r)
{
	uint64_t z = r->state += 0x9e3779b97f4a7c15ull;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return z ^ z >> 31;
}

uint32_t rng_below(struct rng *r, uint32_t n)
{
	return (uint32_t)((rng_next(r) >> 32) * n >> 32);
}

bool rng_chance(struct rng *r, uint32_t percent)
{
	return rng_below(r, 100) < percent;
}

const char *rng_pick(struct rng *r, const char *const *words, uint32_t n)
{
	return words[rng_below(r, n)];
}

static void mask_prefix(struct world_prefix *p)
{
	uint32_t from = (p->v4 ? 96u : 0u) + p->bits;

	for (uint32_t bit = from; bit < 128; bit++)
		p->addr[bit / 8] &= (uint8_t) ~(0x80u >> (bit % 8));
}

/* Few networks, so that prefixes nest; IPv6 lengths on both sides of /64. */
static void make_prefix(struct rng *r, struct world_prefix *p)
{
	static const uint8_t bits4[] = { 0, 8, 9, 16, 23, 24, 25, 30, 31, 32, 32 };
	static const uint8_t bits6[] = { 0, 8, 32, 48, 63, 64, 64, 65, 96, 127, 128, 128 };
	static const uint8_t edges[] = { 0, 0, 0, 0xff, 0xff, 1, 0x7f, 0x80, 10 };

	memset(p, 0, sizeof(*p));
	p->v4 = rng_chance(r, 50);
	p->bits = p->v4 ? bits4[rng_below(r, sizeof(bits4))] : bits6[rng_below(r, sizeof(bits6))];
	for (int i = p->v4 ? 12 : 0; i < 16; i++)
		p->addr[i] = edges[rng_below(r, sizeof(edges))];
	if (rng_chance(r, 60)) {
		p->addr[p->v4 ? 12 : 0] = p->v4 ? 10 : 0xfd;
		if (!p->v4)
			memset(p->addr + 1, 0, 6);
	}
	/* ::ffff:0:0/96 is IPv4: no prefix of ours begins in there. */
	if (!p->v4 && !p->addr[0])
		p->addr[0] = 0x20;
	mask_prefix(p);
}

static uint16_t make_port(struct rng *r)
{
	static const uint16_t edges[] = { 0, 1, 22, 53, 80, 443, 1023, 1024, 8080, 65534, 65535 };

	return edges[rng_below(r, sizeof(edges) / sizeof(edges[0]))];
}

static void make_affix(struct rng *r, char affix[8])
{
	uint32_t len = rng_below(r, 5);

	for (uint32_t i = 0; i < len; i++)
		affix[i] = rng_chance(r, 50) ? 'a' : 'b';
	affix[len] = '\0';
}

static int make_parent(struct rng *r, int self)
{
	return self > 0 && rng_chance(r, 60) ? (int)rng_below(r, (uint32_t)self) : -1;
}

void world_make(uint64_t set_seed, struct world *w)
{
	struct rng r = { set_seed * 2 + 1 };

	memset(w, 0, sizeof(*w));
	for (int i = 0; i < WORLD_PREFIXES; i++)
		make_prefix(&r, &w->prefixes[i]);
	for (int i = 0; i < WORLD_PORTS; i++)
		w->ports[i] = make_port(&r);
	for (int i = 0; i < WORLD_AFFIXES; i++)
		make_affix(&r, w->affixes[i]);
	for (int i = 0; i < WORLD_ZONES; i++) {
		w->zone_parent[i] = make_parent(&r, i);
		for (int k = 0; k < 3; k++)
			w->zone_prefixes[i][k] = rng_below(&r, WORLD_PREFIXES);
	}
	for (int i = 0; i < WORLD_SERVICES; i++) {
		w->service_parent[i] = make_parent(&r, i);
		for (int k = 0; k < WORLD_ENDPOINTS; k++) {
			struct world_endpoint *e = &w->endpoints[i][k];

			e->protocol = rng_chance(&r, 60) ? "tcp" : "udp";
			e->prefix = rng_below(&r, WORLD_PREFIXES);
			e->first = e->last = w->ports[rng_below(&r, WORLD_PORTS)];
			if (rng_chance(&r, 40) && e->last < 65000)
				e->last += (uint16_t)rng_below(&r, 500);
		}
	}
}

void world_address(const uint8_t addr[16], bool v4, int bits, struct buf *out)
{
	char text[INET6_ADDRSTRLEN];

	(void)inet_ntop(v4 ? AF_INET : AF_INET6, v4 ? addr + 12 : addr, text, sizeof(text));
	buf_puts(out, text);
	if (bits >= 0)
		buf_printf(out, "/%d", bits);
}

static void put_entity(struct buf *out, const char *type, const char *id)
{
	buf_printf(out, "{\"uid\":{\"type\":\"%s\",\"id\":\"%s\"},", type, id);
}

static void put_parent(struct buf *out, const char *type, const char *prefix, int parent)
{
	buf_puts(out, "\"parents\":[");
	if (parent >= 0)
		buf_printf(out, "{\"type\":\"%s\",\"id\":\"%s%d\"}", type, prefix, parent);
	buf_puts(out, "],");
}

static void put_zone(const struct world *w, int i, struct buf *out)
{
	char id[16];

	(void)snprintf(id, sizeof(id), "z%d", i);
	put_entity(out, "Zone", id);
	put_parent(out, "Zone", "z", w->zone_parent[i]);
	buf_puts(out, "\"attrs\":{\"prefixes\":[");
	for (int k = 0; k < 3; k++) {
		const struct world_prefix *p = &w->prefixes[w->zone_prefixes[i][k]];

		buf_puts(out, k ? ",\"" : "\"");
		world_address(p->addr, p->v4, p->bits, out);
		buf_putc(out, '"');
	}
	buf_puts(out, "]}},\n");
}

static void put_service(const struct world *w, int i, struct buf *out)
{
	char id[16];

	(void)snprintf(id, sizeof(id), "s%d", i);
	put_entity(out, "Service", id);
	put_parent(out, "Service", "s", w->service_parent[i]);
	buf_puts(out, "\"attrs\":{\"endpoints\":[");
	for (int k = 0; k < WORLD_ENDPOINTS; k++) {
		const struct world_endpoint *e = &w->endpoints[i][k];
		const struct world_prefix *p = &w->prefixes[e->prefix];

		buf_printf(out, "%s\"%s %s", k ? "," : "", e->protocol, p->v4 ? "" : "[");
		world_address(p->addr, p->v4, -1, out);
		buf_printf(out, "%s/%u:%u", p->v4 ? "" : "]", p->bits, e->first);
		if (e->last != e->first)
			buf_printf(out, "-%u", e->last);
		buf_putc(out, '"');
	}
	buf_puts(out, "]}},\n");
}

/* alice is in t0, bob in t0 and t1, carol in none. */
static void put_person(int i, struct buf *out)
{
	static const char *const teams[] = {
		"{\"type\":\"Team\",\"id\":\"t0\"}",
		"{\"type\":\"Team\",\"id\":\"t0\"},{\"type\":\"Team\",\"id\":\"t1\"}",
		"",
	};
	static const char key[] =
		"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
		"AAAAAAAAAAAA";

	put_entity(out, "Identity", world_people[i]);
	buf_printf(out,
		   "\"parents\":[%s],\"attrs\":{\"user\":\"%s\",\"requireVerified\":false,"
		   "\"keys\":[\"%s\"]}},\n",
		   teams[i], i ? "bob" : "alice", key);
}

void generate_entities(uint64_t set_seed, struct buf *out)
{
	struct world w;

	world_make(set_seed, &w);
	buf_puts(out, "[\n");
	for (int i = 0; i < WORLD_ZONES; i++)
		put_zone(&w, i, out);
	for (int i = 0; i < WORLD_SERVICES; i++)
		put_service(&w, i, out);
	for (int i = 0; i < 3; i++)
		put_person(i, out);
	buf_puts(out,
		 "{\"uid\":{\"type\":\"Team\",\"id\":\"t0\"},\"parents\":[],\"attrs\":{}},\n"
		 "{\"uid\":{\"type\":\"Team\",\"id\":\"t1\"},\"parents\":[],\"attrs\":{}}\n]\n");
}
