/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Executables on mounts that are not the host's: their text is "container:/path", but the file may
 * be the very one that a Program names on the host. Such a file has an alias set, the Program
 * predicates that hold for it besides; alias set and class of the text together give the class.
 */
#include "compile/classes.h"

static const struct text foreign = { "container:", 10 };

static int alias_set(struct compilation *c, struct classes *k, const struct binding_file *f,
		     uint32_t *ret)
{
	struct dimension *dim = &c->dims[POSTERN_DIM_EXE];
	uint32_t cls;
	int r = 0;

	signature_start(dim);
	for (size_t i = 0; r == 0 && i < f->n_programs; i++)
		r = signature_add_mentions(dim, &dim->parents, f->programs[i]);
	if (r == 0)
		r = signature_end(dim, &cls);
	return r ? r : intern_put(k->alias_sets, &cls, sizeof(cls), ret);
}

/* Whether a text that begins with "container:" can have this as its longest named prefix. */
static bool can_be_foreign(struct text prefix)
{
	size_t n = prefix.len < foreign.len ? prefix.len : foreign.len;

	return memcmp(prefix.s, foreign.s, n) == 0;
}

static int add_pair(struct compilation *c, struct classes *k, uint32_t set, uint32_t cls)
{
	struct dimension *dim = &c->dims[POSTERN_DIM_EXE];
	struct aliased_class a = { .key = { set, cls } };
	const uint32_t *alias = intern_get(k->alias_sets, set, NULL);
	int r;

	signature_start(dim);
	r = signature_add_class(dim, cls);
	if (r == 0)
		r = signature_add_class(dim, *alias);
	if (r == 0)
		r = signature_end(dim, &a.cls);
	return r ? r : vec_push(&k->aliased, a);
}

/* Classes that some "container:…" text has, each once. */
static int foreign_classes(const struct strings *s, struct intern *ret)
{
	uint32_t id;
	int r = 0;

	for (size_t i = 0; r == 0 && i < s->exact.n; i++) {
		const struct exact_string *e = &s->exact.items[i];

		if (e->text.len >= foreign.len && can_be_foreign(e->text))
			r = intern_put(ret, &e->cls, sizeof(e->cls), &id);
	}
	for (size_t i = 0; r == 0 && i < s->combos.n; i++) {
		size_t p = i / (s->suffixes.n + 1);

		if (p == 0 || can_be_foreign(s->prefixes.items[p - 1]))
			r = intern_put(ret, &s->combos.items[i], sizeof(s->combos.items[i]), &id);
	}
	return r;
}

int files_make(struct compilation *c, struct classes *k)
{
	_cleanup_intern_ struct intern *classes = NULL;
	int r = intern_new(&classes);

	for (size_t i = 0; r == 0 && i < c->binding->n_files; i++) {
		struct aliased_file f = { .file = c->binding->files[i].file };

		r = alias_set(c, k, &c->binding->files[i], &f.alias_set);
		if (r == 0)
			r = vec_push(&k->files, f);
	}
	if (r == 0 && k->files.n)
		r = foreign_classes(&k->strings[POSTERN_DIM_EXE], classes);
	for (uint32_t set = 0; r == 0 && set < intern_count(k->alias_sets); set++)
		for (uint32_t i = 0; r == 0 && i < intern_count(classes); i++)
			r = add_pair(c, k, set, *(const uint32_t *)intern_get(classes, i, NULL));
	return r;
}
