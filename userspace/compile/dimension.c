/* SPDX-License-Identifier: BSD-2-Clause */
/* Classes of a dimension from signatures of its values. */
#include "compile/dimension.h"

static int mentions_init(struct mentions *m)
{
	return intern_new(&m->texts);
}

static void mentions_deinit(struct mentions *m)
{
	intern_free(&m->texts);
	vec_free(&m->head);
	vec_free(&m->items);
}

static int mentions_add(struct mentions *m, struct text text, uint32_t predicate)
{
	uint32_t id;
	int r = intern_put(m->texts, text.s, text.len, &id);

	if (r == 0 && id == m->head.n)
		r = vec_push(&m->head, 0);
	if (r == 0)
		r = vec_reserve(&m->items, m->items.n + 1);
	if (r)
		return r;
	m->items.items[m->items.n].predicate = predicate;
	m->items.items[m->items.n].next = m->head.items[id];
	m->head.items[id] = (uint32_t)++m->items.n;
	return 0;
}

int dimension_init(struct dimension *dim)
{
	if (mentions_init(&dim->texts) || mentions_init(&dim->parents))
		return -ENOMEM;
	return intern_new(&dim->signatures);
}

void dimension_deinit(struct dimension *dim)
{
	for (size_t i = 0; i < dim->predicates.n; i++)
		range_set_free(&dim->predicates.items[i].range);
	vec_free(&dim->predicates);
	mentions_deinit(&dim->texts);
	mentions_deinit(&dim->parents);
	intern_free(&dim->signatures);
	vec_free(&dim->signature);
	classsets_deinit(&dim->sets);
	free(dim->set_of);
}

int dimension_add(struct dimension *dim, const struct predicate *p, uint32_t *ret)
{
	uint32_t number = (uint32_t)dim->predicates.n;
	struct mentions *m = p->kind == PREDICATE_PARENT ? &dim->parents : &dim->texts;
	int r = vec_push(&dim->predicates, *p);

	for (size_t i = 0; r == 0 && i < p->n_texts; i++)
		r = mentions_add(m, p->texts[i], number);
	if (r == 0)
		*ret = number;
	return r;
}

void signature_start(struct dimension *dim)
{
	dim->signature.n = 0;
}

int signature_add(struct dimension *dim, uint32_t predicate)
{
	return vec_push(&dim->signature, predicate);
}

int signature_add_mentions(struct dimension *dim, const struct mentions *m, struct text text)
{
	uint32_t id, i;
	int r = 0;

	if (!intern_find(m->texts, text.s, text.len, &id))
		return 0;
	for (i = m->head.items[id]; r == 0 && i; i = m->items.items[i - 1].next)
		r = signature_add(dim, m->items.items[i - 1].predicate);
	return r;
}

int signature_add_numbers(struct dimension *dim, uint32_t number)
{
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < dim->predicates.n; i++) {
		const struct predicate *p = &dim->predicates.items[i];

		if (p->kind == PREDICATE_RANGE && range_set_has(&p->range, number))
			r = signature_add(dim, i);
	}
	return r;
}

int signature_add_class(struct dimension *dim, uint32_t cls)
{
	size_t bytes;
	const uint32_t *predicates = intern_get(dim->signatures, cls, &bytes);
	int r = 0;

	for (size_t i = 0; r == 0 && i < bytes / sizeof(*predicates); i++)
		r = signature_add(dim, predicates[i]);
	return r;
}

static int by_number(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

int signature_end(struct dimension *dim, uint32_t *ret_class)
{
	uint32_t *s = dim->signature.items;
	size_t kept = 0;

	if (dim->signature.n > 1)
		qsort(s, dim->signature.n, sizeof(*s), by_number);
	for (size_t i = 0; i < dim->signature.n; i++)
		if (kept == 0 || s[kept - 1] != s[i])
			s[kept++] = s[i];
	return intern_put(dim->signatures, s, kept * sizeof(*s), ret_class);
}

/* Bit rows, one per predicate: the classes in which it holds. */
static void fill_rows(const struct dimension *dim, uint64_t *rows)
{
	for (uint32_t cls = 0; cls < intern_count(dim->signatures); cls++) {
		size_t bytes;
		const uint32_t *p = intern_get(dim->signatures, cls, &bytes);

		for (size_t i = 0; i < bytes / sizeof(*p); i++)
			rows[p[i] * dim->sets.words + cls / 64] |= 1ull << (cls % 64);
	}
}

int dimension_seal(struct dimension *dim)
{
	_cleanup_free_ uint64_t *rows = NULL;
	int r;

	if (intern_count(dim->signatures) > POSTERN_CLASSES_MAX)
		return -E2BIG;
	r = classsets_init(&dim->sets, intern_count(dim->signatures));
	if (r)
		return r;
	rows = calloc(dim->predicates.n + 1, dim->sets.words * sizeof(*rows));
	dim->set_of = calloc(dim->predicates.n + 1, sizeof(*dim->set_of));
	if (!rows || !dim->set_of)
		return -ENOMEM;
	fill_rows(dim, rows);
	for (size_t i = 0; r == 0 && i < dim->predicates.n; i++)
		r = classset_put(&dim->sets, rows + i * dim->sets.words, &dim->set_of[i]);
	return r;
}
