/* SPDX-License-Identifier: BSD-2-Clause */
/* Glue between identity/, which knows the host, and compile/, which knows nothing of it. */
#include "daemon/binding.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bundle/bundle.h"
#include "daemon/names.h"
#include "daemon/program_binding.h"
#include "identity/identity.h"

static struct text copy(struct arena *a, const char *s)
{
	size_t len = strlen(s);

	return (struct text){ arena_strndup(a, s, len), len };
}

/* The account's names as texts in the arena; NULL for lack of memory. */
static struct text *copy_names(struct arena *a, const struct identity_account *from)
{
	struct text *to = arena_array_of(a, struct text, from->n_names);

	for (size_t i = 0; to && i < from->n_names; i++) {
		to[i] = copy(a, from->names[i]);
		if (!to[i].s)
			return NULL;
	}
	return to;
}

static int copy_users(struct host_binding *b, const struct identity_accounts_found *f)
{
	struct binding_user *users = arena_array_of(b->arena, struct binding_user, f->n);

	if (!users)
		return -ENOMEM;
	for (size_t i = 0; i < f->n; i++) {
		const struct identity_account *from = &f->items[i];
		struct text *names = copy_names(b->arena, from);

		if (!names)
			return -ENOMEM;
		users[i] =
			(struct binding_user){ from->number, from->number, names, from->n_names };
	}
	b->binding.users = users;
	b->binding.n_users = f->n;
	return 0;
}

static int copy_groups(struct host_binding *b, const struct identity_accounts_found *f)
{
	struct binding_group *groups = arena_array_of(b->arena, struct binding_group, f->n);

	if (!groups)
		return -ENOMEM;
	for (size_t i = 0; i < f->n; i++) {
		struct text *names = copy_names(b->arena, &f->items[i]);

		if (!names)
			return -ENOMEM;
		groups[i] =
			(struct binding_group){ f->items[i].number, names, f->items[i].n_names };
	}
	b->binding.groups = groups;
	b->binding.n_groups = f->n;
	return 0;
}

static void warn_missing(struct diags *d, const char *what, const struct identity_accounts_found *f)
{
	for (size_t i = 0; i < f->n_missing; i++)
		diag_warning(d, "host-account", NOWHERE,
			     "create it, or leave it: it is asked for again at the next SIGHUP",
			     "this host has no %s \"%s\": nobody matches it", what, f->missing[i]);
}

static int bind_accounts(struct host_binding *b, const struct policy_names *n, enum name_kind kind,
			 struct diags *d)
{
	enum identity_accounts accounts = kind == NAME_USER ? IDENTITY_USERS : IDENTITY_GROUPS;
	const char *what = kind == NAME_USER ? "user" : "group";
	struct identity_accounts_found f;
	int r = identity_find_accounts(accounts, n->items[kind], n->n[kind], &f);

	if (r < 0) {
		if (r != -ENOMEM)
			diag_error(d, "host-accounts", NOWHERE, "getent passwd; then push again",
				   "the %s database does not answer: %s", what, strerror(-r));
		return r;
	}
	warn_missing(d, what, &f);
	r = kind == NAME_USER ? copy_users(b, &f) : copy_groups(b, &f);
	identity_accounts_free(&f);
	return r;
}

static void put_texts(struct buf *out, const struct text *texts, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		buf_putc(out, ' ');
		buf_put(out, texts[i].s,
			texts[i].len + 1); /* with its NUL: no two lists read alike */
	}
	buf_putc(out, '\n');
}

/* One text of it all, and that text's digest. */
static int take_digest(struct host_binding *b)
{
	_cleanup_buf_ struct buf all = BUF_INIT;
	const struct binding *of = &b->binding;

	for (size_t i = 0; i < of->n_users; i++) {
		buf_printf(&all, "user %u", of->users[i].uid);
		put_texts(&all, of->users[i].names, of->users[i].n_names);
	}
	for (size_t i = 0; i < of->n_groups; i++) {
		buf_printf(&all, "group %u", of->groups[i].key);
		put_texts(&all, of->groups[i].names, of->groups[i].n_names);
	}
	for (size_t i = 0; i < of->n_programs; i++) {
		buf_puts(&all, "program");
		put_texts(&all, of->programs[i].programs, of->programs[i].n_programs);
	}
	for (size_t i = 0; i < of->n_files; i++) {
		buf_puts(&all, "file ");
		buf_put(&all, &of->files[i].file, sizeof(of->files[i].file));
		put_texts(&all, of->files[i].programs, of->files[i].n_programs);
	}
	if (buf_error(&all) < 0)
		return buf_error(&all);
	return digest_hex(all.data ? all.data : "", all.len, b->digest);
}

static int fill(struct host_binding *b, const struct policy_names *n, struct diags *d)
{
	struct identity_programs programs;
	int r = bind_accounts(b, n, NAME_USER, d);

	if (r == 0)
		r = bind_accounts(b, n, NAME_GROUP, d);
	if (r < 0)
		return r;
	r = identity_find_programs(n->items[NAME_PROGRAM], n->n[NAME_PROGRAM], &programs);
	if (r < 0)
		return r;
	program_binding_warn(&programs, d);
	r = program_binding_fill(b, &programs);
	identity_programs_free(&programs);
	return r < 0 ? r : take_digest(b);
}

int host_binding_new(const struct policy_names *n, struct diags *d, struct host_binding **ret)
{
	_cleanup_host_binding_ struct host_binding *b = calloc(1, sizeof(*b));
	int r = b ? arena_new(&b->arena) : -ENOMEM;

	/* Looked at first: what changes while the host is asked shows as a change later. */
	if (r == 0)
		r = policy_names_look(n, b->seen);
	if (r == 0)
		r = fill(b, n, d);
	if (r < 0)
		return r;
	*ret = TAKE_PTR(b);
	return 0;
}

void host_binding_free(struct host_binding **b)
{
	if (!*b)
		return;
	arena_free(&(*b)->arena);
	free(*b);
	*b = NULL;
}
