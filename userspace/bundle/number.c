/* SPDX-License-Identifier: BSD-2-Clause */
/* Which files of a bundle are those of the bundle before. */
#include "bundle/number.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"

/* The place of that name in sorted files, or their number. */
static size_t place_of(const struct bundle *b, const char *name)
{
	size_t low = 0, high = b->n_files;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(b->files[middle].name, name);

		if (order == 0)
			return middle;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return b->n_files;
}

/* The number that the same file had, or 0. */
static uint64_t number_before(const struct bundle *before, const struct source *file)
{
	size_t at = before && before->file_numbers ? place_of(before, file->name) : 0;
	const struct source *old;

	if (!before || !before->file_numbers || at == before->n_files)
		return 0;
	old = &before->files[at];
	return old->text && old->len == file->len && memcmp(old->text, file->text, file->len) == 0
		       ? before->file_numbers[at]
		       : 0;
}

int bundle_number(struct bundle *b, const struct bundle *before)
{
	if (!b->file_numbers)
		b->file_numbers = calloc(b->n_files + 1, sizeof(*b->file_numbers));
	if (!b->file_numbers)
		return -ENOMEM;
	b->last_number = before ? before->last_number : 0;
	for (size_t i = 0; i < b->n_files; i++) {
		uint64_t *number = &b->file_numbers[i];

		if (!*number)
			*number = number_before(before, &b->files[i]);
		if (!*number)
			*number = ++b->last_number;
	}
	return 0;
}
