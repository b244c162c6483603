/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One bundle after another: each is the one before with something in it changed, and its image is to the byte the one
 * that is made from nothing.
 */
#include "compile/image.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cm.h"
#include "rules.h"

#include "generate_world.h"

enum { GROUPS = 24, PREFIXES = 600, SERVICES = 4, STEPS = 60 };

/* A prefix list of the bundle. */
struct list {
	struct buf text;
	uint64_t number; /* of what it says now */
	bool used; /* by a Zone that a policy names */
};

struct story {
	struct rng rng;
	struct rules rules;
	struct list lists[GROUPS];
	unsigned service[SERVICES]; /* last byte of its address; 0: there is none */
	uint64_t numbers;
	bool backwards; /* order of the policies */
};

static void renew(struct story *s, size_t group)
{
	s->lists[group].number = ++s->numbers;
}

static void begin(struct story *s, uint64_t seed)
{
	struct rules_wish wish = {
		.n = PREFIXES, .groups = GROUPS, .style = RULES_CHAIN, .seed = seed
	};
	struct buf files[GROUPS] = { 0 };

	*s = (struct story){ .rng = { seed * 77 + 1 } };
	rules_make(&wish, &s->rules);
	rules_files(&s->rules, files);
	for (size_t i = 0; i < GROUPS; i++) {
		s->lists[i] = (struct list){ .text = files[i], .used = i % 3 != 0 };
		renew(s, i);
	}
}

static void end(struct story *s)
{
	for (size_t i = 0; i < GROUPS; i++)
		buf_free(&s->lists[i].text);
	rules_free(&s->rules);
}

static void add_line(struct story *s, size_t group)
{
	struct rng *r = &s->rng;
	uint32_t bits = 8 + rng_below(r, 25), a = rng_below(r, 0xe0000000u) & ~0u << (32 - bits);

	if (rng_chance(r, 20))
		buf_printf(&s->lists[group].text, "fd00:%x::/%u\n", rng_below(r, 4096), 32);
	else if (rng_chance(r, 10))
		buf_printf(&s->lists[group].text, "2001:db8::%x/128\n", rng_below(r, 40));
	else
		buf_printf(&s->lists[group].text, "%u.%u.%u.%u/%u\n", a >> 24, a >> 16 & 255,
			   a >> 8 & 255, a & 255, bits);
	renew(s, group);
}

/* The first line goes, if another is left. */
static void drop_line(struct story *s, size_t group)
{
	struct buf *text = &s->lists[group].text;
	const char *newline = memchr(text->data, '\n', text->len);
	size_t n = (size_t)(newline + 1 - text->data);

	if (n == text->len)
		return;
	memmove(text->data, text->data + n, text->len - n);
	text->len -= n;
	renew(s, group);
}

static void edit(struct story *s)
{
	size_t group = rng_below(&s->rng, GROUPS), service = rng_below(&s->rng, SERVICES);

	switch (rng_below(&s->rng, 9)) {
	case 0:
	case 1:
		add_line(s, group);
		break;
	case 2:
	case 3:
		drop_line(s, group);
		break;
	case 4:
		s->lists[group].used = !s->lists[group].used;
		break;
	case 5:
		s->backwards = !s->backwards;
		break;
	case 6:
		renew(s, group); /* the same text, but nobody knows */
		break;
	default:
		s->service[service] = rng_below(&s->rng, 4);
	}
}

static void put_policy(const struct story *s, size_t i, struct buf *out)
{
	const struct rule_group *g = &s->rules.groups[i];

	if (s->lists[i].used)
		buf_printf(
			out,
			"@id(\"g%zu\") %s(principal in Program::\"/usr/bin/p%zu\", action in Action::\"egress\", resource "
			"in Zone::\"g%zu\") when { resource.port >= %u && resource.port <= %u };\n",
			i, g->forbid ? "forbid" : "permit", i % 5, i, g->first, g->last);
	if (i < SERVICES && s->service[i])
		buf_printf(
			out,
			"@id(\"s%zu\") permit(principal, action == Action::\"connect\", resource in Service::\"s%zu\");\n",
			i, i);
}

static void put_texts(const struct story *s, struct buf *policies, struct buf *entities)
{
	buf_puts(
		policies,
		"@id(\"all\") permit(principal, action in Action::\"egress\", resource in Zone::\"all\");\n"
		"@id(\"lit\") forbid(principal, action in Action::\"egress\", resource) when "
		"{ resource.ip.isInRange(ip(\"198.51.100.0/24\")) };\n");
	for (size_t i = 0; i < GROUPS; i++)
		put_policy(s, s->backwards ? GROUPS - 1 - i : i, policies);
	buf_puts(entities, "[{\"uid\":{\"type\":\"Zone\",\"id\":\"all\"},\"attrs\":{\"prefixes\":"
			   "[\"203.0.113.0/24\"]},\"parents\":[]}");
	for (size_t i = 0; i < GROUPS; i++)
		buf_printf(entities,
			   ",{\"uid\":{\"type\":\"Zone\",\"id\":\"g%zu\"},\"attrs\":{\"prefixes\":"
			   "[\"@g%zu.txt\",\"192.0.2.%zu/32\"]},\"parents\":[%s]}",
			   i, i, i, i % 7 == 0 ? "{\"type\":\"Zone\",\"id\":\"all\"}" : "");
	for (size_t i = 0; i < SERVICES; i++)
		buf_printf(
			entities,
			",{\"uid\":{\"type\":\"Service\",\"id\":\"s%zu\"},\"attrs\":{\"endpoints\":"
			"[\"tcp 198.51.100.%u/32:443\"]},\"parents\":[]}",
			i, s->service[i]);
	buf_puts(entities, "]");
}

