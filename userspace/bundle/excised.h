/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A JSON text whose long plain strings were taken out: a mark, which nobody who wrote the text can have known, stands in
 * the place of each. Reading the short text and giving back what each mark stands for reads the long one.
 */
#pragma once

#include <sys/types.h>

#include "base/json.h"
#include "bundle/plain.h"

enum { NOT_KNOWN = -1 };

struct taken_out {
	size_t at, len; /* of the text that it was taken from */
	ssize_t known; /* or what it is, in the words of whoever put its mark there */
	const char *text; /* borrowed: once it was given back, what it says */
};

struct excised {
	struct buf text; /* owned: the short one */
	const char *from; /* borrowed: the long one */
	VEC(struct taken_out) items;
	char nonce[33];
	size_t taken; /* of them, given back */
};

/* Draws the marks' number. 0 or -EAGAIN. */
int excised_begin(struct excised *e);
/* Puts a mark for what is known into the text that is to be read. 0 or -ENOMEM. */
int excised_put_known(struct excised *e, size_t known, struct buf *out);
/* Takes the long plain strings out of the text, which must outlive it. 0 or -ENOMEM. */
int excised_make(struct excised *e, const char *from, size_t len);
void excised_free(struct excised *e); /* valid at rest */
#define _cleanup_excised_ _cleanup_(excised_free)

/*
 * The string that a mark stands for, owned by the caller; or NULL and in *ret_len what is known. -ENOENT when the value is
 * no mark, -EEXIST when it was given back before, -ENOMEM.
 */
int excised_take(struct excised *e, const json_t *value, char **ret, size_t *ret_len);
/* Whether every mark was given back: one that stands anywhere else is no mark. */
bool excised_is_whole(const struct excised *e);
