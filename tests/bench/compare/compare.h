/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Side by side: every variant, nothing at all among them, has a process in a cgroup and a network namespace of its own,
 * and all take their turn in every round with every operation. What is compared are medians over the rounds of ratios
 * within a round. In each namespace all of IPv4 is local, so that any address can be connected to.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "rules.h"

enum {
	VARIANTS_MAX = 28,
	ROUNDS_MAX = 64,
	PORT = 443, /* listened on by TCP and UDP in each namespace */
	OUT_PORT = 8443, /* the same by a server that no variant governs */
	SHUT_PORT = 9, /* nobody listens; Postern's policies forbid it */
	SKUID = 12345,
};

/* ---- operations ------------------------------------------------------------------------------- */

enum op_id {
	OP_CONNECT_HOT,
	OP_CONNECT_WARM,
	OP_CONNECT_WIDE,
	OP_CONNECT_EVICTED,
	OP_WHOLE,
	OP_OUT,
	OP_OUT_WARM,
	OP_OUT_WHOLE,
	OP_UDP_HOT,
	OP_UDP_WARM,
	OP_UDP_WIDE,
	OP_UDP_EVICTED,
	OP_SENDTO,
	OP_PING_PONG,
	OP_BULK,
	OP_REFUSED,
	OP_SPAWN,
	OPS,
};

extern const char *const op_names[OPS];
/* In the worker: sockets that all operations use. Ends the process with a sentence when it cannot. */
void op_open(void);
/* The same for the server that stands for another host: before the worker is in its variant's cgroup. */
void op_open_elsewhere(void);
/* Median ns of so many. */
double op_measure(enum op_id op, size_t n);
/* As many refused connects as fit into so many ms; their number. */
uint64_t op_flood(unsigned ms);

/* Destinations, the same for all: half of them inside prefixes of those rules. Before any worker is started. */
void pool_make(const struct rules *inside);
enum { POOL_HOT = 64, POOL_WARM = 1024, POOL_WIDE = 65536 };
extern uint32_t
	pool[POOL_WIDE]; /* host order; the first POOL_WARM and POOL_HOT are the smaller ones */

/* ---- variants --------------------------------------------------------------------------------- */

struct variant {
	char name[40];
	const char *kind; /* "postern", "nft map", … */
	size_t rules;
	/* In the bench's own process, once the worker is in its cgroup. NULL: nothing to do. */
	void (*set_up)(struct variant *v);
	void (*tear_down)(struct variant *v);
	/* In the worker's, at the same time. Its command for the shell is in `command`, "" for none. */
	void (*enter)(void);
	void *own; /* of set_up */

	/* of the worker */
	char cgroup[256];
	pid_t pid;
	int orders, answers;

	/* measured */
	double apply_ms;
	uint64_t kernel_bytes; /* by meminfo, which others move too */
	uint64_t map_bytes; /* of maps, where they tell; 0 otherwise */
	double took[OPS][ROUNDS_MAX];
	uint64_t floods; /* refused in the flood */
	uint64_t told, lost; /* of them, events taken and counted as lost */
};

extern struct variant variants[VARIANTS_MAX];
extern size_t n_variants;

extern const char *working_as; /* who speaks in messages: the bench, or a variant */
void die(const char *what) __attribute__((noreturn));

/* The rules of that size and style, made once. */
const struct rules *rules_of(size_t n);

/* Each adds its variants to the list. `long_form`: also what takes long to load. */
struct variant *variant_add(const char *kind, size_t rules);
void postern_variants(void);
void nft_variants(bool long_form);
void lpm_variants(void);
void landlock_variants(void);

/* Takes the events of a Postern variant; their number. */
size_t postern_drain(struct variant *v);
uint64_t postern_lost(struct variant *v);

/* ---- workers ---------------------------------------------------------------------------------- */

/* Starts a variant's process in a cgroup and a network namespace of its own. */
void worker_start(struct variant *v);
void worker_stop(struct variant *v);
/* Runs `enter` and a command there. */
void worker_enter(struct variant *v, const char *command);
double worker_measure(struct variant *v, enum op_id op, size_t n);
/* Begins a flood of refused connects; and waits for its number. */
void worker_flood_begin(struct variant *v, unsigned ms);
bool worker_flood_done(struct variant *v, uint64_t *ret);

/* ---- reports ---------------------------------------------------------------------------------- */

/* Median over rounds of the ratio to another variant of the same round; and of the ns more. */
double ratio_to(const struct variant *v, const struct variant *base, enum op_id op, size_t rounds);
double added_to(const struct variant *v, const struct variant *base, enum op_id op, size_t rounds);
double median_of(const struct variant *v, enum op_id op, size_t rounds);
struct variant *variant_named(const char *name);

void report_table(size_t rounds);
/* Compares with what must be; the number of misses. */
int report_judge(size_t rounds);
void report_json(const char *path, size_t rounds);
void report_svg(const char *path, size_t rounds);
