/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers: counters over all CPUs, processes known, memory taken. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "loader/object.h"

uint64_t loader_counter(struct loader *l, enum postern_counter c)
{
	int cpus = libbpf_num_possible_cpus(), i;
	_cleanup_free_ uint64_t *each = NULL;
	uint32_t key = c;
	uint64_t sum = 0;

	if (cpus <= 0)
		return 0;
	each = calloc((size_t)cpus, sizeof(*each));
	if (!each || bpf_map_lookup_elem(map_fd(l, MAP_COUNTERS), &key, each) < 0)
		return 0;
	for (i = 0; i < cpus; i++)
		sum += each[i];
	return sum;
}

uint64_t loader_processes(struct loader *l)
{
	int fd = map_fd(l, MAP_PROCESSES);
	struct postern_process_key key, next;
	uint64_t n = 0;
	bool more = bpf_map_get_next_key(fd, NULL, &key) == 0;

	/* a key that goes meanwhile starts the walk again: count no more than there can be */
	while (more && n < l->map[MAP_PROCESSES].max) {
		n++;
		more = bpf_map_get_next_key(fd, &key, &next) == 0;
		key = next;
	}
	return n;
}

static uint64_t map_memory(int fd)
{
	_cleanup_fclose_ FILE *f = NULL;
	char path[64], line[128];
	unsigned long long bytes = 0;

	(void)snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f)) {
		if (strncmp(line, "memlock:", 8) == 0)
			bytes = strtoull(line + 8, NULL, 10);
	}
	return bytes;
}

uint64_t loader_memory(struct loader *l)
{
	uint64_t bytes = 0;
	size_t i;

	for (i = 0; i < l->maps; i++)
		bytes += map_memory(l->map[i].fd);
	for (i = 0; i < POSTERN_SLOTS; i++)
		bytes += (uint64_t)l->held[i].lines * POSTERN_LINE;
	return bytes;
}
