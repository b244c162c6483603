/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tests on the context and on this end, as the facts that the kernel side decides: each one attribute
 * against constants, in one canonical form, so that what says the same is one fact. All functions
 * answer a formula, or NULL for lack of memory (kept in compilation.err).
 */
#pragma once

#include "compile/compilation.h"

#include <postern/context.h>

/* Attributes of context, or this end's, that an expression reads, as bits 1 << POSTERN_FACT_…. */
unsigned fact_kinds(const struct expr *e);
#define FACT_DEVICE_ONLY (1u << POSTERN_FACT_DEVICE)

/* One test, without connectives unless it reads the device only. */
const struct formula *fact_walk(struct compilation *c, const struct expr *e);

/* A test on resource.localPort, or on local addresses. NULL without an error: no such test is known. */
const struct formula *fact_ports(struct compilation *c, const struct expr *e);
const struct formula *fact_addresses(struct compilation *c, const struct expr *e);

/* Facts: `e` says one in the language, for messages and for what the controller decides. */
const struct formula *fact_flag(struct compilation *c, const struct expr *e, uint32_t kind);
/* low <= number <= high of that kind, which is all that the kind can be outside of no number. */
struct fact_range {
	uint32_t kind;
	int64_t low, high;
};
const struct formula *fact_range(struct compilation *c, const struct expr *e, struct fact_range of);
/* The fact of those values itself. */
const struct formula *fact_atom(struct compilation *c, const struct expr *e,
				const struct postern_fact *f);
