/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What stays of the loaded object: descriptors of its maps and programs. libbpf's own picture of it (the file's
 * copy, its types, relocations and instructions) is some megabytes that nobody looks at again, and goes.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/cleanup.h"
#include "loader/object.h"
#include "postern.skel.h"

static const char *const names[MAPS_NAMED] = {
	[MAP_ASK_TEXTS] = "ask_texts",
	[MAP_CGROUPS] = "cgroups",
	[MAP_CONDITIONS] = "conditions",
	[MAP_COUNTERS] = "counters",
	[MAP_DESCRIPTORS] = "descriptors",
	[MAP_DIGESTS] = "digests",
	[MAP_EPOCH] = "epoch",
	[MAP_EVENTS] = "events",
	[MAP_GENERATION] = "generation",
	[MAP_IMAGES] = "images",
	[MAP_LAPSES] = "lapses",
	[MAP_LEDGER] = "ledger",
	[MAP_LONG_PATHS] = "long_paths",
	[MAP_OWN] = "own",
	[MAP_PROCESSES] = "processes",
	[MAP_SESSIONS] = "sessions",
	[MAP_SWEEPING] = "sweeping",
	[MAP_WANTED] = "wanted",
};

void kept_begin(struct loader *l)
{
	for (size_t i = 0; i < MAPS_MAX; i++)
		l->map[i].fd = -1;
	for (size_t i = 0; i < PROGRAMS; i++)
		l->program_fd[i] = -1;
}

void kept_close(struct loader *l)
{
	for (size_t i = 0; i < MAPS_MAX; i++)
		cleanup_close(&l->map[i].fd);
	for (size_t i = 0; i < PROGRAMS; i++)
		cleanup_close(&l->program_fd[i]);
}

/* A descriptor of our own. 0, or -errno. */
static int keep(int fd, int *ret)
{
	int own = fcntl(fd, F_DUPFD_CLOEXEC, 0);

	if (own < 0)
		return -errno;
	*ret = own;
	return 0;
}

/* The map's place: its own where the loader has a word for it, else the next behind those. */
static size_t place_of(const struct loader *l, const struct bpf_map *m)
{
	for (size_t i = 0; i < MAPS_NAMED; i++)
		if (strcmp(names[i], bpf_map__name(m)) == 0)
			return i;
	return l->maps < MAPS_NAMED ? MAPS_NAMED : l->maps;
}

static int keep_map(struct loader *l, const struct bpf_map *m)
{
	size_t at = place_of(l, m);
	struct kept_map *k = &l->map[at];

	if (at >= MAPS_MAX)
		return -E2BIG;
	if (at >= l->maps)
		l->maps = at < MAPS_NAMED ? MAPS_NAMED : at + 1;
	(void)strncpy(k->name, bpf_map__name(m), sizeof(k->name) - 1);
	k->max = bpf_map__max_entries(m);
	k->pinned = !bpf_map__is_internal(m);
	return keep(bpf_map__fd(m), &k->fd);
}

static int keep_maps(struct loader *l)
{
	struct bpf_map *m;
	int r = 0;

	bpf_object__for_each_map(m, l->skel->obj) r = r < 0 ? r : keep_map(l, m);
	for (size_t i = 0; i < MAPS_NAMED && r == 0; i++)
		r = l->map[i].fd < 0 ? -ENOENT : 0;
	return r;
}

/* Those that were not loaded have no descriptor. */
static int keep_programs(struct loader *l)
{
	int r = 0;

	for (size_t i = 0; i < PROGRAMS && r == 0; i++) {
		struct bpf_program *p =
			bpf_object__find_program_by_name(l->skel->obj, programs[i].name);

		l->attach_type[i] = bpf_program__expected_attach_type(p);
		if (bpf_program__fd(p) >= 0)
			r = keep(bpf_program__fd(p), &l->program_fd[i]);
	}
	return r;
}

int kept_take(struct loader *l)
{
	int r = keep_maps(l);

	return r < 0 ? r : keep_programs(l);
}

int map_fd(const struct loader *l, enum map_id m)
{
	return l->map[m].fd;
}

int program_fd(const struct loader *l, const char *name)
{
	for (size_t i = 0; i < PROGRAMS; i++)
		if (strcmp(programs[i].name, name) == 0)
			return l->program_fd[i];
	return -ENOENT;
}
