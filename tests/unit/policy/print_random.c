/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random trees: the printed text of any tree parses to that tree again and prints as the same text. The seed of a
 * failure is printed; TEST_SEED repeats it.
 */
#include "policy/policy.h"

#include <stdlib.h>
#include <string.h>

#include "cm.h"
#include "policy/lex.h"
#include "tree.h"

struct random {
	uint64_t state;
	struct arena *arena;
};

/* xorshift64*: the same numbers everywhere */
static uint32_t below(struct random *r, uint32_t n)
{
	r->state ^= r->state >> 12;
	r->state ^= r->state << 25;
	r->state ^= r->state >> 27;
	return (uint32_t)((r->state * 0x2545f4914f6cdd1dULL) >> 33) % n;
}

static struct text text_of(const char *s)
{
	return (struct text){ .s = s, .len = strlen(s) };
}

static const char *pick(struct random *r, const char *const *from, uint32_t n)
{
	return from[below(r, n)];
}

#define PICK(r, array) pick((r), (array), sizeof(array) / sizeof((array)[0]))

static struct text random_string(struct random *r)
{
	static const uint32_t points[] = {
		0,    1,    '\t',   '\n',   '\r',   '"',    '\\',   '*',    '/',     ';',     0x7f,
		0x85, 0xe9, 0x200b, 0x202e, 0x20ac, 0xd7ff, 0xe000, 0xfeff, 0x1f600, 0x10ffff
	};
	char *s = arena_alloc(r->arena, 64);
	size_t n = 0;

	for (uint32_t i = below(r, 8); i > 0; i--)
		n += utf8_encode(below(r, 2) ? 'a' + below(r, 26) : points[below(r, 21)], s + n);
	return (struct text){ .s = s, .len = n };
}

static struct text random_name(struct random *r)
{
	static const char *const names[] = { "a",	  "b",	"_c9",	    "permit", "when",
					     "principal", "ip", "contains", "x" };

	return text_of(PICK(r, names));
}

static struct text random_key(struct random *r)
{
	static const char *const odd[] = { "if", "", "a b", "__cedar", "9", "like" };

	if (below(r, 4) == 0)
		return random_string(r);
	return below(r, 4) ? random_name(r) : text_of(PICK(r, odd));
}

static struct entity_uid random_uid(struct random *r)
{
	static const char *const types[] = { "User", "A::B", "principal", "when::ip::C" };

	return (struct entity_uid){ .type = text_of(PICK(r, types)), .id = random_string(r) };
}

static struct expr *random_expr(struct random *r, unsigned int depth);

static struct expr *node(struct random *r, enum expr_kind kind, size_t n, unsigned int depth)
{
	struct expr *e = arena_new_of(r->arena, struct expr);

	e->kind = kind;
	e->n_args = n;
	e->args = arena_array_of(r->arena, struct expr *, n);
	for (size_t i = 0; i < n; i++)
		e->args[i] = random_expr(r, depth - 1);
	return e;
}

static struct expr *random_leaf(struct random *r)
{
	static const int64_t numbers[] = { 0, 1, -1, 42, -7, INT64_MAX, INT64_MIN, INT64_MIN + 1 };
	static const enum expr_kind kinds[] = { EXPR_BOOL,   EXPR_LONG, EXPR_STRING,
						EXPR_ENTITY, EXPR_VAR,	EXPR_SLOT };
	struct expr *e = node(r, kinds[below(r, 6)], 0, 1);

	e->boolean = e->kind == EXPR_BOOL && below(r, 2);
	if (e->kind == EXPR_LONG)
		e->number = numbers[below(r, 8)];
	if (e->kind == EXPR_STRING)
		e->string = random_string(r);
	if (e->kind == EXPR_ENTITY)
		e->uid = random_uid(r);
	if (e->kind == EXPR_VAR)
		e->var = below(r, 4);
	if (e->kind == EXPR_SLOT)
		e->string = text_of(below(r, 2) ? "?principal" : "?resource");
	return e;
}

static struct expr *random_record(struct random *r, unsigned int depth)
{
	static const char *const keys[] = { "a", "b c", "if", "d", "\xc3\xa9" };
	struct expr *e = node(r, EXPR_RECORD, below(r, 5), depth);

	e->n_names = e->n_args;
	e->names = arena_array_of(r->arena, struct text, e->n_names);
	for (size_t i = 0; i < e->n_names; i++)
		e->names[i] = text_of(keys[i]);
	return e;
}

static struct expr *random_has(struct random *r, unsigned int depth)
{
	struct expr *e = node(r, EXPR_HAS, 1, depth);

	e->n_names = 1 + below(r, 3);
	e->names = arena_array_of(r->arena, struct text, e->n_names);
	for (size_t i = 0; i < e->n_names; i++)
		e->names[i] = e->n_names == 1 ? random_key(r) : random_name(r);
	return e;
}

