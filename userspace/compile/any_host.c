/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The binding of no host in particular: every User that a policy names is somebody. Without it, what
 * is about a name would fold away, and a limit that a host will meet would not be found before.
 */
#include "compile/any_host.h"

#define FIRST_KEY 0xe0000000u

int any_host_make(struct compilation *c, struct binding *ret)
{
	const struct intern *names = c->dims[POSTERN_DIM_USER].parents.texts;
	uint32_t n = intern_count(names);
	struct binding_user *users = arena_array_of(c->arena, struct binding_user, n);
	struct text *texts = arena_array_of(c->arena, struct text, n);

	if (!users || !texts)
		return -ENOMEM;
	for (uint32_t i = 0; i < n; i++) {
		texts[i].s = intern_get(names, i, &texts[i].len);
		users[i] = (struct binding_user){ FIRST_KEY + i, FIRST_KEY + i, &texts[i], 1 };
	}
	*ret = (struct binding){ .users = users, .n_users = n };
	return 0;
}
