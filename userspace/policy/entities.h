/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading entities, in three steps of which each needs the one before: who exists and with which
 * attributes, who is in whom, and what lies above each.
 */
#pragma once

#include "policy/known_lists.h"
#include "policy/policy.h"
#include "policy/reader.h"

#define ENTITY_KINDS 4

struct entity_parse {
	struct reader reader;
	struct entity_set *set;
	const struct bundle_files *files; /* may be NULL */
	size_t n_prefixes; /* so far, of all Zones */
	struct known_lists known; /* owned; of the set before */
};

/* "Service", "Zone", "Team", "Identity". */
const char *entity_kind_name(enum entity_kind kind);

/*
 * Reads {"type","id"} (or {"__entity": {"type","id"}}, which Cedar accepts too) of `key`. False
 * after an error.
 */
bool entity_read_uid(struct reader *r, const json_t *j, const char *key, enum entity_kind *ret_kind,
		     struct text *ret_id);

/* Fills what the kind has from "attrs". Errors are in the reader. */
void entity_read_attributes(struct entity_parse *p, const json_t *attrs, struct entity *e);
void entity_read_zone(struct entity_parse *p, const json_t *attrs, struct entity *e);
void entity_read_identity(struct entity_parse *p, const json_t *attrs, struct entity *e);

/* Resolves "parents" of one entity; the set is sorted. */
void entity_read_parents(struct entity_parse *p, const json_t *parents, struct entity *e);

/* Fills every entity's ancestors. Cycles and depth are errors in the reader. */
void entities_close(struct entity_parse *p);

/* Whether the address is in one of this Zone's own prefixes (sorted and disjoint). */
bool zone_has_address(const struct entity *zone, const struct prefix *address);
