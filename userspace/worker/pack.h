/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Each thing that travels, put and taken. Taking never fails but by breaking the parcel; what it
 * gives lives in the parcel's arena unless said otherwise.
 */
#pragma once

#include "worker/parcel.h"
#include "worker/worker.h"

void put_diags(struct buf *out, const struct diags *d);
/* Adds them to `d`. */
void take_diags(struct parcel *p, struct diags *d);

/* Without its texts. The one that is taken is owned by the caller, or NULL. */
void put_bundle(struct buf *out, const struct bundle *b);
struct bundle *take_bundle(struct parcel *p);

/* What worker_policies has of a ruleset. 0 or -ENOMEM. */
int put_policies(struct buf *out, const struct ruleset *rules);
void take_policies(struct parcel *p, struct worker_policies *ret);

void put_binding(struct buf *out, const struct binding *b);
void take_binding(struct parcel *p, struct binding *ret);

void put_facts(struct buf *out, const struct image_facts *facts);
void take_facts(struct parcel *p, struct image_facts *ret);

void put_request(struct buf *out, const struct request *req);
void take_request(struct parcel *p, struct request *ret);
