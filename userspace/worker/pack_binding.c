/* SPDX-License-Identifier: BSD-2-Clause */
/* What the host knows of the names. */
#include "worker/pack.h"

#include <string.h>

void put_binding(struct buf *out, const struct binding *b)
{
	put_u64(out, b->n_users);
	for (size_t i = 0; i < b->n_users; i++) {
		put_u32(out, b->users[i].key);
		put_u32(out, b->users[i].uid);
		put_texts(out, b->users[i].names, b->users[i].n_names);
	}
	put_u64(out, b->n_groups);
	for (size_t i = 0; i < b->n_groups; i++) {
		put_u32(out, b->groups[i].key);
		put_texts(out, b->groups[i].names, b->groups[i].n_names);
	}
	put_u64(out, b->n_programs);
	for (size_t i = 0; i < b->n_programs; i++) {
		put_text(out, b->programs[i].key);
		put_text(out, b->programs[i].exe);
		put_texts(out, b->programs[i].programs, b->programs[i].n_programs);
	}
	put_u64(out, b->n_files);
	for (size_t i = 0; i < b->n_files; i++) {
		buf_put(out, &b->files[i].file, sizeof(b->files[i].file));
		put_texts(out, b->files[i].programs, b->files[i].n_programs);
	}
}

static void take_users(struct parcel *p, struct binding *b)
{
	size_t n = take_count(p, 2 * sizeof(uint32_t));

	b->users = take_array(p, struct binding_user, n);
	for (b->n_users = 0; b->users && b->n_users < n; b->n_users++) {
		struct binding_user *u = &b->users[b->n_users];

		u->key = take_u32(p);
		u->uid = take_u32(p);
		u->names = take_texts(p, &u->n_names);
	}
}

static void take_groups(struct parcel *p, struct binding *b)
{
	size_t n = take_count(p, sizeof(uint32_t));

	b->groups = take_array(p, struct binding_group, n);
	for (b->n_groups = 0; b->groups && b->n_groups < n; b->n_groups++) {
		struct binding_group *g = &b->groups[b->n_groups];

		g->key = take_u32(p);
		g->names = take_texts(p, &g->n_names);
	}
}

static void take_programs(struct parcel *p, struct binding *b)
{
	size_t n = take_count(p, 3 * sizeof(uint64_t));

	b->programs = take_array(p, struct binding_program, n);
	for (b->n_programs = 0; b->programs && b->n_programs < n; b->n_programs++) {
		struct binding_program *to = &b->programs[b->n_programs];

		to->key = take_text(p);
		to->exe = take_text(p);
		to->programs = take_texts(p, &to->n_programs);
	}
}

static void take_files(struct parcel *p, struct binding *b)
{
	size_t n = take_count(p, sizeof(struct postern_file_key) + sizeof(uint64_t));

	b->files = take_array(p, struct binding_file, n);
	for (b->n_files = 0; b->files && b->n_files < n; b->n_files++) {
		struct binding_file *f = &b->files[b->n_files];
		const void *key = take_bytes(p, sizeof(f->file));

		if (key)
			memcpy(&f->file, key, sizeof(f->file));
		f->programs = take_texts(p, &f->n_programs);
	}
}

void take_binding(struct parcel *p, struct binding *ret)
{
	take_users(p, ret);
	take_groups(p, ret);
	take_programs(p, ret);
	take_files(p, ret);
}
