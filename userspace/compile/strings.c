/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Classes of a string dimension. Every string that a policy or the host names is in a table with
 * its class. Any other string satisfies only patterns prefix*suffix, and which ones follows from
 * its longest named prefix and its longest named suffix: shorter ones that match are prefixes of
 * that prefix. One exception: prefix and suffix may both match and yet overlap, as in "aba" with
 * ab*ba. Such a string is determined by the pattern and the overlap, so it goes into the table too.
 */
#include "compile/classes.h"

void strings_deinit(struct strings *s)
{
	vec_free(&s->exact);
	intern_free(&s->known);
	vec_free(&s->prefixes);
	vec_free(&s->suffixes);
	vec_free(&s->combos);
}

static bool starts_with(struct text t, struct text prefix)
{
	return t.len >= prefix.len && memcmp(t.s, prefix.s, prefix.len) == 0;
}

static bool ends_with(struct text t, struct text suffix)
{
	return t.len >= suffix.len && memcmp(t.s + t.len - suffix.len, suffix.s, suffix.len) == 0;
}

static bool pattern_matches(const struct predicate *p, struct text t)
{
	return t.len >= p->prefix.len + p->suffix.len && starts_with(t, p->prefix) &&
	       ends_with(t, p->suffix);
}

static int add_patterns(struct dimension *dim, struct text t)
{
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < dim->predicates.n; i++) {
		const struct predicate *p = &dim->predicates.items[i];

		if (p->kind == PREDICATE_PATTERN && pattern_matches(p, t))
			r = signature_add(dim, i);
	}
	return r;
}

/* Enters a string with the class of the signature that was just made. */
static int enter(struct dimension *dim, struct strings *s, struct text t)
{
	struct exact_string e;
	uint32_t id;
	int r = signature_end(dim, &e.cls);

	if (r == 0)
		r = intern_put(s->known, t.s, t.len, &id);
	if (r)
		return r;
	/* The table's own copy: an overlap's text is made on the way. */
	e.text = (struct text){ intern_get(s->known, id, NULL), t.len };
	return vec_push(&s->exact, e);
}

/* A string that is its own only Program parent; a principal without executable has none. */
static int enter_plain(struct dimension *dim, struct strings *s, struct text t)
{
	uint32_t id;
	int r;

	if (intern_find(s->known, t.s, t.len, &id))
		return 0;
	signature_start(dim);
	r = signature_add_mentions(dim, &dim->texts, t);
	if (r == 0 && t.len)
		r = signature_add_mentions(dim, &dim->parents, t);
	if (r == 0)
		r = add_patterns(dim, t);
	return r ? r : enter(dim, s, t);
}

/* An executable with further Program parents, under the key that the kernel side looks up. */
static int enter_program(struct dimension *dim, struct strings *s, const struct binding_program *b)
{
	uint32_t id;
	int r;

	if (intern_find(s->known, b->key.s, b->key.len, &id))
		return 0;
	signature_start(dim);
	r = signature_add_mentions(dim, &dim->texts, b->exe);
	for (size_t i = 0; r == 0 && i < b->n_programs; i++)
		r = signature_add_mentions(dim, &dim->parents, b->programs[i]);
	if (r == 0)
		r = add_patterns(dim, b->exe);
	return r ? r : enter(dim, s, b->key);
}

static int enter_mentions(struct dimension *dim, struct strings *s, const struct mentions *m)
{
	int r = 0;

	for (uint32_t i = 0; r == 0 && i < intern_count(m->texts); i++) {
		struct text t;

		t.s = intern_get(m->texts, i, &t.len);
		r = enter_plain(dim, s, t);
	}
	return r;
}

/* Every string shorter than prefix and suffix together that has both. */
static int enter_overlaps(struct dimension *dim, struct strings *s, const struct predicate *p)
{
	size_t most = p->prefix.len < p->suffix.len ? p->prefix.len : p->suffix.len;
	int r = 0;

	for (size_t k = 1; r == 0 && k <= most; k++) {
		_cleanup_buf_ struct buf whole = BUF_INIT;

		if (memcmp(p->prefix.s + p->prefix.len - k, p->suffix.s, k) != 0)
			continue;
		buf_put(&whole, p->prefix.s, p->prefix.len);
		buf_put(&whole, p->suffix.s + k, p->suffix.len - k);
		r = buf_error(&whole);
		if (r == 0)
			r = enter_plain(dim, s, (struct text){ whole.data, whole.len });
	}
	return r;
}

static int enter_identities(const struct compilation *c, struct dimension *dim, struct strings *s)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < c->entities->n; i++) {
		const struct entity *e = c->entities->items[i];

		if (e->kind != ENTITY_IDENTITY || !e->id.len)
			continue;
		signature_start(dim);
		r = signature_add_mentions(dim, &dim->parents, e->id);
		for (uint32_t k = 0; r == 0 && k < dim->predicates.n; k++) {
			const struct predicate *p = &dim->predicates.items[k];

			if (p->kind == PREDICATE_TEAM && entity_in(e, p->team))
				r = signature_add(dim, k);
		}
		/* Those in no named set are as good as unknown: they need no place in the table. */
		if (r == 0 && dim->signature.n)
			r = enter(dim, s, e->id);
	}
	return r;
}

