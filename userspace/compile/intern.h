/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Hash-consing: equal byte sequences get the same small number. Sequences are compared whole; the
 * hash, keyed afresh for every table, only says where to look.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"

struct intern;

/* A new empty table, owned by the caller. 0 or -ENOMEM. */
int intern_new(struct intern **ret);
void intern_free(struct intern **t);
#define _cleanup_intern_ _cleanup_(intern_free)

/* The number of a sequence, from 0 in order of arrival; it is copied when it is new. 0 or -ENOMEM. */
int intern_put(struct intern *t, const void *bytes, size_t n, uint32_t *ret);

/* Whether the sequence is there, and its number. */
bool intern_find(const struct intern *t, const void *bytes, size_t n, uint32_t *ret);

/* The sequence behind a number, aligned for any type; lives as long as the table. */
const void *intern_get(const struct intern *t, uint32_t id, size_t *ret_n);

uint32_t intern_count(const struct intern *t);
