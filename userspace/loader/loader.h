/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Door of loader/: the life of the eBPF side, and the only home of libbpf. Programs are loaded, pinned, attached to one
 * cgroup, replaced without a gap, and fed images. What is pinned enforces without us.
 *
 *   PIN/maps/<name>, PIN/links/<program>
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include <postern/ask.h>
#include <postern/event.h>
#include <postern/session.h>
#include <postern/socket.h>
#include <postern/state.h>

#include "base/diag.h"
#include "compile/compile.h"

struct loader;

struct loader_config {
	const char *cgroup; /* directory of the cgroup to govern */
	const char *
		pin; /* directory on a bpffs; made if missing. NULL: nothing is pinned or attached (offline engine) */
	uint32_t process_max; /* 0: as many as the kernel starts, POSTERN_PROCESSES_MAX at most */
	uint32_t event_bytes; /* ring size; 0: 64 KiB */
	uint32_t programs; /* 0: POSTERN_PROGRAMS_VERSION; tests say that they are another version */
	bool guard; /* keep other processes from what is loaded and from the caller; until loader_close() */
};

/* What this kernel offers, asked by doing it where that is safe. Each with a sentence for people. */
struct loader_feature {
	const char *name; /* "btf", "cgroup2", "bpffs", "connect4", … */
	bool required;
	bool present;
	char remedy[160]; /* "" when present */
};

/* Fills up to `max` features for that configuration; the number of them. Changes nothing. */
size_t loader_probe(const struct loader_config *cfg, struct loader_feature *ret, size_t max);

/*
 * Loads the programs, taking pinned maps over where they are (same ABI version and sizes, and programs that are not newer
 * than ours; else -ESTALE with a diag and what to do), and latches processes that are older. With links pinned: adopts them, updating each to the new
 * program in place. Nothing is attached before an image is in force, unless links were pinned. Diags name the cause
 * and the remedy of every failure. 0 or -errno; on failure what enforced before still enforces.
 */
int loader_open(const struct loader_config *cfg, struct diags *d, struct loader **ret);

/* Closes descriptors. Pinned links and maps stay: enforcement goes on. */
void loader_close(struct loader **l);
#define _cleanup_loader_ _cleanup_(loader_close)

/*
 * Puts an image in force: validates, fills a free slot, then one store of the generation word; attaches the hooks if they
 * are not. On failure the old image stays in force. 0, -EBADMSG (image), -ENOSPC (no free slot), -errno. *ret_image_id
 * names it in events.
 */
int loader_apply(struct loader *l, const struct image *image, struct diags *d,
		 uint32_t *ret_image_id);

/* For how long an image is tried, and what is in force afterwards unless it is confirmed. */
struct loader_trial {
	uint64_t deadline; /* boot ns; 0: it is not tried but meant to stay */
	uint32_t fallback_id; /* image id; 0: no policy, everything is let through and reported */
};

/*
 * The same in two steps, for who has something to say about the image before it is in force: the
 * second puts in force what loader_stage() has loaded. `trial` may be NULL. At its deadline the kernel
 * programs change to the other image by themselves. 0, -ENOENT when nothing is staged or the other
 * image is not loaded, -errno.
 */
int loader_force(struct loader *l, const struct loader_trial *trial, struct diags *d);

/* What the kernel programs decide by at this moment, and what they will. */
struct loader_standing {
	uint32_t image_id; /* in force; 0: none */
	bool open; /* a trial ended with no policy before it: hooks are attached, all is let through */
	uint32_t confirmed_id; /* stays when the trial ends; 0: none */
	uint32_t tried_id; /* of the trial, also of one that is over; 0: there is none */
	uint64_t deadline; /* of the trial, boot ns; 0 */
	uint64_t observe_until; /* boot ns, until then nothing is denied; 0 */
};

/* 0 or -errno. */
int loader_standing(struct loader *l, struct loader_standing *ret);

/*
 * The image that is tried stays. 0; -ETIME when its deadline has come or is not further away than
 * `margin_ns`, or nothing is tried; -errno, and then the trial goes on.
 */
int loader_confirm(struct loader *l, uint64_t margin_ns);

