/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is remembered of cgroups belongs to an image. Once no slot holds the image, no program can
 * look such an entry up, and it goes: not before, since a reader must never see one reused.
 */
#include "loader/object.h"

static bool image_is_held(const struct loader *l, uint32_t image_id)
{
	size_t i;

	for (i = 0; i < POSTERN_SLOTS; i++) {
		if (l->held[i].image_id == image_id)
			return true;
	}
	return false;
}

void cgroups_sweep(const struct loader *l)
{
	int fd = map_fd(l, MAP_CGROUPS);
	struct postern_cgroup_key key, next;
	bool more = bpf_map_get_next_key(fd, NULL, &key) == 0;

	while (more) {
		more = bpf_map_get_next_key(fd, &key, &next) == 0;
		if (!image_is_held(l, key.image_id))
			(void)bpf_map_delete_elem(fd, &key);
		key = next;
	}
}
