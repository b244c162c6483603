/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Slots for images. An image goes into a map of its own, is frozen, and only then put into a slot;
 * the kernel answers after every program that could still see the slot's old image has ended.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "base/cleanup.h"
#include "loader/object.h"

static void held_release(struct held *h)
{
	cleanup_close(&h->fd);
	*h = (struct held){ .fd = -1 };
}

void slots_begin(struct loader *l)
{
	for (size_t i = 0; i < POSTERN_SLOTS; i++)
		l->held[i] = (struct held){ .fd = -1 };
}

void slots_release(struct loader *l)
{
	for (size_t i = 0; i < POSTERN_SLOTS; i++)
		held_release(&l->held[i]);
}

int held_map(const struct held *h, const struct postern_line **ret)
{
	void *p;

	if (h->fd < 0)
		return -ENOENT;
	p = mmap(NULL, (size_t)h->lines * POSTERN_LINE, PROT_READ, MAP_SHARED, h->fd, 0);
	if (p == MAP_FAILED)
		return -errno;
	*ret = p;
	return 0;
}

void held_unmap(const struct held *h, const struct postern_line *line)
{
	(void)munmap((void *)line, (size_t)h->lines * POSTERN_LINE);
}

static int image_upload(int fd, const struct image *image, uint32_t image_id)
{
	size_t bytes = (size_t)image->n * POSTERN_LINE;
	struct postern_header *h = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (h == MAP_FAILED)
		return -errno;
	memcpy(h, image->lines, bytes);
	h->image_id = image_id;
	(void)munmap(h, bytes);
	return bpf_map_freeze(fd);
}

static int image_map(const struct image *image, uint32_t image_id)
{
	LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = BPF_F_INNER_MAP | BPF_F_MMAPABLE);
	_cleanup_close_ int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "postern_image",
						sizeof(uint32_t), POSTERN_LINE, image->n, &opts);
	int r = fd < 0 ? fd : image_upload(fd, image, image_id);

	return r < 0 ? r : TAKE_FD(fd);
}

/* Numbers are spent even when the image is not used: one never names two images. */
static int image_number(const struct loader *l, uint32_t *ret)
{
	struct postern_ledger ledger;
	int r = ledger_read(l, &ledger);

	if (r < 0)
		return r;
	ledger.last_image_id++;
	if (ledger.last_image_id == 0)
		return -EOVERFLOW;
	r = ledger_write(l, &ledger);
	if (r == 0)
		*ret = ledger.last_image_id;
	return r;
}

int slot_fill(struct loader *l, uint32_t slot, const struct image *image, uint32_t *ret_image_id)
{
	_cleanup_close_ int fd = -1;
	uint32_t id = 0;
	int r = image_number(l, &id);

	if (r < 0)
		return r;
	fd = image_map(image, id);
	r = fd < 0 ? fd : bpf_map_update_elem(map_fd(l, MAP_IMAGES), &slot, &fd, BPF_ANY);
	if (r < 0)
		return r;
	held_release(&l->held[slot]);
	l->held[slot] = (struct held){ .image_id = id, .lines = image->n, .fd = TAKE_FD(fd) };
	*ret_image_id = id;
	return 0;
}

/* The image's number is in its first line. */
static int image_number_of(int fd, uint32_t *ret)
{
	struct postern_header line;
	uint32_t first = 0;
	int r = bpf_map_lookup_elem(fd, &first, &line);

	if (r == 0)
		*ret = line.image_id;
	return r;
}

static int slot_adopt(struct loader *l, uint32_t slot)
{
	struct bpf_map_info info = { 0 };
	uint32_t len = sizeof(info), id, number = 0;
	_cleanup_close_ int fd = -1;
	int r = bpf_map_lookup_elem(map_fd(l, MAP_IMAGES), &slot, &id);

	if (r < 0)
		return r;
	fd = bpf_map_get_fd_by_id(id);
	r = fd < 0 ? fd : bpf_obj_get_info_by_fd(fd, &info, &len);
	if (r == 0)
		r = image_number_of(fd, &number);
	if (r < 0)
		return r;
	l->held[slot] =
		(struct held){ .image_id = number, .lines = info.max_entries, .fd = TAKE_FD(fd) };
	return 0;
}

/* Finds the images that are in the slots of adopted maps. An empty slot stays empty. */
void slots_adopt(struct loader *l)
{
	uint32_t i;

	for (i = 0; i < POSTERN_SLOTS; i++)
		(void)slot_adopt(l, i);
}

/*
 * The slot whose image is the oldest, that is neither in force, nor what is fallen back to, nor
 * staged. 0 or -ENOSPC.
 */
int slot_free(const struct loader *l, uint32_t *ret_slot)
{
	struct postern_descriptor desc = { .slot = POSTERN_SLOTS, .fallback = POSTERN_SLOTS };
	uint32_t word = 0, i, best = POSTERN_SLOTS;
	int r = force_read(l, &word, &desc);

	if (r < 0)
		return r;
	for (i = 0; i < POSTERN_SLOTS; i++) {
		if ((word && (i == desc.slot || i == desc.fallback)) || i == l->staged)
			continue;
		if (best == POSTERN_SLOTS || l->held[i].image_id < l->held[best].image_id)
			best = i;
	}
	if (best == POSTERN_SLOTS)
		return -ENOSPC;
	*ret_slot = best;
	return 0;
}

/* Slot of what is fallen back to. 0 or -ENOENT. */
int slot_fallback(const struct loader *l, uint32_t image_id, uint32_t *ret)
{
	if (!image_id) {
		*ret = POSTERN_OPEN;
		return 0;
	}
	for (uint32_t i = 0; i < POSTERN_SLOTS; i++) {
		if (l->held[i].image_id != image_id)
			continue;
		*ret = i;
		return 0;
	}
	return -ENOENT;
}

uint32_t loader_image_id(struct loader *l, uint32_t slot)
{
	return slot < POSTERN_SLOTS ? l->held[slot].image_id : 0;
}

size_t loader_images(struct loader *l, uint32_t ret[POSTERN_SLOTS])
{
	size_t n = 0;

	for (uint32_t i = 0; i < POSTERN_SLOTS; i++)
		if (l->held[i].image_id)
			ret[n++] = l->held[i].image_id;
	return n;
}
