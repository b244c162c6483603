/* SPDX-License-Identifier: BSD-2-Clause */
/* User and group names to numbers and back, through the system's resolver. */
#include "identity/identity.h"

#include <errno.h>
#include <grp.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/vec.h"

#define KERNEL "#kernel"

enum { LOOKUP_BYTES = 1024, LOOKUP_BYTES_MAX = 1 << 20 };

/* One question to the resolver, by name or (name NULL) by number. */
struct lookup {
	enum identity_accounts kind;
	const char *name;
	uint32_t number;
};

/* The answer: its strings lie in the memory that was lent for it. */
struct account {
	uint32_t number;
	const char *name;
};

/* The kernel itself, a user that no account database lists. */
static bool is_kernel(const struct lookup *q)
{
	if (q->kind != IDENTITY_USERS)
		return false;
	return q->name ? strcmp(q->name, KERNEL) == 0 : q->number == POSTERN_UID_KERNEL;
}

/*
 * Asks once with that much memory. 1 found, 0 unknown, -ERANGE when the memory is too small,
 * -errno.
 */
static int ask_with(const struct lookup *q, char *memory, size_t size, struct account *ret)
{
	struct passwd user, *found_user = NULL;
	struct group group, *found_group = NULL;
	int r;

	if (is_kernel(q)) {
		*ret = (struct account){ POSTERN_UID_KERNEL, KERNEL };
		return 1;
	}
	if (q->kind == IDENTITY_USERS)
		r = q->name ? getpwnam_r(q->name, &user, memory, size, &found_user)
			    : getpwuid_r(q->number, &user, memory, size, &found_user);
	else
		r = q->name ? getgrnam_r(q->name, &group, memory, size, &found_group)
			    : getgrgid_r(q->number, &group, memory, size, &found_group);
	if (found_user)
		*ret = (struct account){ user.pw_uid, user.pw_name };
	if (found_group)
		*ret = (struct account){ group.gr_gid, group.gr_name };
	/* POSIX lets a resolver say "unknown" with these, too. */
	if (r == ENOENT || r == ESRCH || r == EBADF || r == EPERM)
		r = 0;
	return r ? -r : found_user || found_group;
}

/*
 * Asks, with as much memory as it takes; the answer's strings lie in *memory, owned by the caller.
 */
static int ask(const struct lookup *q, char **memory, struct account *ret)
{
	for (size_t size = LOOKUP_BYTES; size <= LOOKUP_BYTES_MAX; size *= 2) {
		char *more = realloc(*memory, size);
		int r;

		if (!more)
			return -ENOMEM;
		*memory = more;
		r = ask_with(q, more, size, ret);
		if (r != -ERANGE)
			return r;
	}
	return -ERANGE;
}

/* "#7" in its one spelling: 7. Whether it is one. */
static bool number_of(const char *name, uint32_t *ret)
{
	char *end, again[16];
	unsigned long long n;

	if (name[0] != '#' || name[1] < '0' || name[1] > '9')
		return false;
	errno = 0;
	n = strtoull(name + 1, &end, 10);
	if (*end || errno || n > UINT32_MAX)
		return false;
	(void)snprintf(again, sizeof(again), "#%llu", n);
	if (strcmp(again, name) != 0)
		return false;
	*ret = (uint32_t)n;
	return true;
}

/* The number of a name: 1 with it, 0 when nobody has the name, -errno. */
static int resolve(enum identity_accounts kind, const char *name, uint32_t *ret)
{
	const struct lookup q = { .kind = kind, .name = name };
	_cleanup_free_ char *memory = NULL;
	struct account found;
	int r;

	if (name[0] == '#' && !is_kernel(&q))
		return number_of(name, ret);
	r = ask(&q, &memory, &found);
	if (r > 0)
		*ret = found.number;
	return r;
}

static int push_name(char ***names, size_t *n, const char *name)
{
	char **more = reallocarray(*names, *n + 1, sizeof(**names));

	if (!more)
		return -ENOMEM;
	*names = more;
	more[*n] = strdup(name);
	if (!more[*n])
		return -ENOMEM;
	(*n)++;
	return 0;
}

/* The entry of a number, made if it is new; NULL for lack of memory. */
static struct identity_account *entry_of(struct identity_accounts_found *f, uint32_t number)
{
	struct identity_account *more;

	for (size_t i = 0; i < f->n; i++)
		if (f->items[i].number == number)
			return &f->items[i];
	more = reallocarray(f->items, f->n + 1, sizeof(*more));
	if (!more)
		return NULL;
	f->items = more;
	more[f->n] = (struct identity_account){ .number = number };
	return &more[f->n++];
}

static int add_name(struct identity_accounts_found *f, uint32_t number, const char *name)
{
	struct identity_account *a = entry_of(f, number);

	if (!a)
		return -ENOMEM;
	for (size_t i = 0; i < a->n_names; i++)
		if (strcmp(a->names[i], name) == 0)
			return 0;
	return push_name(&a->names, &a->n_names, name);
}

static int add(struct identity_accounts_found *f, enum identity_accounts kind, const char *name)
{
	const struct lookup q = { .kind = kind, .name = name };
	uint32_t number;
	int r = resolve(kind, name, &number);

	if (r < 0)
		return r;
	if (r == 0)
		return push_name(&f->missing, &f->n_missing, name);
	/* "#7" only makes the entry: it is put last of its names, below. */
	if (name[0] == '#' && !is_kernel(&q))
		return entry_of(f, number) ? 0 : -ENOMEM;
	return add_name(f, number, name);
}

static int add_number(struct identity_accounts_found *f, uint32_t number)
{
	char name[16];

	(void)snprintf(name, sizeof(name), "#%" PRIu32, number);
	return add_name(f, number, name);
}

static int by_number(const void *a, const void *b)
{
	uint32_t x = ((const struct identity_account *)a)->number;
	uint32_t y = ((const struct identity_account *)b)->number;

	return x < y ? -1 : x > y;
}

int identity_find_accounts(enum identity_accounts kind, const char *const *names, size_t n,
			   struct identity_accounts_found *ret)
{
	struct identity_accounts_found found = { 0 };
	int r = 0;

	for (size_t i = 0; i < n && r == 0; i++)
		r = add(&found, kind, names[i]);
	for (size_t i = 0; i < found.n && r == 0; i++)
		r = add_number(&found, found.items[i].number);
	if (r < 0) {
		identity_accounts_free(&found);
		return r;
	}
	if (found.n > 0)
		qsort(found.items, found.n, sizeof(*found.items), by_number);
	*ret = found;
	return 0;
}

static void free_names(char **names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(names[i]);
	free(names);
}

void identity_accounts_free(struct identity_accounts_found *f)
{
	for (size_t i = 0; i < f->n; i++)
		free_names(f->items[i].names, f->items[i].n_names);
	free(f->items);
	free_names(f->missing, f->n_missing);
	*f = (struct identity_accounts_found){ 0 };
}

void identity_account_name(enum identity_accounts kind, uint32_t number, char *ret, size_t size)
{
	const struct lookup q = { .kind = kind, .number = number };
	_cleanup_free_ char *memory = NULL;
	struct account found = { 0 };

	if (ask(&q, &memory, &found) > 0)
		(void)snprintf(ret, size, "%s", found.name);
	else
		(void)snprintf(ret, size, "#%" PRIu32, number);
}
