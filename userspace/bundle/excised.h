/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A JSON text whose long plain strings were taken out: a mark, which nobody who wrote the text can have known, stands in
 * the place of each. Reading the short text and giving back what each mark stands for reads the long one.
 */
#pragma once

#include "base/json.h"
#include "bundle/plain.h"

struct excised {
	struct buf text; /* owned: the short one */
	const char *from; /* borrowed: the long one */
	plains_t plains; /* owned */
	char nonce[33];
	size_t taken; /* marks that were given back, */
	bool *gone; /* owned: and which */
};

/* 0, -ENOENT when there is none to take out, or another -errno; `from` must outlive it. */
int excised_make(const char *from, size_t len, struct excised *ret);
void excised_free(struct excised *e); /* valid at rest */
#define _cleanup_excised_ _cleanup_(excised_free)

/*
 * The string that a mark stands for, owned by the caller. -ENOENT when the value is no mark, -EEXIST when it was given
 * back before, -ENOMEM.
 */
int excised_take(struct excised *e, const json_t *value, char **ret, size_t *ret_len);
/* Whether every mark was given back: one that stands anywhere else is no mark. */
bool excised_is_whole(const struct excised *e);