static struct expr *random_like(struct random *r, unsigned int depth)
{
	struct expr *e = node(r, EXPR_LIKE, 1, depth);
	size_t n = below(r, 5);

	e->pattern = arena_array_of(r->arena, struct pattern_part, n);
	for (size_t i = 0; i < n; i++) {
		struct text t = random_string(r);
		bool literal = i > 0 && e->pattern[i - 1].star && t.len;

		e->pattern[i] = (struct pattern_part){ .star = !literal };
		if (literal)
			e->pattern[i].literal = t;
	}
	e->n_pattern = n;
	return e;
}

static struct expr *random_call(struct random *r, unsigned int depth)
{
	static const char *const functions[] = { "ip", "decimal", "datetime", "duration" };
	static const char *const one[] = { "contains", "containsAll", "containsAny", "getTag",
					   "hasTag" };
	static const char *const any[] = { "isInRange", "isIpv4", "lessThan", "toTime" };
	struct expr *e;

	switch (below(r, 4)) {
	case 0:
		e = node(r, EXPR_CALL, below(r, 3), depth);
		e->string = text_of(PICK(r, functions));
		return e;
	case 1:
		e = node(r, EXPR_METHOD, 1, depth);
		e->string = text_of("isEmpty");
		return e;
	case 2:
		e = node(r, EXPR_METHOD, 2, depth);
		e->string = text_of(PICK(r, one));
		return e;
	default:
		e = node(r, EXPR_METHOD, 1 + below(r, 3), depth);
		e->string = text_of(PICK(r, any));
		return e;
	}
}

/* `!!!x`, longer than Cedar writes without parentheses too. */
static struct expr *random_run(struct random *r, enum expr_kind kind, unsigned int depth)
{
	struct expr *e = node(r, kind, 1, depth);

	for (uint32_t i = below(r, 2) ? below(r, 7) : 0; i > 0; i--) {
		struct expr *outer = node(r, kind, 0, 1);

		outer->args = arena_array_of(r->arena, struct expr *, 1);
		outer->args[0] = e;
		outer->n_args = 1;
		e = outer;
	}
	return e;
}

static struct expr *random_expr(struct random *r, unsigned int depth)
{
	static const enum expr_kind binary[] = { EXPR_OR,  EXPR_AND, EXPR_OR,  EXPR_AND, EXPR_EQ,
						 EXPR_NE,  EXPR_LT,  EXPR_LE,  EXPR_GT,	 EXPR_GE,
						 EXPR_ADD, EXPR_SUB, EXPR_MUL, EXPR_IN };
	struct expr *e;

	if (depth == 0 || below(r, 6) == 0)
		return random_leaf(r);
	switch (below(r, 14)) {
	case 0:
		return node(r, EXPR_SET, below(r, 4), depth);
	case 1:
		return random_record(r, depth);
	case 2:
		return node(r, EXPR_IF, 3, depth);
	case 3:
		return random_run(r, EXPR_NOT, depth);
	case 4:
	case 5:
		return random_run(r, EXPR_NEG, depth);
	case 6:
		return random_has(r, depth);
	case 7:
		return random_like(r, depth);
	case 8:
		return random_call(r, depth);
	case 9:
		e = node(r, EXPR_GET, 1, depth);
		e->string = random_key(r);
		return e;
	case 10:
		e = node(r, EXPR_IS, 1 + below(r, 2), depth);
		e->string = random_uid(r).type;
		return e;
	default:
		return node(r, binary[below(r, 14)], 2, depth);
	}
}

static void round_trip(const struct expr *e, struct policy_set *set, uint64_t seed)
{
	_cleanup_buf_ struct buf text = BUF_INIT, again = BUF_INIT, tree = BUF_INIT,
				 read = BUF_INIT;
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct source src = { .name = "random" };
	struct expr *parsed = NULL;

	policy_print_expr(e, &text);
	src.text = text.data;
	src.len = text.len;
	if (policy_parse_expr(set, &src, &d, &parsed) < 0)
		fail_msg("TEST_SEED=%" PRIu64 ": %s: %s", seed, text.data, d.items[0].text);
	tree_expr(e, &tree);
	tree_expr(parsed, &read);
	policy_print_expr(parsed, &again);
	if (strcmp(tree.data, read.data) != 0 || strcmp(text.data, again.data) != 0)
		fail_msg("TEST_SEED=%" PRIu64 ": %s\n%s\n%s", seed, text.data, tree.data,
			 read.data);
}

static struct scope random_scope(struct random *r, bool action)
{
	struct scope s = { .kind = below(r, 5), .type = { .s = "" } };
	bool entity = s.kind != SCOPE_ANY && s.kind != SCOPE_IS;

