/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tests that policies make, each once: an atom is known by a key that says what it tests.
 * All functions answer a formula, or NULL for lack of memory (kept in compilation.err).
 */
#pragma once

#include "compile/compilation.h"

/* The atom of a key, or NULL when it is new: then what it stands for must be made first. */
const struct formula *atom_find(struct compilation *c, const struct buf *key);

/* New atoms; the ranges are normalised and taken over, also on failure. */
const struct formula *atom_ip(struct compilation *c, const struct buf *key, struct ip_predicate p);
const struct formula *atom_door(struct compilation *c, const struct buf *key,
				struct range_set doors);
const struct formula *atom_class(struct compilation *c, const struct buf *key, uint32_t dim,
				 struct predicate p);

/* Atoms that are found or made at once. */
const struct formula *atom_group(struct compilation *c, struct text name);
const struct formula *atom_unit(struct compilation *c, struct text name);

/* A fact, found or made at once; `e` says it in the language. */
const struct formula *atom_fact(struct compilation *c, const struct buf *key,
				const struct postern_fact *f, const struct expr *e);

/* Appends a text with its length, so that no two keys can be confused. */
void key_text(struct buf *key, struct text t);