static int enter_all(struct compilation *c, uint32_t d, struct strings *s)
{
	struct dimension *dim = &c->dims[d];
	int r = 0;

	if (d == POSTERN_DIM_IDENTITY)
		return enter_identities(c, dim, s);
	/* Host first: it knows more of a string than the string itself. */
	for (size_t i = 0; r == 0 && d == POSTERN_DIM_EXE && i < c->binding->n_programs; i++)
		r = enter_program(dim, s, &c->binding->programs[i]);
	if (r == 0)
		r = enter_mentions(dim, s, &dim->texts);
	if (r == 0)
		r = enter_mentions(dim, s, &dim->parents);
	for (size_t i = 0; r == 0 && i < dim->predicates.n; i++)
		if (dim->predicates.items[i].kind == PREDICATE_PATTERN)
			r = enter_overlaps(dim, s, &dim->predicates.items[i]);
	return r;
}

static int longest_first(const void *a, const void *b)
{
	const struct text *x = a, *y = b;

	if (x->len != y->len)
		return x->len > y->len ? -1 : 1;
	return memcmp(x->s, y->s, x->len);
}

static size_t sort_distinct(struct text *t, size_t n)
{
	size_t kept = 0;

	if (n)
		qsort(t, n, sizeof(*t), longest_first);
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || !text_eq(t[kept - 1], t[i]))
			t[kept++] = t[i];
	return kept;
}

static int gather_affixes(const struct dimension *dim, struct strings *s)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < dim->predicates.n; i++) {
		const struct predicate *p = &dim->predicates.items[i];

		if (p->kind == PREDICATE_PATTERN && p->prefix.len)
			r = vec_push(&s->prefixes, p->prefix);
		if (r == 0 && p->kind == PREDICATE_PATTERN && p->suffix.len)
			r = vec_push(&s->suffixes, p->suffix);
	}
	s->prefixes.n = sort_distinct(s->prefixes.items, s->prefixes.n);
	s->suffixes.n = sort_distinct(s->suffixes.items, s->suffixes.n);
	return r;
}

/* The class of a long string whose longest named prefix and suffix are these (empty: none). */
static int add_combo(struct dimension *dim, struct strings *s, struct text prefix,
		     struct text suffix)
{
	uint32_t cls;
	int r = 0;

	signature_start(dim);
	for (uint32_t i = 0; r == 0 && i < dim->predicates.n; i++) {
		const struct predicate *p = &dim->predicates.items[i];

		if (p->kind == PREDICATE_PATTERN && starts_with(prefix, p->prefix) &&
		    ends_with(suffix, p->suffix))
			r = signature_add(dim, i);
	}
	if (r == 0)
		r = signature_end(dim, &cls);
	return r ? r : vec_push(&s->combos, cls);
}

static int make_combos(struct compilation *c, struct dimension *dim, struct strings *s)
{
	static const struct text none = { "", 0 };
	size_t n = (s->prefixes.n + 1) * (s->suffixes.n + 1);
	int r = 0;

	if (n > POSTERN_AFFIX_COMBOS_MAX) {
		diag_error(
			c->d, "image-patterns", NOWHERE,
			"use fewer distinct patterns, or list the paths themselves",
			"like patterns make %zu combinations of prefix and suffix; at most %d fit",
			n, POSTERN_AFFIX_COMBOS_MAX);
		return -E2BIG;
	}
	for (size_t p = 0; r == 0 && p <= s->prefixes.n; p++)
		for (size_t x = 0; r == 0 && x <= s->suffixes.n; x++)
			r = add_combo(dim, s, p ? s->prefixes.items[p - 1] : none,
				      x ? s->suffixes.items[x - 1] : none);
	return r;
}

uint32_t strings_classify(const struct strings *s, struct text text)
{
	uint32_t id;
	size_t p = 0, x = 0;

	if (intern_find(s->known, text.s, text.len, &id))
		return s->exact.items[id].cls;
	while (p < s->prefixes.n && !starts_with(text, s->prefixes.items[p]))
		p++;
	while (x < s->suffixes.n && !ends_with(text, s->suffixes.items[x]))
		x++;
	p = p == s->prefixes.n ? 0 : p + 1;
	x = x == s->suffixes.n ? 0 : x + 1;
	return s->combos.items[p * (s->suffixes.n + 1) + x];
}

int strings_make(struct compilation *c, uint32_t d, struct strings *s)
{
	struct dimension *dim = &c->dims[d];
	int r = intern_new(&s->known);

	if (r == 0)
		r = enter_all(c, d, s);
	if (r == 0)
		r = gather_affixes(dim, s);
	if (r == 0)
		r = make_combos(c, dim, s);
	if (r == 0)
		s->empty_class = strings_classify(s, (struct text){ "", 0 });
	return r;
}