	if (action && (s.kind == SCOPE_IS || s.kind == SCOPE_IS_IN))
		s.kind = SCOPE_IN;
	entity = s.kind != SCOPE_ANY && s.kind != SCOPE_IS;
	if (s.kind == SCOPE_IS || s.kind == SCOPE_IS_IN)
		s.type = random_uid(r).type;
	s.slot = entity && !action && below(r, 4) == 0;
	s.list = action && s.kind == SCOPE_IN && below(r, 2);
	s.n_uids = !entity || s.slot ? 0 : s.list ? below(r, 4) : 1;
	s.uids = arena_array_of(r->arena, struct entity_uid, s.n_uids);
	for (size_t i = 0; i < s.n_uids; i++) {
		s.uids[i] = random_uid(r);
		if (action)
			s.uids[i].type = text_of(below(r, 4) ? "Action" : "N::Action");
	}
	return s;
}

/* A condition without slots, which conditions cannot have. */
static struct expr *random_body(struct random *r)
{
	_cleanup_buf_ struct buf tree = BUF_INIT;
	struct expr *e;

	do {
		e = random_expr(r, 3);
		buf_clear(&tree);
		tree_expr(e, &tree);
	} while (strstr(tree.data, "(slot"));
	return e;
}

static void random_policy(struct random *r, struct policy *p)
{
	static const char *const names[] = { "id", "if", "advice" };

	*p = (struct policy){ .effect = below(r, 2) ? EFFECT_PERMIT : EFFECT_FORBID };
	p->n_annotations = below(r, 4);
	p->annotations = arena_array_of(r->arena, struct annotation, 3);
	for (size_t i = 0; i < p->n_annotations; i++) {
		p->annotations[i] =
			(struct annotation){ .name = text_of(names[i]), .has_value = below(r, 3) };
		if (p->annotations[i].has_value)
			p->annotations[i].value = random_string(r);
	}
	p->principal = random_scope(r, false);
	p->action = random_scope(r, true);
	p->resource = random_scope(r, false);
	p->n_conditions = below(r, 3);
	p->conditions = arena_array_of(r->arena, struct condition, 3);
	for (size_t i = 0; i < p->n_conditions; i++)
		p->conditions[i] =
			(struct condition){ .unless = below(r, 2), .body = random_body(r) };
}

static void policy_round_trip(const struct policy *p, struct policy_set *set, uint64_t seed)
{
	_cleanup_buf_ struct buf text = BUF_INIT, again = BUF_INIT, tree = BUF_INIT,
				 read = BUF_INIT;
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct source src = { .name = "random" };

	policy_print(p, &text);
	src.text = text.data;
	src.len = text.len;
	if (policy_parse(set, &src, &d) < 0)
		fail_msg("TEST_SEED=%" PRIu64 ": %s: %s", seed, text.data, d.items[0].text);
	assert_int_equal(set->n, 1);
	tree_policy(p, &tree);
	tree_policy(set->policies[0], &read);
	policy_print(set->policies[0], &again);
	if (strcmp(tree.data, read.data) != 0 || strcmp(text.data, again.data) != 0)
		fail_msg("TEST_SEED=%" PRIu64 ": %s\n%s\n%s", seed, text.data, tree.data,
			 read.data);
}

/* Runs `n` times with a seed each. */
static void repeat(uint64_t n,
		   void (*once)(struct random *r, struct policy_set *set, uint64_t seed))
{
	const char *given = getenv("TEST_SEED");
	uint64_t first = given ? strtoull(given, NULL, 10) : 1;

	if (getenv("POSTERN_LONG"))
		n *= 50;
	for (uint64_t seed = first; seed < first + (given ? 1 : n); seed++) {
		struct policy_set *set = NULL;
		struct random r = { .state = seed * 0x9e3779b97f4a7c15ULL };

		assert_int_equal(policy_set_new(&set), 0);
		assert_int_equal(arena_new(&r.arena), 0);
		once(&r, set, seed);
		arena_free(&r.arena);
		policy_set_free(&set);
	}
}

static void one_expr(struct random *r, struct policy_set *set, uint64_t seed)
{
	round_trip(random_expr(r, 1 + below(r, 6)), set, seed);
}

static void one_policy(struct random *r, struct policy_set *set, uint64_t seed)
{
	struct policy p;

	random_policy(r, &p);
	policy_round_trip(&p, set, seed);
}

static void random_expressions_come_back(void **state)
{
	(void)state;
	repeat(5000, one_expr);
}

static void random_policies_come_back(void **state)
{
	(void)state;
	repeat(1500, one_policy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_expressions_come_back),
		cmocka_unit_test(random_policies_come_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