/* The opposite: the image in force is on trial again, also if that is over by now. 0, -ENOENT, -errno. */
int loader_resume(struct loader *l, const struct loader_trial *trial);

/*
 * Ends a trial as its deadline does: the other image is in force, or without one nothing is enforced any
 * more and the hooks are taken off. Also after the deadline, to be done with it. 0 or -errno.
 */
int loader_fall_back(struct loader *l);

/* Until `until` (boot ns; 0: ends it) nothing is denied but reported as it would be. 0, -ENOENT without an image, -errno. */
int loader_observe(struct loader *l, uint64_t until);

/* Nothing is enforced any more: the hooks that decide are taken off. Maps and followers stay. 0 or -errno. */
int loader_release(struct loader *l);

/*
 * The image in force, read back from its slot, for its names; `ret` may be NULL: only its id. 0,
 * -ENOENT when there is none, -errno.
 */
int loader_active(struct loader *l, struct image **ret, uint32_t *ret_image_id);

/* Name of a policy in a loaded image, for events; "" when that image is gone. Copies into `ret`. */
void loader_policy_name(struct loader *l, uint32_t image_id, uint32_t policy, char *ret, size_t n);

/* State of one hook, for `status`. */
struct loader_hook {
	const char *name; /* program: "postern_conn4" */
	const char *attach; /* "cgroup/connect4", "tp_btf/sched_process_exec" */
	bool required;
	bool attached; /* our link is there and runs our program */
	uint32_t prog_id;
};

/* Fills up to `max`; the number of them. */
size_t loader_hooks(struct loader *l, struct loader_hook *ret, size_t max);

/* What somebody else with root's rights had undone. */
struct loader_mended {
	unsigned attached; /* hooks that did not run our programs, and do again */
	unsigned pinned; /* links and maps whose pins were gone or somebody else's */
	unsigned failed; /* of both, what could not be put right */
	const char *hook; /* one of those attached or failed; NULL: none */
	bool no_cgroup; /* the cgroup was removed, and with it every hook: another of its name is another one */
	bool no_bpffs; /* where the pins were no bpffs is mounted any more: they are gone */
};

/*
 * Looks whether every hook that was attached still runs our program and has its pin, and puts right what
 * does not: attached first, then the old one goes, so that at no moment less is enforced than before.
 */
void loader_mend(struct loader *l, struct loader_mended *ret);

/* A program of somebody else's on one of our hooks, at the governed cgroup or above it. */
struct loader_foreign {
	uint32_t prog_id;
	char name[16];
	const char *attach; /* "cgroup/connect4" */
};

/* Fills up to `max`; the number of them. */
size_t loader_foreign(struct loader *l, struct loader_foreign *ret, size_t max);

/* Sum over CPUs of a counter. */
uint64_t loader_counter(struct loader *l, enum postern_counter c);

/* Number of processes known. */
uint64_t loader_processes(struct loader *l);

/* Kernel memory that maps take, in bytes, as the kernel accounts it. */
uint64_t loader_memory(struct loader *l);

/* What is latched of a process: 0, -ENOENT, -errno. `exe` and `parent` get whole texts (POSTERN_PATH_MAX each; may be NULL). */
int loader_process(struct loader *l, const struct postern_process_key *key,
		   struct postern_process *ret, char *exe, char *parent);

/* Descriptor that is readable when events wait. Owned by the loader. */
int loader_event_fd(struct loader *l);

/*
 * Takes waiting events, a portion of them in a flood, through the callback; it gets whole,
 * version-checked records only. Their number or -errno. The descriptor stays readable while more wait.
 */
int loader_events(struct loader *l, void (*fn)(const struct postern_event *e, void *arg),
		  void *arg);

/* ---- conditions, sessions, live sockets ---------------------------------------------------------------------- */

/*
 * Publishes the clock, the time zone and the device facts with one store of the epoch word. 0 or
 * -errno, then what was published before goes on.
 */
int loader_conditions(struct loader *l, const struct postern_conditions *c);
/* What is published now, also by an earlier controller. 0, -ENOENT while nothing is, -errno. */
int loader_conditions_now(struct loader *l, struct postern_conditions *ret);

