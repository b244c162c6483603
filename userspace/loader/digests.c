/* SPDX-License-Identifier: BSD-2-Clause */
/* Contents of executables: those that the kernel side waits for, and those that were verified. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "loader/object.h"

/* The dimension's line in the image that is in force now. */
bool loader_wants_digests(struct loader *l)
{
	uint32_t word, slot, at = POSTERN_DIMENSION_LINE(POSTERN_DIM_SHA256);
	struct postern_descriptor desc = { 0 };
	struct postern_dimension line;

	if (force_read(l, &word, &desc) < 0 || !word)
		return false;
	slot = force_slot(&desc);
	if (slot >= POSTERN_SLOTS || l->held[slot].fd < 0 ||
	    bpf_map_lookup_elem(l->held[slot].fd, &at, &line) < 0)
		return false;
	return line.classes > 1;
}

bool loader_digest_known(struct loader *l, const struct postern_digest_key *key)
{
	struct postern_digest d;

	return bpf_map_lookup_elem(map_fd(l, MAP_DIGESTS), key, &d) == 0;
}

static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, c) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* Forgets an eighth of what is known, in the order of the table, which is none. */
static void make_room(int fd)
{
	struct postern_digest_key key;

	for (int n = 0; n < POSTERN_DIGESTS_MAX / 8; n++)
		if (bpf_map_get_next_key(fd, NULL, &key) < 0 || bpf_map_delete_elem(fd, &key) < 0)
			return;
}

int loader_digest_put(struct loader *l, const struct postern_digest_key *key, const char hex[64])
{
	int fd = map_fd(l, MAP_DIGESTS), r;
	struct postern_digest d = { 0 };

	for (size_t i = 0; i < sizeof(d.sha256); i++) {
		int high = hex_digit(hex[2 * i]), low = hex_digit(hex[2 * i + 1]);

		if (high < 0 || low < 0)
			return -EINVAL;
		d.sha256[i] = (uint8_t)(high << 4 | low);
	}
	memcpy(d.hex, hex, sizeof(d.hex));
	d.put = clock_boot_ns();
	r = bpf_map_update_elem(fd, key, &d, BPF_ANY);
	if (r != -E2BIG)
		return r;
	make_room(fd);
	return bpf_map_update_elem(fd, key, &d, BPF_ANY);
}

/* All keys at once: an entry that goes while they are followed one by one starts the walk again. */
static size_t wanted_keys(int fd, struct postern_digest_key *ret, size_t max)
{
	size_t n = 0;
	int r = bpf_map_get_next_key(fd, NULL, &ret[0]);

	while (r == 0 && ++n < max)
		r = bpf_map_get_next_key(fd, &ret[n - 1], &ret[n]);
	return n;
}

int loader_wanted(struct loader *l,
		  bool (*fn)(const struct postern_digest_key *key,
			     const struct postern_process *record, void *arg),
		  void *arg)
{
	_cleanup_free_ struct postern_digest_key *keys = calloc(POSTERN_WANTED_MAX, sizeof(*keys));
	int fd = map_fd(l, MAP_WANTED), seen = 0;
	struct postern_process record;
	size_t n, i;

	if (!keys)
		return -ENOMEM;
	n = wanted_keys(fd, keys, POSTERN_WANTED_MAX);
	for (i = 0; i < n; i++) {
		if (bpf_map_lookup_elem(fd, &keys[i], &record) < 0)
			continue;
		seen++;
		if (fn(&keys[i], &record, arg))
			(void)bpf_map_delete_elem(fd, &keys[i]);
	}
	return seen;
}

static int want(struct loader *l, const struct postern_process *p)
{
	const struct postern_digest_key key = { .file = { p->file.dev, p->file.ino,
							  p->file.generation, 0 },
						.ctime_ns = p->ctime_ns,
						.size = p->size };
	int r;

	if (loader_digest_known(l, &key))
		return 0;
	r = bpf_map_update_elem(map_fd(l, MAP_WANTED), &key, p, BPF_NOEXIST);
	return r == -EEXIST ? 0 : r;
}

int loader_want_all(struct loader *l)
{
	int fd = map_fd(l, MAP_PROCESSES), r = 0;
	uint32_t most = l->map[MAP_PROCESSES].max;
	struct postern_process_key key, next;
	struct postern_process p;
	bool more = bpf_map_get_next_key(fd, NULL, &key) == 0;

	for (uint32_t n = 0; more && n < most && r == 0; n++) {
		if (bpf_map_lookup_elem(fd, &key, &p) == 0)
			r = want(l, &p);
		more = bpf_map_get_next_key(fd, &key, &next) == 0;
		key = next;
	}
	return r == -E2BIG ? 0 : r;
}
