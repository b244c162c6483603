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

/* The outlook's number: the bits of `set` that the rule reads, packed. */
static int outlook(struct intern *outlooks, const uint32_t *predicates, size_t n,
		   const uint64_t *set, uint32_t *ret)
{
	uint8_t few[64] = { 0 };
	_cleanup_free_ uint8_t *many = NULL;
	size_t bytes = (n + 7) / 8;
	uint8_t *bits = few;

	if (bytes > sizeof(few)) {
		many = calloc(bytes, 1);
		if (!many)
			return -ENOMEM;
		bits = many;
	}
	for (size_t i = 0; i < n; i++)
		if (set[predicates[i] / 64] >> (predicates[i] % 64) & 1)
			bits[i / 8] |= (uint8_t)(1u << (i % 8));
	return intern_put(outlooks, bits, bytes, ret);
}

int rule_table_init(struct compilation *c, const struct grid *g, const struct rule *rule,
		    struct rule_table *t)
{
	uint32_t classes = intern_count(g->door_sets);
	int r;

	*t = (struct rule_table){ .rule = rule };
	if (intern_new(&t->ip_outlooks) || intern_new(&t->door_outlooks))
		return -ENOMEM;
	/* Whether there are addresses at all matters to a rule that reads them. */
	r = vec_push(&t->doors, DOOR_CREATE);
	if (r == 0)
		r = gather(c, rule->body, t);
	t->outlook_of_door = calloc(classes + 1, sizeof(*t->outlook_of_door));
	if (r || !t->outlook_of_door)
		return -ENOMEM;
	for (uint32_t d = 0; r == 0 && d < classes; d++)
		r = outlook(t->door_outlooks, t->doors.items, t->doors.n,
			    intern_get(g->door_sets, d, NULL), &t->outlook_of_door[d]);
	return r;
}

void rule_table_deinit(struct rule_table *t)
{
	vec_free(&t->ips);
	vec_free(&t->doors);
	intern_free(&t->ip_outlooks);
	intern_free(&t->door_outlooks);
	free(t->outlook_of_door);
	vec_free(&t->residues);
	vec_free(&t->dead);
}

int rule_table_look(struct rule_table *t, const uint64_t *ips, uint32_t *ret_outlook)
{
	uint32_t width = intern_count(t->door_outlooks), number;
	int r = outlook(t->ip_outlooks, t->ips.items, t->ips.n, ips, &number);

	while (r == 0 && t->dead.n <= number)
		r = vec_push(&t->dead, false);
	while (r == 0 && t->residues.n < ((size_t)number + 1) * width)
		r = vec_push(&t->residues, RESIDUE_UNKNOWN);
	if (r == 0)
		*ret_outlook = number;
	return r;
}

uint32_t *rule_table_residue(struct rule_table *t, uint32_t ip_outlook, uint32_t door)
{
	size_t first = (size_t)ip_outlook * intern_count(t->door_outlooks);

	return &t->residues.items[first + t->outlook_of_door[door]];
}

bool rule_table_is_dead(const struct rule_table *t, uint32_t ip_outlook)
{
	return t->dead.items[ip_outlook];
}

void rule_table_learn(struct rule_table *t, uint32_t ip_outlook)
{
	uint32_t width = intern_count(t->door_outlooks);
	const uint32_t *residues = &t->residues.items[(size_t)ip_outlook * width];

	for (uint32_t i = 0; i < width; i++)
		if (residues[i] != 0)
			return;
	t->dead.items[ip_outlook] = true;
}