/*
 * Ids of the images that are loaded, the one in force among them: those that conditions can have device
 * facts for. Their number.
 */
size_t loader_images(struct loader *l, uint32_t ret[POSTERN_SLOTS]);

/*
 * Login sessions by audit session id. A change moves the epoch word, so that live connections that
 * depended on the session are judged again with their next packet. 0, -ENOENT, -E2BIG when the map is
 * full, -errno.
 */
int loader_session_put(struct loader *l, uint32_t session, const struct postern_session *s);
int loader_session_get(struct loader *l, uint32_t session, struct postern_session *ret);
int loader_session_remove(struct loader *l, uint32_t session);
/* Calls `fn` for each. Their number or -errno. */
int loader_sessions(struct loader *l,
		    void (*fn)(uint32_t session, const struct postern_session *s, void *arg),
		    void *arg);

/*
 * Judges every socket that has a record, by the image in force or, with `image_slot` not
 * LOADER_IN_FORCE, as a staged one would (loader_stage()); nothing is changed. Calls `fn` for each that
 * would not be allowed what it does now. The number of all that were judged, or -errno.
 */
#define LOADER_IN_FORCE UINT32_MAX
int loader_sweep(struct loader *l, uint32_t image_slot,
		 void (*fn)(const struct postern_sighting *s, void *arg), void *arg);

/*
 * The same in portions, for who has other things to do in between. A step answers 1 while there may be
 * more, 0 at the end, or -errno. A socket that comes or goes meanwhile can hide another one from a
 * sweep: its packets are judged all the same, and the next sweep sees it.
 */
struct loader_sweep;
int loader_sweep_begin(struct loader *l, uint32_t image_slot, struct loader_sweep **ret);
int loader_sweep_step(struct loader_sweep *s,
		      void (*fn)(const struct postern_sighting *seen, void *arg), void *arg);
size_t loader_sweep_seen(const struct loader_sweep *s);
void loader_sweep_end(struct loader_sweep **s);

/*
 * When the next of the flows that were admitted may lapse by time alone: boot ns, 0 when none does. Of
 * all that were admitted since the last sweep by the image in force began, and all that it has seen.
 */
int loader_lapse(struct loader *l, uint64_t *ret);

/* Whether the image in force asks for digests of executables. */
bool loader_wants_digests(struct loader *l);

/*
 * Contents that somebody waits for: calls `fn` with each and a record of a process that runs it; one that
 * `fn` answers true to is waited for no more. At most 1024 a call. Their number or -errno.
 */
int loader_wanted(struct loader *l,
		  bool (*fn)(const struct postern_digest_key *key,
			     const struct postern_process *record, void *arg),
		  void *arg);

/*
 * Makes the executables of all known processes waited for, if they are not verified, as far as there is
 * room: for an image that is new in force. 0 or -errno.
 */
int loader_want_all(struct loader *l);

/* What a file's content is, once it was read and hashed. 0 or -errno. */
int loader_digest_put(struct loader *l, const struct postern_digest_key *key, const char hex[64]);
/* Whether it is known. */
bool loader_digest_known(struct loader *l, const struct postern_digest_key *key);

/*
 * Removes links and maps: nothing is enforced afterwards. For `--detach`, tests and uninstalling. 0 or -errno;
 * -ENOTEMPTY: a posternd that runs pins them again all the while.
 */
int loader_detach(const struct loader_config *cfg);

/* ---- the offline kernel engine ------------------------------------------------------------------------------ */

/*
 * Runs the syscall program over a loaded image: same look-ups, same maps, no hooks. The loader was opened with pin NULL
 * or not; `image_id` as loader_stage() gave it. 0 or -errno.
 */
int loader_ask(struct loader *l, struct postern_ask *ask,
	       const struct text texts[POSTERN_ASK_TEXTS]);

/* Fills a slot without putting it in force; *ret_slot for postern_ask.slot. Replaces what was staged before. */
int loader_stage(struct loader *l, const struct image *image, struct diags *d, uint32_t *ret_slot);
/* The id of the image in a slot; 0 when there is none. */
uint32_t loader_image_id(struct loader *l, uint32_t slot);
