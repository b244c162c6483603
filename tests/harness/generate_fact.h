/* SPDX-License-Identifier: BSD-2-Clause */
/* The part of the generator that is about context. */
#pragma once

#include "generate_world.h"

/* Appends a condition on the context. */
void generate_fact_leaf(struct rng *r, struct buf *out);
/* A time at which a policy may expire, as @expires takes it. Static. */
const char *generate_expiry(struct rng *r);
/* Appends the context of a request, as JSON. */
void generate_context(struct rng *r, struct buf *out);
