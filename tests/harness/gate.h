/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A port of this host, whom the kernel lets through to it, and what it is told to decide that by: session, clock, zone
 * and device. For tests of conditions: policies come and go, the boot clock is the machine's, all else is made up.
 */
#pragma once

#include "visitor.h"

#define GATE_MS INT64_C(1000000)
#define GATE_SECOND (1000 * GATE_MS)
#define GATE_HOUR_MS INT64_C(3600000)
#define GATE_SOON (400 * GATE_MS) /* from being told to lapsing */
#define GATE_NOON INT64_C(1780315200000) /* 2026-06-01T12:00:00Z, a Monday */

#define GATE_LISTEN "@id(\"l\") permit(principal, action == Action::\"listen\", resource);"
#define GATE_PERMIT "@id(\"p\") permit(principal, action == Action::\"connect\", resource) "

struct gate {
	struct scratch scratch;
	int listener;
	uint16_t port;
};

/* For a group's setup and teardown. `name` is the scratch's. */
int gate_open(struct gate *g, const char *name);
void gate_close(struct gate *g);

/* Puts policies in force; the Identity ana@example.com and her Team "t" are defined. The image's id. */
uint32_t gate_apply(struct gate *g, const char *policies);

/* Noon in UTC, and nothing known of the device. */
struct postern_conditions gate_noon(void);
void gate_tell(struct gate *g, const struct postern_conditions *c);
/* From now on it is that time, and local time is ahead of it by so much. */
void gate_tell_time(struct gate *g, int64_t now_ms, int64_t shift_ms);

/* A session of ana's, uid 1000, proven `age` ago, whose proof counts for so long from now. */
struct postern_session gate_proven(int64_t age_ns, int64_t left_ns);
void gate_tell_session(struct gate *g, const struct visitor *v, const struct postern_session *p);

/* A connect through the gate as a user, from a port of its own (0: any): 0 or an errno. */
int gate_try_as(struct gate *g, struct visitor *v, uint32_t uid, uint16_t from);
int gate_try(struct gate *g, struct visitor *v);
/* Why the last one was not let through. */
uint32_t gate_reason(struct gate *g);

/*
 * Connects until it is refused. Before `end`, in boot ns, every connect must work and after it none: those on both
 * sides of it say nothing.
 */
void gate_lapses_at(struct gate *g, struct visitor *v, uint64_t end);
