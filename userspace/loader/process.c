/* SPDX-License-Identifier: BSD-2-Clause */
/* What is latched of one process. */
#include <string.h>

#include "loader/object.h"

static int process_text(struct loader *l, const struct postern_process_key *key, uint32_t which,
			char *ret)
{
	struct postern_long_key at = { .process = *key, .which = which };

	return bpf_map_lookup_elem(map_fd(l, MAP_LONG_PATHS), &at, ret);
}

static int process_exe(struct loader *l, const struct postern_process_key *key,
		       const struct postern_process *p, char *ret)
{
	if (p->flags & POSTERN_P_LONG_EXE)
		return process_text(l, key, POSTERN_LONG_EXE, ret);
	memcpy(ret, p->exe, sizeof(p->exe));
	return 0;
}

static int process_parent(struct loader *l, const struct postern_process_key *key,
			  const struct postern_process *p, char *ret)
{
	if (p->flags & POSTERN_P_LONG_PARENT)
		return process_text(l, key, POSTERN_LONG_PARENT, ret);
	memcpy(ret, p->parent, sizeof(p->parent));
	return 0;
}

int loader_process(struct loader *l, const struct postern_process_key *key,
		   struct postern_process *ret, char *exe, char *parent)
{
	struct postern_process p;
	int r = bpf_map_lookup_elem(map_fd(l, MAP_PROCESSES), key, &p);

	if (r == 0 && exe)
		r = process_exe(l, key, &p, exe);
	if (r == 0 && parent)
		r = process_parent(l, key, &p, parent);
	if (r == 0)
		*ret = p;
	return r;
}
