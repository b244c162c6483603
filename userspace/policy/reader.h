/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Typed, strict reads of the members of a JSON object. A reader collects errors instead of stopping
 * at the first; its caller looks at `err` once, at the end.
 */
#pragma once

#include "policy/place.h"
#include "policy/policy.h"

enum { READER_ERRORS_MOST = 50 }; /* after so many, what follows is hardly worth reading */

/* The codes of the messages, so that each document has its own. */
struct reader_codes {
	const char *unknown; /* a key that does not exist */
	const char *missing; /* a key that must be there */
	const char *type; /* a value of the wrong JSON type, or a text that says nothing valid */
};

struct reader {
	const struct reader_codes *codes;
	struct arena *arena; /* where texts go */
	struct diags *diags;
	struct span whole; /* the document */
	size_t element; /* of the array that the document is, or ELEMENT_NONE */
	const char *what; /* what is being read, for messages: "principal", "Zone::\"z\"" */
	size_t errors;
	int err; /* 0, -EBADMSG, or -ENOMEM once that happened */
};

#define ELEMENT_NONE SIZE_MAX

/*
 * Whether so many errors were reported that loops stop here: each costs a search through the text,
 * and a document with a million errors must not take a million searches.
 */
bool reader_tired(const struct reader *r);

/* Notes that an error was reported. */
void reader_bad(struct reader *r);
void reader_no_memory(struct reader *r);

/* Place of the string `value` in the element that is being read. */
struct span reader_place(const struct reader *r, const char *value);

/* One error at the string `at` of the document. `hint` may be NULL. */
#define reader_error(r, code, at, hint, ...)                                                       \
	do {                                                                                       \
		diag_error((r)->diags, (code), reader_place((r), (at)), (hint), __VA_ARGS__);      \
		reader_bad(r);                                                                     \
	} while (0)

/* Copies a JSON string into the arena. An empty text when memory is short (noted). */
struct text reader_copy(struct reader *r, const json_t *string);

/* Reports that the value of `key` is not `wanted` ("a string"). */
void reader_wrong_type(struct reader *r, const char *key, const char *wanted);

/* Whether it is an object; else that is an error about `key`. */
bool read_object(struct reader *r, const json_t *j, const char *key);
/* Every key of the object must be one of `keys`. */
void read_keys(struct reader *r, const json_t *object, const char *const *keys, size_t n);

/*
 * Members by key. Absent: *ret is untouched, false. Wrong type: an error, false. Else true.
 */
bool read_text(struct reader *r, const json_t *object, const char *key, struct text *ret);
bool read_bool(struct reader *r, const json_t *object, const char *key, bool *ret);
bool read_integer(struct reader *r, const json_t *object, const char *key, int64_t *ret);
bool read_duration(struct reader *r, const json_t *object, const char *key, int64_t *ret_ms);
bool read_texts(struct reader *r, const json_t *object, const char *key, struct text **ret,
		size_t *ret_n);
