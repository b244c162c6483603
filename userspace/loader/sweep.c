/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The sweep: an iterator of the kernel side goes over the descriptors of all processes and judges each socket
 * that has a record. It is read in portions of some thousand sockets; the kernel finds its place again for each.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "loader/object.h"

/* The kernel goes on until so many bytes are written: one a socket, and more of those to be cut. */
#define PORTION 4096
#define RECORD (1 + sizeof(struct postern_sighting))

struct loader_sweep {
	struct loader *loader; /* borrowed */
	struct postern_sweeping what;
	int fd;
	size_t seen;
	size_t n; /* of bytes[] */
	char bytes[PORTION + RECORD];
};

static int sweep_tell(const struct loader *l, const struct postern_sweeping *what)
{
	uint32_t zero = 0;

	return bpf_map_update_elem(map_fd(l, MAP_SWEEPING), &zero, what, BPF_ANY);
}

/* What is admitted from now on is noted anew, and what was admitted is about to be looked at. */
static int lapses_take(const struct loader *l)
{
	uint32_t zero = 0;
	uint64_t none = 0;

	return bpf_map_update_elem(map_fd(l, MAP_LAPSES), &zero, &none, BPF_ANY);
}

/* Not what a controller before us gave: it may have stopped in the middle of one. */
static uint32_t sweep_number(void)
{
	uint32_t n = 0;

	while (!n)
		if (getrandom(&n, sizeof(n), 0) != sizeof(n))
			n = (uint32_t)clock_boot_ns();
	return n;
}

static int sweep_iterator(const struct loader *l)
{
	_cleanup_close_ int link =
		bpf_link_create(program_fd(l, "postern_sweep"), 0, BPF_TRACE_ITER, NULL);

	return link < 0 ? link : bpf_iter_create(link);
}

int loader_sweep_begin(struct loader *l, uint32_t image_slot, struct loader_sweep **ret)
{
	_cleanup_free_ struct loader_sweep *s = calloc(1, sizeof(*s));
	int r = 0;

	if (!s)
		return -ENOMEM;
	s->loader = l;
	s->what.run = sweep_number();
	s->what.slot = image_slot == LOADER_IN_FORCE ? POSTERN_SLOTS : image_slot;
	if (image_slot == LOADER_IN_FORCE)
		r = lapses_take(l);
	if (r == 0)
		r = s->fd = sweep_iterator(l);
	if (r < 0)
		return r;
	*ret = TAKE_PTR(s);
	return 0;
}

void loader_sweep_end(struct loader_sweep **s)
{
	if (!*s)
		return;
	(void)close((*s)->fd);
	free(*s);
	*s = NULL;
}

size_t loader_sweep_seen(const struct loader_sweep *s)
{
	return s->seen;
}

/* Takes the whole records out of the buffer; the start of another one moves to its front. */
static void sweep_take(struct loader_sweep *s,
		       void (*fn)(const struct postern_sighting *seen, void *arg), void *arg)
{
	struct postern_sighting seen;
	size_t at = 0;

	while (at < s->n) {
		if (s->bytes[at] == POSTERN_SWEPT_WELL) {
			at++;
		} else if (s->n - at >= RECORD) {
			memcpy(&seen, s->bytes + at + 1, sizeof(seen));
			fn(&seen, arg);
			at += RECORD;
		} else {
			break;
		}
		s->seen++;
	}
	s->n -= at;
	memmove(s->bytes, s->bytes + at, s->n);
}

int loader_sweep_step(struct loader_sweep *s,
		      void (*fn)(const struct postern_sighting *seen, void *arg), void *arg)
{
	/* another sweep may have been told something else between two portions */
	int r = sweep_tell(s->loader, &s->what);
	ssize_t n;

	if (r < 0)
		return r;
	n = read(s->fd, s->bytes + s->n, PORTION);
	if (n < 0)
		return errno == EINTR || errno == EAGAIN ? 1 : -errno;
	s->n += (size_t)n;
	sweep_take(s, fn, arg);
	return n > 0;
}

int loader_sweep(struct loader *l, uint32_t image_slot,
		 void (*fn)(const struct postern_sighting *s, void *arg), void *arg)
{
	struct loader_sweep *s = NULL;
	int r = loader_sweep_begin(l, image_slot, &s), seen;

	if (r < 0)
		return r;
	do
		r = loader_sweep_step(s, fn, arg);
	while (r > 0);
	seen = (int)loader_sweep_seen(s);
	loader_sweep_end(&s);
	return r < 0 ? r : seen;
}

int loader_lapse(struct loader *l, uint64_t *ret)
{
	uint32_t zero = 0;

	return bpf_map_lookup_elem(map_fd(l, MAP_LAPSES), &zero, ret);
}
