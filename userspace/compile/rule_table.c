/* SPDX-License-Identifier: BSD-2-Clause */
/* Outlooks of a rule. */
#include "compile/rule_table.h"

static int gather(const struct compilation *c, const struct formula *f, struct rule_table *t)
{
	const struct atom *a;
	int r = 0;

	if (f->kind == FORMULA_ATOM) {
		a = &c->atoms.items[f->atom];
		if (a->kind == ATOM_IP)
			r = vec_push(&t->ips, a->index);
		else if (a->kind == ATOM_DOOR)
			r = vec_push(&t->doors, a->index);
		return r;
	}
	if (f->a)
		r = gather(c, f->a, t);
	return r == 0 && f->b ? gather(c, f->b, t) : r;
}

/* Of more predicates than a word holds. */
static int outlook_of_many(struct intern *seen, const uint32_t *predicates, size_t n,
			   const uint64_t *set, uint32_t *ret)
{
	size_t bytes = (n + 7) / 8;
	_cleanup_free_ uint8_t *bits = calloc(bytes, 1);

	if (!bits)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		if (set[predicates[i] / 64] >> (predicates[i] % 64) & 1)
			bits[i / 8] |= (uint8_t)(1u << (i % 8));
	return intern_put(seen, bits, bytes, ret);
}

/* The outlook's number: the bits of `set` that the rule reads, packed. No set is one of zeroes. */
static int outlook(struct outlooks *o, const uint32_t *predicates, size_t n, const uint64_t *set,
		   uint32_t *ret)
{
	uint64_t bits = 0;
	int r;

	if (n > 64)
		return outlook_of_many(o->seen, predicates, n, set, ret);
	for (size_t i = 0; i < n; i++)
		bits |= (set[predicates[i] / 64] >> (predicates[i] % 64) & 1) << i;
	if (o->last_number == RESIDUE_UNKNOWN || bits != o->last) {
		r = intern_put(o->seen, &bits, sizeof(bits), &o->last_number);
		if (r)
			return r;
		o->last = bits;
	}
	*ret = o->last_number;
	return 0;
}

static int outlooks_init(struct outlooks *o)
{
	o->last_number = RESIDUE_UNKNOWN;
	return intern_new(&o->seen);
}

typedef VEC(uint32_t) door_keys;

static int compare_keys(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* Where a predicate that the rule reads begins or ends to hold, in order; some twice. */
static int find_keys(const struct compilation *c, const struct rule_table *t, door_keys *ret)
{
	int r = vec_push(ret, 0);

	for (size_t i = 0; i < t->doors.n; i++) {
		const struct range_set *set = &c->doors.items[t->doors.items[i]];

		for (size_t k = 0; r == 0 && k < set->n; k++) {
			r = vec_push(ret, (uint32_t)set->items[k].first);
			if (r == 0 && set->items[k].last < RANGE_MAX32)
				r = vec_push(ret, (uint32_t)set->items[k].last + 1);
		}
	}
	if (ret->n)
		qsort(ret->items, ret->n, sizeof(*ret->items), compare_keys);
	return r;
}

static int look_at_doors(const struct compilation *c, const struct grid *g, struct rule_table *t)
{
	door_keys keys = { 0 };
	int r = find_keys(c, t, &keys);

	for (size_t i = 0; r == 0 && i < keys.n; i++) {
		struct turn turn = { .piece = (uint32_t)partition_find(&g->doors, keys.items[i]) };

		r = outlook(&t->door_outlooks, t->doors.items, t->doors.n,
			    intern_get(g->door_sets, g->doors.items[turn.piece].cls, NULL),
			    &turn.outlook);
		if (r == 0 &&
		    (t->turns.n == 0 || t->turns.items[t->turns.n - 1].outlook != turn.outlook))
			r = vec_push(&t->turns, turn);
	}
	vec_free(&keys);
	return r;
}

int rule_table_init(struct compilation *c, const struct grid *g, const struct rule *rule,
		    struct rule_table *t)
{
	int r;

	*t = (struct rule_table){ .rule = rule };
	if (outlooks_init(&t->ip_outlooks) || outlooks_init(&t->door_outlooks))
		return -ENOMEM;
	/* Whether there are addresses at all matters to a rule that reads them. */
	r = vec_push(&t->doors, DOOR_CREATE);
	if (r == 0)
		r = gather(c, rule->body, t);
	return r ? r : look_at_doors(c, g, t);
}

void rule_table_deinit(struct rule_table *t)
{
	vec_free(&t->ips);
	vec_free(&t->doors);
	intern_free(&t->ip_outlooks.seen);
	intern_free(&t->door_outlooks.seen);
	vec_free(&t->turns);
	vec_free(&t->residues);
	vec_free(&t->dead);
}

/* Room for the residues of an outlook. */
static int make_room(struct rule_table *t, uint32_t number)
{
	uint32_t width = intern_count(t->door_outlooks.seen);
	int r = 0;

	while (r == 0 && t->dead.n <= number)
		r = vec_push(&t->dead, false);
	while (r == 0 && t->residues.n < ((size_t)number + 1) * width)
		r = vec_push(&t->residues, RESIDUE_UNKNOWN);
	return r;
}

int rule_table_look(struct rule_table *t, const uint64_t *ips, uint32_t *ret_outlook)
{
	uint32_t number;
	int r = outlook(&t->ip_outlooks, t->ips.items, t->ips.n, ips, &number);

	if (r == 0)
		r = make_room(t, number);
	if (r == 0)
		*ret_outlook = number;
	return r;
}

uint32_t *rule_table_residue(struct rule_table *t, uint32_t ip_outlook, uint32_t door_outlook)
{
	size_t first = (size_t)ip_outlook * intern_count(t->door_outlooks.seen);

	return &t->residues.items[first + door_outlook];
}

bool rule_table_is_dead(const struct rule_table *t, uint32_t ip_outlook)
{
	return t->dead.items[ip_outlook];
}

void rule_table_learn(struct rule_table *t, uint32_t ip_outlook)
{
	size_t width = intern_count(t->door_outlooks.seen);
	const uint32_t *residues = &t->residues.items[(size_t)ip_outlook * width];

	for (size_t i = 0; i < width; i++)
		if (residues[i] != 0)
			return;
	t->dead.items[ip_outlook] = true;
}

bool rule_table_looked_away(const struct rule_table *t)
{
	return t->ips.n <= 64 && t->ip_outlooks.last == 0;
}
