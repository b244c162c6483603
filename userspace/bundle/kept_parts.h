/* SPDX-License-Identifier: BSD-2-Clause */
/* How the files of a bundle were packed, each a part of its own, and what became of them. */
#pragma once

#include "bundle/bundle.h"
#include "bundle/excised.h"
#include "bundle/gzip_parts.h"

struct kept_part {
	uint8_t *bytes; /* owned: packed */
	size_t len;
	size_t out_len;
	uint32_t crc;
	size_t file; /* of the bundle */
};

struct kept_parts {
	VEC(struct kept_part) items;
	size_t next; /* where the next payload's are looked for first */
};

void kept_parts_free(struct kept_parts **k);

/* The part that begins at `at`, or their number. */
size_t kept_parts_find(struct kept_parts *k, const uint8_t *at, size_t left);

/*
 * After everything was read: files that stand for parts of `before` become its files, with their numbers, and what was
 * unpacked now and is a file is kept, too. 0 or -ENOMEM, then the bundle is of no use.
 */
int kept_parts_settle(struct bundle *b, struct bundle *before, const uint8_t *payload,
		      const gzip_parts_t *parts, const struct excised *e);
