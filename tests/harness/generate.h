/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Random policy sets, their entities, and requests aimed at their edges: first and last addresses
 * of prefixes and their neighbours, ports beside ranges, strings in which a pattern's prefix and
 * suffix overlap. All is a function of seeds. What comes out is accepted by the profile and fits
 * into an image, without conditions that this version cannot compile.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <postern/phase.h>

#include "base/buf.h"

/* Appends the policies of a set as Cedar text. */
void generate_policies(uint64_t set_seed, struct buf *out);
/* The same about the entities and requests of another seed, so that several sets can be asked the same. */
void generate_policies_in(uint64_t world_seed, uint64_t set_seed, struct buf *out);
/* Appends the entities that they name, as JSON. */
void generate_entities(uint64_t set_seed, struct buf *out);
/* Whether the bundle's mode is to be observe. */
bool generate_observe(uint64_t set_seed);
/* The bundle's phases: a quarter of the sets enforce all. */
void generate_phases(uint64_t set_seed, struct postern_phases *ret);
/* The same as a member of bundle.json. */
void generate_phases_text(uint64_t set_seed, struct buf *out);
/* When the bundle's permits end: milliseconds since 1970, amid the requests' times; 0: never. */
int64_t generate_not_after(uint64_t set_seed);
/* Appends one request to that set, as one line of JSON without the line's end. */
void generate_request(uint64_t set_seed, uint64_t request, struct buf *out);

/* A number from the environment (POSTERN_SEED, POSTERN_SETS), so that a run can be repeated or made longer. */
uint64_t generate_number(const char *variable, uint64_t otherwise);
