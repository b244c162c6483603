/* SPDX-License-Identifier: BSD-2-Clause */
/* Parts and files, from one bundle to the next. */
#include "bundle/kept_parts.h"

#include <errno.h>
#include <string.h>

enum { AHEAD = 8 }; /* parts that are looked at: files come in order, and few are new or gone */

void kept_parts_free(struct kept_parts **k)
{
	if (!*k)
		return;
	for (size_t i = 0; i < (*k)->items.n; i++)
		free((*k)->items.items[i].bytes);
	vec_free(&(*k)->items);
	free(*k);
	*k = NULL;
}

size_t kept_parts_find(struct kept_parts *k, const uint8_t *at, size_t left)
{
	for (size_t i = k->next; i < k->items.n && i < k->next + AHEAD; i++) {
		const struct kept_part *p = &k->items.items[i];

		if (p->len <= left && memcmp(p->bytes, at, p->len) == 0) {
			k->next = i + 1;
			return i;
		}
	}
	return k->items.n;
}

/* A file without a text stands for a part of the bundle before: `len` is which. */
static int adopt(struct bundle *b, struct bundle *before, size_t file)
{
	struct source *to = &b->files[file];
	struct kept_part *part = &before->parts->items.items[to->len];
	struct source *from = &before->files[part->file];
	struct kept_part moved = *part;

	moved.file = file;
	if (vec_push(&b->parts->items, moved) < 0)
		return -ENOMEM;
	part->bytes = NULL;
	b->file_numbers[file] = before->file_numbers[part->file];
	to->len = from->len;
	to->text = TAKE_PTR(from->text);
	return 0;
}

/* The file that has that text, or the number of them. */
static size_t file_of(const struct bundle *b, const char *text)
{
	size_t i = 0;

	while (i < b->n_files && b->files[i].text != text)
		i++;
	return i;
}

static int keep(struct bundle *b, const uint8_t *payload, const struct gzip_part *part, size_t file)
{
	struct kept_part kept = {
		.len = part->len, .out_len = part->out_len, .crc = part->crc, .file = file
	};

	kept.bytes = malloc(part->len ? part->len : 1);
	if (!kept.bytes)
		return -ENOMEM;
	memcpy(kept.bytes, payload + part->at, part->len);
	if (vec_push(&b->parts->items, kept) == 0)
		return 0;
	free(kept.bytes);
	return -ENOMEM;
}

/* Those that were unpacked now: a part that is all of a file and nothing else. Both are in the order of the text. */
static int keep_new(struct bundle *b, const uint8_t *payload, const gzip_parts_t *parts,
		    const struct excised *e)
{
	size_t k = 0;
	int r = 0;

	for (size_t i = 0; r == 0 && i < e->items.n; i++) {
		const struct taken_out *item = &e->items.items[i];
		size_t file = item->known == NOT_KNOWN ? file_of(b, item->text) : b->n_files;

		if (file == b->n_files)
			continue;
		while (k < parts->n && parts->items[k].out_at < item->at)
			k++;
		if (k < parts->n && parts->items[k].out_at == item->at &&
		    parts->items[k].out_len == item->len)
			r = keep(b, payload, &parts->items[k], file);
	}
	return r;
}

static int by_file(const void *a, const void *b)
{
	const struct kept_part *x = a, *y = b;

	return (x->file > y->file) - (x->file < y->file);
}

int kept_parts_settle(struct bundle *b, struct bundle *before, const uint8_t *payload,
		      const gzip_parts_t *parts, const struct excised *e)
{
	int r = 0;

	b->parts = calloc(1, sizeof(*b->parts));
	b->file_numbers = calloc(b->n_files + 1, sizeof(*b->file_numbers));
	if (!b->parts || !b->file_numbers)
		return -ENOMEM;
	for (size_t i = 0; r == 0 && i < b->n_files; i++)
		if (!b->files[i].text)
			r = adopt(b, before, i);
	if (r == 0)
		r = keep_new(b, payload, parts, e);
	if (b->parts->items.n > 1)
		qsort(b->parts->items.items, b->parts->items.n, sizeof(struct kept_part), by_file);
	return r;
}
