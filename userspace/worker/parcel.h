/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What travels between a controller and its worker, as bytes: numbers in the machine's order (both
 * ends are one program), texts with their length. A reader that meets the end, or a count that the
 * bytes left cannot hold, is broken for good and answers zeros and empty texts: ask parcel_done().
 */
#pragma once

#include "base/arena.h"
#include "base/buf.h"
#include "policy/policy.h"

void put_u32(struct buf *out, uint32_t v);
void put_u64(struct buf *out, uint64_t v);
void put_bytes(struct buf *out, const void *bytes, size_t n);
void put_text(struct buf *out, struct text t);
/* NULL is told from "". */
void put_string(struct buf *out, const char *s);
void put_texts(struct buf *out, const struct text *texts, size_t n);

struct parcel {
	const uint8_t *at;
	size_t left;
	struct arena *arena; /* borrowed: of the texts */
	bool broken;
};

uint32_t take_u32(struct parcel *p);
uint64_t take_u64(struct parcel *p);
bool take_bool(struct parcel *p);
/* A number below `end`. */
uint32_t take_below(struct parcel *p, uint32_t end);
/* `n` bytes in place, or NULL. */
const void *take_bytes(struct parcel *p, size_t n);
/* Bytes with their length in front, in place. */
const void *take_sized(struct parcel *p, size_t *ret_n);
/* How many things follow, each of at least `least` bytes. */
size_t take_count(struct parcel *p, size_t least);
/* A copy in the arena, never NULL, with a NUL after it. */
struct text take_text(struct parcel *p);
/* The same for what must not have a NUL inside; NULL where put_string() had NULL. */
const char *take_string(struct parcel *p);
struct text *take_texts(struct parcel *p, size_t *ret_n);
/* `n` zeroed elements; breaks the parcel for lack of memory. */
void *take_room(struct parcel *p, size_t n, size_t size);
#define take_array(p, type, n) ((type *)take_room((p), (n), sizeof(type)))
/* Whether everything was there, and nothing else. 0 or -EBADMSG. */
int parcel_done(const struct parcel *p);

/*
 * A text for people: a copy in the arena in which control characters (but tabs and line ends) and
 * what is no UTF-8 have become "?".
 */
struct text take_clean(struct parcel *p);
