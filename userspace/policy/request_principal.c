/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The principal of a request. Names become parents: User, Group, Program and Unit. A uid or gid
 * that is given adds "#n" beside the names, as on a host. Without a uid, `user` "root" or "#n"
 * tells it; the gid is only ever given.
 */
#include <errno.h>
#include <string.h>

#include "policy/prefix.h"
#include "policy/request.h"

/* The texts with one more at the end, in the arena; without memory, as they were. */
static void append(struct reader *r, struct text **texts, size_t *n, struct text t)
{
	struct text *longer = arena_array_of(r->arena, struct text, *n + 1);

	if (!longer) {
		reader_no_memory(r);
		return;
	}
	if (*n)
		memcpy(longer, *texts, *n * sizeof(*longer));
	longer[*n] = t;
	*texts = longer;
	(*n)++;
}

/* "uid" or "gid", which also becomes the parent "#n". */
static bool read_id(struct reader *r, const json_t *j, const char *key, uint32_t *ret,
		    struct text *ret_name)
{
	int64_t id;
	char *name;

	if (!read_integer(r, j, key, &id))
		return false;
	if (id < 0 || id > UINT32_MAX) {
		reader_wrong_type(r, key, "a number from 0 to 4294967295");
		return false;
	}
	name = arena_printf(r->arena, "#%u", (unsigned int)id);
	if (!name) {
		reader_no_memory(r);
		return false;
	}
	*ret = (uint32_t)id;
	*ret_name = (struct text){ name, strlen(name) };
	return true;
}

static uint32_t uid_of_name(struct text user)
{
	uint32_t uid;

	if (text_is(user, "root"))
		return 0;
	if (user.len > 1 && user.s[0] == '#' &&
	    decimal_parse((struct text){ user.s + 1, user.len - 1 }, UINT32_MAX, &uid) == 0)
		return uid;
	return ID_UNKNOWN;
}

static void read_user(struct reader *r, const json_t *j, struct principal *p)
{
	struct text user = { "", 0 }, name;

	(void)read_text(r, j, "user", &user);
	p->uid = uid_of_name(user);
	if (user.len)
		append(r, &p->users, &p->n_users, user);
	if (read_id(r, j, "uid", &p->uid, &name))
		append(r, &p->users, &p->n_users, name);
}

static void read_groups(struct reader *r, const json_t *j, struct principal *p)
{
	struct text name;

	p->gid = ID_UNKNOWN;
	(void)read_texts(r, j, "groups", &p->groups, &p->n_groups);
	if (read_id(r, j, "gid", &p->gid, &name))
		append(r, &p->groups, &p->n_groups, name);
}

static void read_programs(struct reader *r, const json_t *j, struct principal *p)
{
	struct text *aliases = NULL;
	size_t n = 0;

	(void)read_text(r, j, "program", &p->exe);
	(void)read_texts(r, j, "aliases", &aliases, &n);
	p->programs = arena_array_of(r->arena, struct text, n + 1);
	if (!p->programs) {
		reader_no_memory(r);
		return;
	}
	if (p->exe.len)
		p->programs[p->n_programs++] = p->exe;
	for (size_t i = 0; i < n; i++)
		p->programs[p->n_programs++] = aliases[i];
}

void request_read_principal(struct reader *r, const json_t *j, struct principal *ret)
{
	static const char *const keys[] = {
		"program", "aliases",  "user",	 "uid",	   "groups", "gid",	  "unit",
		"slices",  "identity", "script", "sha256", "parent", "container", "preexisting",
	};
	static const struct text empty = { "", 0 };
	struct principal p = {
		.uid = ID_UNKNOWN,
		.gid = ID_UNKNOWN,
		.exe = empty,
		.unit = empty,
		.identity = empty,
		.script = empty,
		.sha256 = empty,
		.parent = empty,
		.container = empty,
	};

	r->what = "principal";
	if (j && read_object(r, j, "principal")) {
		read_keys(r, j, keys, sizeof(keys) / sizeof(keys[0]));
		read_user(r, j, &p);
		read_groups(r, j, &p);
		read_programs(r, j, &p);
		(void)read_text(r, j, "unit", &p.unit);
		(void)read_texts(r, j, "slices", &p.slices, &p.n_slices);
		(void)read_text(r, j, "identity", &p.identity);
		(void)read_text(r, j, "script", &p.script);
		(void)read_text(r, j, "sha256", &p.sha256);
		(void)read_text(r, j, "parent", &p.parent);
		(void)read_text(r, j, "container", &p.container);
		(void)read_bool(r, j, "preexisting", &p.preexisting);
	}
	*ret = p;
}
