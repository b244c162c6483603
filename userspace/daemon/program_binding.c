/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Several names may lead to one path, and several paths (hard links) to one file. Each path gets an
 * entry when a name other than itself leads to it; each file gets one with all names.
 */
#include "daemon/program_binding.h"

#include <errno.h>
#include <string.h>

/* A fleet's bundle names programs that few hosts have: the rest are counted. */
enum { MISSING_NAMED = 8 };

static struct text text_of(struct arena *a, const char *s)
{
	size_t len = strlen(s);

	return (struct text){ arena_strndup(a, s, len), len };
}

static bool same_path(const struct identity_program *a, const struct identity_program *b)
{
	return a->path && b->path && strcmp(a->path, b->path) == 0;
}

static bool same_file(const struct identity_program *a, const struct identity_program *b)
{
	return a->has_file && b->has_file && memcmp(&a->file, &b->file, sizeof(a->file)) == 0;
}

typedef bool (*same_fn)(const struct identity_program *a, const struct identity_program *b);

/* Whether no earlier program is the same: then this one stands for all of them. */
static bool is_first(const struct identity_programs *p, size_t i, same_fn same)
{
	for (size_t k = 0; k < i; k++)
		if (same(&p->items[k], &p->items[i]))
			return false;
	return true;
}

/* Programs from `i` on that are the same as it. */
static size_t count_same(const struct identity_programs *p, size_t i, same_fn same)
{
	size_t n = 1;

	for (size_t k = i + 1; k < p->n; k++)
		n += same(&p->items[k], &p->items[i]);
	return n;
}

static int put(struct arena *a, const char *name, struct text *to, size_t *n)
{
	to[*n] = text_of(a, name);
	return to[(*n)++].s ? 0 : -ENOMEM;
}

/* Every name that leads to the same path as program `i`, the path itself first. */
static int fill_program(struct arena *a, const struct identity_programs *p, size_t i,
			struct binding_program *to)
{
	const struct identity_program *like = &p->items[i];
	int r;

	to->programs = arena_array_of(a, struct text, count_same(p, i, same_path) + 1);
	if (!to->programs)
		return -ENOMEM;
	r = put(a, like->path, to->programs, &to->n_programs);
	for (size_t k = i; k < p->n && r == 0; k++)
		if ((k == i || same_path(&p->items[k], like)) &&
		    strcmp(p->items[k].name, like->path) != 0)
			r = put(a, p->items[k].name, to->programs, &to->n_programs);
	to->key = to->exe = to->programs[0];
	return r;
}

static int fill_file(struct arena *a, const struct identity_programs *p, size_t i,
		     struct binding_file *to)
{
	int r = 0;

	to->file = p->items[i].file;
	to->programs = arena_array_of(a, struct text, count_same(p, i, same_file));
	if (!to->programs)
		return -ENOMEM;
	for (size_t k = i; k < p->n && r == 0; k++)
		if (k == i || same_file(&p->items[k], &p->items[i]))
			r = put(a, p->items[k].name, to->programs, &to->n_programs);
	return r;
}

int program_binding_fill(struct host_binding *b, const struct identity_programs *p)
{
	struct binding_program *programs = arena_array_of(b->arena, struct binding_program, p->n);
	struct binding_file *files = arena_array_of(b->arena, struct binding_file, p->n);
	size_t n_programs = 0, n_files = 0;
	int r = programs && files ? 0 : -ENOMEM;

	for (size_t i = 0; i < p->n && r == 0; i++) {
		if (p->items[i].path && is_first(p, i, same_path)) {
			r = fill_program(b->arena, p, i, &programs[n_programs]);
			/* Alone, a path is its own only parent, which needs no entry. */
			if (r == 0 && programs[n_programs].n_programs > 1)
				n_programs++;
			else
				programs[n_programs] = (struct binding_program){ 0 };
		}
		if (r == 0 && p->items[i].has_file && is_first(p, i, same_file))
			r = fill_file(b->arena, p, i, &files[n_files++]);
	}
	if (r < 0)
		return r;
	b->binding.programs = programs;
	b->binding.n_programs = n_programs;
	b->binding.files = files;
	b->binding.n_files = n_files;
	return 0;
}

static bool is_missing(const struct identity_program *p)
{
	return !p->path && p->name[0] == '/';
}

static void warn_of_missing(const struct identity_programs *p, struct diags *d)
{
	size_t missing = 0;

	for (size_t i = 0; i < p->n; i++) {
		if (!is_missing(&p->items[i]))
			continue;
		if (missing++ < MISSING_NAMED)
			diag_warning(
				d, "host-program", NOWHERE,
				"install it, or leave it: a file that appears at its path matches",
				"this host has no program \"%s\"", p->items[i].name);
	}
	if (missing > MISSING_NAMED)
		diag_warning(d, "host-program", NOWHERE,
			     "nothing need be done: a file that appears at its path matches",
			     "this host has none of %zu further programs that the bundle names",
			     missing - MISSING_NAMED);
}

void program_binding_warn(const struct identity_programs *p, struct diags *d)
{
	warn_of_missing(p, d);
	for (size_t i = 0; i < p->n; i++) {
		const struct identity_program *it = &p->items[i];

		if (it->script && it->path)
			diag_warning(
				d, "host-script", NOWHERE,
				"name the interpreter that the first line of the script names, or what the script runs",
				"\"%s\" is a script%s%s: its processes are its interpreter's",
				it->name, strcmp(it->name, it->path) ? ", " : "",
				strcmp(it->name, it->path) ? it->path : "");
	}
}
