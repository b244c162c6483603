/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Door of posture/: what kind of device this is, read from files below a root directory. One table says
 * of each fact where it is read, what makes it hold and how to mend it. What cannot be read does not
 * hold, and the reason is kept for people. Nothing here waits: sources are opened without blocking, and
 * what is larger or deeper than it can honestly be is refused.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <postern/limits.h>

#include "base/json.h"

/* ---- the table ------------------------------------------------------------------------------- */

enum posture_fact {
	POSTURE_SECURE_BOOT,
	POSTURE_LOCKDOWN,
	POSTURE_DISK_ENCRYPTED,
	POSTURE_TPM2,
	POSTURE_UNTAINTED,
	POSTURE_MODULES_SIGNED,
	POSTURE_ASLR,
	POSTURE_PTRACE_RESTRICTED,
	POSTURE_UNPRIVILEGED_BPF_OFF,
	POSTURE_UPDATES_AGE,
	POSTURE_UPTIME,
	/* from here on facts that are shown and that no attribute of the schema stands for */
	POSTURE_ENFORCER_INTACT, /* policies may ask for it as a custom fact of that name */
	POSTURE_SWAP_ENCRYPTED,
	POSTURE_KEXEC_LOCKED,
	POSTURE_LSM_ENFORCING,
	POSTURE_LINKS_PROTECTED,
	POSTURE_CPU_MITIGATED,
	POSTURE_NO_REBOOT_PENDING,
	POSTURE_KERNEL,
	POSTURE_OS,
	POSTURE_FACTS,
};

enum posture_kind {
	POSTURE_BOOL, /* holds or does not */
	POSTURE_AGE, /* milliseconds; not known is POSTURE_AGE_WORST */
	POSTURE_TEXT, /* for people only */
};

#define POSTURE_AGE_WORST INT64_MAX

/* One row. All texts are static. */
struct posture_row {
	const char *name; /* "secure-boot" */
	const char *attribute; /* of the type Device: "secureBoot"; NULL: only shown */
	enum posture_kind kind;
	const char *source; /* where it is read */
	const char *test; /* what makes it hold */
	const char *hint; /* what to do where it does not */
};

/* The row of a fact. Static. */
const struct posture_row *posture_row(enum posture_fact fact);

/* ---- one reading ----------------------------------------------------------------------------- */

enum posture_answer { POSTURE_UNKNOWN, POSTURE_BAD, POSTURE_GOOD };

/* "unknown", "bad", "good"; static. */
const char *posture_answer_name(enum posture_answer a);

enum { POSTURE_FOUND_SIZE = 160, POSTURE_NAME_SIZE = 65 };

struct posture_reading {
	enum posture_answer answer; /* for an age: POSTURE_GOOD where it is known */
	int64_t ms; /* of an age */
	char found[POSTURE_FOUND_SIZE]; /* what was there, or why nothing is known; printable */
};

/* A file of posture.d. */
struct posture_custom {
	char name[POSTURE_NAME_SIZE];
	int64_t until_ms; /* since 1970: holds until then */
	struct posture_reading reading;
};

/* Everything that was read at one time. */
struct posture {
	uint64_t boot_ns; /* when */
	struct posture_reading fact[POSTURE_FACTS];
	struct posture_custom custom[POSTERN_POSTURE_CUSTOM_MAX]; /* by name */
	size_t n_custom;
	char custom_problem[POSTURE_FOUND_SIZE]; /* why none of posture.d counts; "" */
};

/* What is looked at, and the clocks: nothing else has a say in what is read. */
struct posture_view {
	int root; /* directory that stands for "/" */
	int64_t now_ms; /* since 1970 */
	uint64_t boot_ns; /* CLOCK_BOOTTIME */
	uid_t owner; /* who may have made posture.d and what is in it: 0 */
	enum posture_answer enforcer; /* enforcer-intact: what the caller knows */
	const char *enforcer_found; /* and why */
};

#define POSTURE_CUSTOM_DIR "/run/postern/posture.d"

/* Reads everything. Never fails: what cannot be read is unknown. */
void posture_read(const struct posture_view *v, struct posture *ret);

/* The soonest time (since 1970, ms) at which a custom fact ends; INT64_MAX for none. */
int64_t posture_next_end(const struct posture *p);

/* ---- what counts ----------------------------------------------------------------------------- */

/*
 * The last two readings. What counts is the worse of them: a fact is lost at once, and won by two good
 * readings in a row. A reading that is older than POSTURE_STALE_NS says nothing any more.
 */
struct posture_history {
	struct posture last, before;
	unsigned readings; /* 0, 1, 2 */
	int64_t since_ms[POSTURE_FACTS]; /* since 1970: what counts is so since then */
	int64_t custom_since_ms[POSTERN_POSTURE_CUSTOM_MAX]; /* beside last.custom */
	bool held[POSTURE_FACTS], custom_held[POSTERN_POSTURE_CUSTOM_MAX]; /* at the last reading */
};

#define POSTURE_STALE_NS (90ull * 1000000000)

/*
 * Takes a reading into account, at `now_ms` since 1970. Whether what counts changed; that an age grows
 * is no change, that it is no longer known is one. A reading after a gap starts anew.
 */
bool posture_history_add(struct posture_history *h, const struct posture *p, int64_t now_ms);

/* Whether a fact of kind POSTURE_BOOL holds; false for other kinds. */
bool posture_holds(const struct posture_history *h, enum posture_fact fact, uint64_t boot_ns);
/* An age in milliseconds, grown since it was read, or POSTURE_AGE_WORST. */
int64_t posture_age(const struct posture_history *h, enum posture_fact fact, uint64_t boot_ns);
/* Whether custom fact number `i` of the last reading holds; `now_ms` since 1970. */
bool posture_custom_holds(const struct posture_history *h, size_t i, int64_t now_ms,
			  uint64_t boot_ns);

/* Whether another reading soon would change what counts: something is good for the first time. */
bool posture_is_pending(const struct posture_history *h);

/*
 * All of it for people and programs: an object as GetPosture answers it, or NULL for lack of memory.
 * Clocks as in struct posture_view.
 */
json_t *posture_json(const struct posture_history *h, int64_t now_ms, uint64_t boot_ns);
