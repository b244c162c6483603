/* SPDX-License-Identifier: BSD-2-Clause */
/* The controller: owns every part, and says in which order they start and stop. */
#pragma once

#include "control/control.h"
#include "daemon/config.h"
#include "daemon/deployment.h"
#include "daemon/journal.h"
#include "daemon/people.h"
#include "daemon/rollout.h"
#include "daemon/state.h"
#include "daemon/storage.h"
#include "daemon/store.h"
#include "events/events.h"
#include "loader/loader.h"

enum {
	DEPLOYMENTS =
		4, /* bundles whose policies are kept, so that `why` can explain what they decided */
	EVENTS_KEPT = 4096,
	HOOKS_MAX = 32,
};

/* What was undone by others and put right; see guard.h. */
struct guard {
	uint64_t attached, pinned; /* since the start */
	int64_t breached_ms; /* since 1970, the last time; 0: never */
	bool breached; /* since posture last asked */
	bool failing; /* at the last look */
	bool whole; /* at the last look: every required hook was attached */
	bool no_cgroup, no_bpffs; /* at the last look: see struct loader_mended */
};

struct job;

struct controller {
	const struct config *config; /* borrowed */
	struct store store;
	struct storage storage;
	struct loop *loop;
	char *socket; /* owned: its path */
	struct control_server *server;
	struct loader *loader;
	/* what the kernel side is told of the device; not known until it has been looked at once */
	struct context device;
	bool device_known;
	bool untold; /* the last time of telling failed */
	struct posture_watch *posture; /* owned; NULL until it has been opened */
	struct guard guard;
	int clock_fd; /* owned: readable when the clock was set */
	struct events *events;
	struct sweep *sweep; /* owned; NULL until it has started */
	struct digests *digests; /* owned */
	struct journal journal;
	struct people people;
	struct rollout_state rollout;
	struct deployment
		*deployments[DEPLOYMENTS]; /* owned; newest first; [0] is in force if `ours` */
	struct job *jobs; /* owned: what is made now, and what waits for that; see job.h */
	bool ours; /* the image in force is of deployments[0] */
	char host[256];
	char boot[37];
	int64_t started_ms;
	char *problem; /* owned: why the accepted bundle is not in force; NULL: none is wanting */
	uint64_t refused[BUNDLE_ANSWERS]; /* pushes, by answer */
	uint64_t refused_otherwise;
	unsigned watchdog_ms;
	unsigned rounds; /* of the watch */
	unsigned swollen; /* rounds until memory is given back that something took; 0: nothing did */
	enum state state; /* as last said */
	void (*reload)(struct controller *c); /* on SIGHUP */
};

#define CONTROLLER_SWOLLEN 4 /* of `swollen`, once something did */

#define CONTROLLER_INIT                                                                            \
	((struct controller){ .store = STORE_INIT,                                                 \
			      .clock_fd = -1,                                                      \
			      .journal = JOURNAL_INIT,                                             \
			      .rollout = ROLLOUT_INIT })

/*
 * Starts everything: state, kernel side, the accepted bundle, the socket. Diags name the cause and
 * the remedy of a failure. 0 or -errno.
 */
int controller_start(struct controller *c, const struct config *config, struct diags *d);
/* Serves until it is told to end. 0 or -errno. */
int controller_run(struct controller *c);
/* Gives everything back. What is pinned stays in force. */
void controller_stop(struct controller *c);

/* The bundle in force, or NULL. */
struct deployment *controller_active(const struct controller *c);
/* The kept bundle that an image was made of, or NULL. */
struct deployment *controller_deployment_of(const struct controller *c, uint32_t image_id);
/* Makes `dep` the newest; steals it. */
void controller_keep(struct controller *c, struct deployment *dep);
/* The bundle in force goes into the caller's hands; then there is none. NULL when there was none. */
struct deployment *controller_release(struct controller *c);
/* Keeps `dep` (stolen; may be NULL) behind the newest, for what it decided. */
void controller_archive(struct controller *c, struct deployment *dep);
/* Replaces the problem; NULL for none. Logs a new one. */
void controller_set_problem(struct controller *c, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* What loader/ is to work with. */
struct loader_config controller_loader_config(const struct config *config);
