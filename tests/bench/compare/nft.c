/* SPDX-License-Identifier: BSD-2-Clause */
/* nftables, on output: a map of intervals, a set of them, a concatenated set, and one rule about who. */
#include "compare.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "measure.h"

static const char map[] = "type ipv4_addr : mark; flags interval; elements = {";
static const char set[] = "type ipv4_addr; flags interval; elements = {";
static const char both[] = "type ipv4_addr . inet_service; flags interval; elements = {";

#define CGROUPV2_NAME "postern-test-compare-cgroupv2"

/* What differs between the three. */
struct table {
	const char *kind;
	const char *declared; /* "map m" or "set m" */
	const char *head;
	const char *rule;
	size_t sizes[4];
	size_t long_size; /* 0: none */
};

static const struct table tables[] = {
	{ "nft map", "map m", map, "meta mark set ip daddr map @m", { 1000, 100000 }, 1000000 },
	{ "nft set", "set m", set, "ip daddr @m counter", { 1000 }, 1000000 },
	{ "nft concatenated set",
	  "set m",
	  both,
	  "ip daddr . tcp dport @m counter\n  ip daddr . udp dport @m counter",
	  { 1000, 100000 },
	  0 },
};

static void put_element(FILE *f, const struct table *t, const struct rules *r, size_t i)
{
	const struct rule *one = &r->items[i];
	uint32_t a = one->addr;

	(void)fprintf(f, "%s%u.%u.%u.%u/%u", i ? "," : "", a >> 24, a >> 16 & 255, a >> 8 & 255,
		      a & 255, one->bits);
	if (t->head == map)
		(void)fprintf(f, " : %u", one->group + 1);
	else if (t->head == both)
		(void)fprintf(f, " . %u", r->groups[one->group].first);
	if (i % 16 == 15)
		(void)fputc('\n', f);
}

static void write_table(const char *path, const struct table *t, size_t n)
{
	const struct rules *r = rules_of(n);
	FILE *f = fopen(path, "we");

	if (!f)
		die(path);
	(void)fprintf(f, "table ip bench {\n %s { %s", t->declared, t->head);
	for (size_t i = 0; i < r->n; i++)
		put_element(f, t, r, i);
	(void)fprintf(f,
		      "} }\n chain out { type filter hook output priority 0; policy accept;\n"
		      "  %s\n }\n}\n",
		      t->rule);
	if (fclose(f) != 0)
		die(path);
}

static void set_up_table(struct variant *v)
{
	char path[] = "/tmp/postern-bench-nft-XXXXXX", command[100];
	int fd = mkstemp(path);
	uint64_t began;

	if (fd < 0)
		die(path);
	(void)close(fd);
	write_table(path, v->own, v->rules);
	(void)snprintf(command, sizeof(command), "nft -f %s", path);
	began = measure_now_ns();
	worker_enter(v, command);
	v->apply_ms = (double)(measure_now_ns() - began) / 1e6;
	(void)unlink(path);
}

static void set_up_rule(struct variant *v)
{
	char command[400];
	int root = (int)(strrchr(v->cgroup, '/') - v->cgroup);

	/* nft looks for cgroups in one place only */
	(void)snprintf(command, sizeof(command),
		       "unshare -m sh -c 'mount --bind %.*s /sys/fs/cgroup && exec nft \"table ip "
		       "bench { chain out { type filter hook output priority 0; policy accept; "
		       "%s; }; }\"'",
		       root, v->cgroup, (const char *)v->own);
	worker_enter(v, command);
}

/* The worker's cgroup, which is a child of the root. */
static char *cgroup_rule(void)
{
	static char rule[200];

	(void)snprintf(rule, sizeof(rule), "socket cgroupv2 level 1 %s counter accept",
		       CGROUPV2_NAME);
	return rule;
}

void nft_variants(bool long_form)
{
	static char skuid[] = "meta skuid 12345 counter accept";
	struct variant *v;

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		const struct table *t = &tables[i];

		for (size_t k = 0; k < 4; k++) {
			size_t n = t->sizes[k] ? t->sizes[k] : long_form ? t->long_size : 0;

			if (!n)
				break;
			v = variant_add(t->kind, n);
			v->own = (void *)(uintptr_t)t;
			v->set_up = set_up_table;
			if (n == t->long_size)
				break;
		}
	}
	v = variant_add("nft meta skuid", 1);
	v->own = skuid;
	v->set_up = set_up_rule;
	v = variant_add("nft socket cgroupv2", 1);
	v->own = cgroup_rule();
	(void)snprintf(v->cgroup, sizeof(v->cgroup), "%s", CGROUPV2_NAME);
	v->set_up = set_up_rule;
}
