/* SPDX-License-Identifier: BSD-2-Clause */
/* Inside of a loader: the loaded object, what is pinned and attached, and the images in their slots. */
#pragma once

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <postern/guard.h>

#include "loader/loader.h"
#include "loader/programs.h"

#define PIN_PATH_MAX 512
#define PIN_NAME_MAX 64 /* of that, below the directory */

struct postern_bpf; /* the skeleton: only files that need it include it */
struct ring_buffer;

/* The maps that the loader has to do with; the others it only pins, counts and guards. */
enum map_id {
	MAP_ASK_TEXTS,
	MAP_CGROUPS,
	MAP_CONDITIONS,
	MAP_COUNTERS,
	MAP_DESCRIPTORS,
	MAP_DIGESTS,
	MAP_EPOCH,
	MAP_EVENTS,
	MAP_GENERATION,
	MAP_IMAGES,
	MAP_LAPSES,
	MAP_LEDGER,
	MAP_LONG_PATHS,
	MAP_OWN,
	MAP_PROCESSES,
	MAP_SESSIONS,
	MAP_SWEEPING,
	MAP_WANTED,
	MAPS_NAMED,
	MAPS_MAX = 64,
};

struct kept_map {
	int fd; /* -1: none */
	uint32_t max; /* entries */
	bool pinned; /* has a pin, when there are pins */
	char name[32];
};

/* A slot's image: in the kernel, and looked at through a mapping for as long as that takes. */
struct held {
	uint32_t image_id; /* 0: nothing in this slot */
	uint32_t lines;
	int fd; /* of its map, if there is one */
};

struct loader {
	struct postern_bpf *skel; /* until it is loaded; then NULL */
	struct kept_map map[MAPS_MAX]; /* by enum map_id, and behind those the others */
	size_t maps;
	int program_fd[PROGRAMS]; /* -1: not loaded */
	enum bpf_attach_type attach_type[PROGRAMS];
	char *pin; /* owned; NULL: offline engine */
	bool guard; /* wanted */
	bool sized_by_host; /* nobody said for how many processes */
	uint32_t programs; /* version of ours */
	char *cgroup; /* owned: its path; NULL: offline engine */
	int cgroup_fd;
	uint64_t cgroup_id;
	int link_fd[PROGRAMS];
	bool absent[PROGRAMS]; /* this kernel has no such hook */
	struct held held[POSTERN_SLOTS];
	uint32_t staged; /* slot; POSTERN_SLOTS: none */
	struct ring_buffer *ring;
	struct event_sink *sink; /* of the drain that runs; NULL outside */
	char *texts; /* ask_texts, mapped; NULL until asked */
};

/* load.c: the object is there from the first of these to the end of the second. 0 or -errno. */
int object_open(struct loader *l, const struct loader_config *cfg, struct diags *d);
int object_load(struct loader *l, struct diags *d);
void object_close(struct loader *l);

/* kept.c: descriptors of what was loaded, which stay. 0 or -errno. */
void kept_begin(struct loader *l);
int kept_take(struct loader *l);
void kept_close(struct loader *l);
int map_fd(const struct loader *l, enum map_id m);
/* -1 when it was not loaded, -ENOENT */
int program_fd(const struct loader *l, const char *name);

/* maps.c: PIN/maps/<name> */
int maps_prepare(struct loader *l, const struct loader_config *cfg, struct diags *d);
int maps_adopt(struct loader *l, struct diags *d);
int maps_pin(struct loader *l, struct diags *d);
void maps_mend(struct loader *l, struct loader_mended *ret);
bool maps_are_pinned(const struct loader *l);
int ledger_read(const struct loader *l, struct postern_ledger *ret);
int ledger_write(const struct loader *l, const struct postern_ledger *ledger);

/* links.c: PIN/links/<program> */
int links_follow(struct loader *l, bool *ret_gap, struct diags *d);
int links_adopt(struct loader *l, struct diags *d);
int links_attach(struct loader *l, struct diags *d);
void links_drop(struct loader *l, const bool *which);
void links_mend(struct loader *l, struct loader_mended *ret);

/* guard.c */
int guard_arm(struct loader *l, struct diags *d);

/* hooks.c */
uint32_t program_id(int fd);
bool link_runs(const struct loader *l, size_t i, uint32_t prog_id);

/* latch.c */
int latch_older(struct loader *l, bool anew, struct diags *d);

/* adopt.c */
int adopt_older(struct loader *l);

/* slot.c */
int slot_fill(struct loader *l, uint32_t slot, const struct image *image, uint32_t *ret_image_id);
void slots_begin(struct loader *l);
void slots_adopt(struct loader *l);
void slots_release(struct loader *l);
int slot_free(const struct loader *l, uint32_t *ret_slot);
/* An image, mapped read-only; its memory counts as ours meanwhile. 0, -ENOENT for an empty slot, -errno. */
int held_map(const struct held *h, const struct postern_line **ret);
void held_unmap(const struct held *h, const struct postern_line *line);
int slot_fallback(const struct loader *l, uint32_t image_id, uint32_t *ret);

/* force.c: the generation word and its descriptor */
int force_read(const struct loader *l, uint32_t *ret_word, struct postern_descriptor *ret);
int force_store(const struct loader *l, const struct postern_descriptor *desc,
		uint32_t *ret_before);
int force_restore(const struct loader *l, uint32_t word);
uint32_t force_slot(const struct postern_descriptor *desc);

/* conditions.c: the same conditions under a new epoch word. 0 or -errno. */
int epoch_move(const struct loader *l);

/* cgroups.c */
void cgroups_sweep(const struct loader *l);

/* bpffs.c */
int bpffs_ensure(const char *pin, struct diags *d);
bool bpffs_is(const char *path);

/* speech.c: what libbpf says while we load, for the message of a failure */
void speech_begin(void);
const char *speech_end(void);
