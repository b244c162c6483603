/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sockets that are older than the enforcer get a record, once new ones do: with whoever holds them as
 * opener. What an unseen process hands on meanwhile can be missed by a pass; so passes go on until one
 * finds nothing.
 */
#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "loader/object.h"

#define ADOPT_PASSES 64

static int adopt_tell(const struct loader *l, uint32_t which)
{
	struct postern_sweeping what = { .slot = POSTERN_SLOTS, .adopts = which };
	uint32_t zero = 0;

	return bpf_map_update_elem(map_fd(l, MAP_SWEEPING), &zero, &what, BPF_ANY);
}

/* Number of sockets added, or -errno. */
static long adopt_pass(int link)
{
	_cleanup_close_ int fd = bpf_iter_create(link);
	char added[4096];
	long n = 0;
	ssize_t r;

	if (fd < 0)
		return fd;
	while ((r = read(fd, added, sizeof(added))) != 0) {
		if (r < 0 && errno != EINTR && errno != EAGAIN)
			return -errno;
		n += r > 0 ? r : 0;
	}
	return n;
}

static int adopt_passes(struct loader *l, int link, uint32_t which)
{
	int r = adopt_tell(l, which), i;
	long added = 1;

	if (r < 0)
		return r;
	for (i = 0; i < ADOPT_PASSES && added > 0; i++)
		added = adopt_pass(link);
	return added < 0 ? (int)added : 0;
}

int adopt_older(struct loader *l)
{
	_cleanup_close_ int link =
		bpf_link_create(program_fd(l, "postern_adopt"), 0, BPF_TRACE_ITER, NULL);
	int r = link < 0 ? link : adopt_passes(l, link, POSTERN_ADOPTS_LISTENERS);

	return r < 0 ? r : adopt_passes(l, link, POSTERN_ADOPTS_ALL);
}
