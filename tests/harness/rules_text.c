/* SPDX-License-Identifier: BSD-2-Clause */
/* A set of rules as a bundle, and requests about it. */
#include "rules.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "generate_world.h"

static void put_address(uint32_t a, struct buf *out)
{
	char text[16];
	int n = snprintf(text, sizeof(text), "%u.%u.%u.%u", a >> 24, a >> 16 & 255, a >> 8 & 255,
			 a & 255);

	buf_put(out, text, (size_t)n);
}

void rules_policies(const struct rules *r, struct buf *out)
{
	static const char *const protocols[] = { "", " && resource.protocol == \"tcp\"",
						 " && resource.protocol == \"udp\"", "" };

	for (size_t i = 0; i < r->n_groups; i++) {
		const struct rule_group *g = &r->groups[i];

		buf_printf(out, "@id(\"g%zu\") %s(principal", i, g->forbid ? "forbid" : "permit");
		if (g->program != RULES_ANYBODY)
			buf_printf(out, " in Program::\"/usr/bin/p%u\"", g->program);
		buf_printf(out,
			   ", action in Action::\"egress\", resource in Zone::\"g%zu\") when { "
			   "resource.port >= %u && resource.port <= %u%s };\n",
			   i, g->first, g->last, protocols[g->protocols & 3]);
	}
}

void rules_entities(const struct rules *r, struct buf *out)
{
	for (size_t i = 0; i < r->n_groups; i++)
		buf_printf(out,
			   "%c{\"uid\":{\"type\":\"Zone\",\"id\":\"g%zu\"},\"attrs\":"
			   "{\"prefixes\":[\"@g%zu.txt\"]},\"parents\":[]}\n",
			   i ? ',' : '[', i, i);
	buf_puts(out, "]");
}

void rules_files(const struct rules *r, struct buf *ret)
{
	for (size_t i = 0; i < r->n; i++) {
		struct buf *to = &ret[r->items[i].group];
		char length[8];
		int n = snprintf(length, sizeof(length), "/%u\n", r->items[i].bits);

		put_address(r->items[i].addr, to);
		buf_put(to, length, (size_t)n);
	}
}

static void write_text(const char *dir, const char *name, const struct buf *text)
{
	char path[512];

	(void)snprintf(path, sizeof(path), "%.400s/%.100s", dir, name);
	if (buf_error(text) ||
	    file_write_atomic(AT_FDCWD, path, text->data ? text->data : "", text->len, 0644) < 0) {
		(void)fprintf(stderr, "cannot write %s\n", path);
		exit(EXIT_FAILURE);
	}
}

static void write_files(const struct rules *r, const char *dir)
{
	struct buf *files = calloc(r->n_groups, sizeof(*files));
	char name[32];

	if (files)
		rules_files(r, files);
	for (size_t i = 0; files && i < r->n_groups; i++) {
		(void)snprintf(name, sizeof(name), "g%zu.txt", i);
		write_text(dir, name, &files[i]);
		buf_free(&files[i]);
	}
	free(files);
}

void rules_write(const struct rules *r, const char *dir)
{
	_cleanup_buf_ struct buf policies = BUF_INIT, entities = BUF_INIT, manifest = BUF_INIT;
	char path[512];

	(void)snprintf(path, sizeof(path), "%.400s/policies", dir);
	(void)dir_make(path, 0755);
	rules_policies(r, &policies);
	rules_entities(r, &entities);
	buf_puts(&manifest,
		 "{\"format\":1,\"name\":\"rules\",\"version\":1,\"audience\":[\"*\"]}\n");
	write_text(dir, "policies/rules.cedar", &policies);
	write_text(dir, "entities.json", &entities);
	write_text(dir, "bundle.json", &manifest);
	write_files(r, dir);
}

/* A prefix's first or last address, the one beside it, or any. */
static uint32_t address_near(const struct rule *rule, struct rng *rng)
{
	uint32_t last = rule->addr | (rule->bits == 32 ? 0 : ~0u >> rule->bits);

	switch (rng_below(rng, 6)) {
	case 0:
		return rule->addr;
	case 1:
		return last;
	case 2:
		return rule->addr - 1;
	case 3:
		return last + 1;
	case 4:
		return rule->addr + rng_below(rng, last - rule->addr + 1);
	default:
		return rng_below(rng, ~0u);
	}
}

static uint16_t port_near(const struct rule_group *g, struct rng *rng)
{
	switch (rng_below(rng, 5)) {
	case 0:
		return (uint16_t)(g->first - (g->first > 1));
	case 1:
		return (uint16_t)(g->last + (g->last < 65535));
	case 2:
		return g->last;
	default:
		return g->first;
	}
}

void rules_request(const struct rules *r, uint64_t request, struct buf *out)
{
	struct rng rng = { request * 0xbf58476d1ce4e5b9ull + r->n };
	const struct rule *rule = &r->items[rng_below(&rng, (uint32_t)r->n)];
	uint32_t group = rng_chance(&rng, 80) ? rule->group
					      : rng_below(&rng, (uint32_t)r->n_groups);
	const struct rule_group *g = &r->groups[group];
	bool udp = g->protocols == 3 ? rng_chance(&rng, 50) : g->protocols == 2;

	if (rng_chance(&rng, 10))
		udp = !udp;
	buf_printf(out, "{\"principal\":{\"program\":\"/usr/bin/p%u\"},\"action\":\"%s\"",
		   g->program == RULES_ANYBODY ? 0 : g->program, udp ? "send" : "connect");
	buf_printf(out, ",\"resource\":\"%s ", udp ? "udp" : "tcp");
	put_address(address_near(rule, &rng), out);
	buf_printf(out, ":%u\",\"context\":{}}", port_near(g, &rng));
}
