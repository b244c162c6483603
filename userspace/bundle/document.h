/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Strict reading of JSON documents: every member is known, has its type and its range. Each problem
 * becomes one diagnostic at its place in the text, as far as that can be found.
 */
#pragma once

#include "base/json.h"

struct excised;

struct document {
	const struct source *src;
	struct diags *d;
	struct excised *excised; /* what was taken out of the text, or NULL */
};

struct member {
	const char *name;
	json_type type; /* JSON_TRUE: a boolean */
	bool optional;
};

/*
 * Reports one problem and answers -EBADMSG. `word` is the member or string that it is about: the
 * diagnostic points there when the text has that string once. It may be NULL. `hint` may be NULL.
 */
int document_refuse(const struct document *doc, const char *code, const char *word,
		    const char *hint, const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/*
 * `object` has exactly the members of the table, with their types. `what` names it in messages. 0
 * or -EBADMSG.
 */
int document_members(const struct document *doc, const char *what, const json_t *object,
		     const struct member *members, size_t n);

/* The member as a whole number from `least` to INT64_MAX. 0 or -EBADMSG. */
int document_number(const struct document *doc, const json_t *object, const char *name,
		    int64_t least, uint64_t *ret);

/* The member as a time in milliseconds; 0 when it is absent. 0 or -EBADMSG. */
int document_time(const struct document *doc, const json_t *object, const char *name, int64_t *ret);

/* The place of `word` among `n` known words. 0 or -EBADMSG with a suggestion. */
int document_choice(const struct document *doc, const char *what, const char *word,
		    const char *const *words, size_t n);