/* What the bundle says now, with what is known of the set before (NULL: nothing). */
static void load(const struct story *s, const struct entity_set *before, struct ruleset *ret)
{
	_cleanup_buf_ struct buf policies = BUF_INIT, entities = BUF_INIT;
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct source files[GROUPS], policy;
	uint64_t numbers[GROUPS];
	char names[GROUPS][16];
	struct ruleset_sources src = {
		.policies = &policy,
		.n_policies = 1,
		.files = files,
		.n_files = GROUPS,
		.rollout = { .mode = MODE_ENFORCE,
			     .phases = { POSTERN_PHASE_ENFORCE, POSTERN_PHASE_ENFORCE,
					 POSTERN_PHASE_ENFORCE } },
		.file_numbers = before ? numbers : NULL,
		.before = before,
	};

	put_texts(s, &policies, &entities);
	policy = (struct source){ "p.cedar", policies.data, policies.len };
	src.entities = (struct source){ "entities.json", entities.data, entities.len };
	for (size_t i = 0; i < GROUPS; i++) {
		(void)snprintf(names[i], sizeof(names[i]), "g%zu.txt", i);
		files[i] = (struct source){ names[i], s->lists[i].text.data, s->lists[i].text.len };
		numbers[i] = s->lists[i].number;
	}
	if (ruleset_load(&src, 0, &d, ret) < 0)
		fail_msg("%s", d.n ? d.items[0].text : "?");
}

static void compile(const struct ruleset *rules, struct image_memory **memory, struct image **ret)
{
	const struct image_options o = { .seed = 5, .memory = memory };
	_cleanup_diags_ struct diags d = DIAGS_INIT;

	assert_int_equal(image_compile_with(rules->views, &o, &d, ret), 0);
}

static void assert_same(const struct ruleset *next, struct image_memory **memory,
			const struct ruleset *fresh)
{
	_cleanup_image_ struct image *a = NULL, *b = NULL;

	compile(next, memory, &a);
	compile(fresh, NULL, &b);
	assert_int_equal(a->n, b->n);
	assert_memory_equal(a->lines, b->lines, (size_t)a->n * POSTERN_LINE);
	assert_non_null(*memory);
}

static const struct entity_set no_entities;

static void tell(uint64_t seed, unsigned at_once)
{
	struct image_memory *memory = NULL;
	struct ruleset rules = RULESET_INIT;
	struct story s;

	begin(&s, seed);
	load(&s, &no_entities, &rules);
	for (int step = 0; step < STEPS; step++) {
		_cleanup_ruleset_ struct ruleset next = RULESET_INIT, fresh = RULESET_INIT;

		load(&s, rules.entities, &next);
		load(&s, NULL, &fresh);
		assert_same(&next, &memory, &fresh);
		ruleset_free(&rules);
		rules = next;
		next = RULESET_INIT;
		for (unsigned i = 0; i < at_once; i++)
			edit(&s);
	}
	ruleset_free(&rules);
	image_memory_free(&memory);
	end(&s);
}

static void one_change_after_another(void **state)
{
	const char *longer = getenv("POSTERN_LONG");

	(void)state;
	for (uint64_t seed = 1; seed <= (longer ? 100 : 4); seed++)
		tell(seed, 1);
}

static void many_changes_at_once(void **state)
{
	const char *longer = getenv("POSTERN_LONG");

	(void)state;
	for (uint64_t seed = 1; seed <= (longer ? 100 : 3); seed++)
		tell(1000 + seed, 12);
}

/* What is shared with the set before lives as long as one of them does. */
static void lists_outlive_their_set(void **state)
{
	struct ruleset first = RULESET_INIT, second = RULESET_INIT;
	const struct entity *zone;
	struct prefix_list *l;
	struct story s;

	(void)state;
	begin(&s, 9);
	load(&s, &no_entities, &first);
	l = entity_find(first.entities, ENTITY_ZONE, (struct text){ "g3", 2 })->list;
	add_line(&s, 4);
	load(&s, first.entities, &second);
	ruleset_free(&first);
	zone = entity_find(second.entities, ENTITY_ZONE, (struct text){ "g3", 2 });
	assert_ptr_equal(zone->list, l);
	assert_int_equal(l->refs, 1);
	assert_true(entity_find(second.entities, ENTITY_ZONE, (struct text){ "g4", 2 })->list->n >
		    0);
	ruleset_free(&second);
	end(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_change_after_another),
		cmocka_unit_test(many_changes_at_once),
		cmocka_unit_test(lists_outlive_their_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
