/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Processes that are older than the enforcer, written down once. A process that is born of one not
 * yet seen can be missed by a pass; so passes go on until one finds nothing.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "loader/object.h"

#define LATCH_PASSES 64

/* Number of processes added, or -errno. */
static long latch_pass(int link)
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

static int latch_passes(struct loader *l)
{
	int link = bpf_link_create(program_fd(l, "postern_latch"), 0, BPF_TRACE_ITER, NULL);
	long added = 1;
	int i;

	if (link < 0)
		return link;
	for (i = 0; i < LATCH_PASSES && added > 0; i++)
		added = latch_pass(link);
	(void)close(link);
	return added < 0 ? (int)added : 0;
}

static void latch_empty(int fd, void *key)
{
	while (bpf_map_get_next_key(fd, NULL, key) == 0) {
		if (bpf_map_delete_elem(fd, key) < 0 && errno != ENOENT)
			return;
	}
}

/* Nothing that was known is believed: processes were not followed for a while. */
static void latch_forget(struct loader *l)
{
	struct postern_process_key key;
	struct postern_long_key text;

	latch_empty(map_fd(l, MAP_PROCESSES), &key);
	latch_empty(map_fd(l, MAP_LONG_PATHS), &text);
}

/* Latches unless that was done; `anew`: also then, from nothing. */
int latch_older(struct loader *l, bool anew, struct diags *d)
{
	struct postern_ledger ledger;
	int r = ledger_read(l, &ledger);

	if (r == 0 && ledger.latched && !anew)
		return 0;
	if (r == 0 && anew)
		latch_forget(l);
	if (r == 0)
		r = latch_passes(l);
	ledger.latched = 1;
	if (r == 0)
		r = ledger_write(l, &ledger);
	if (r < 0)
		diag_error(d, "loader-latch", NOWHERE, NULL,
			   "cannot tell the running processes: %s", strerror(-r));
	return r;
}
