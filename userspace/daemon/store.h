/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What survives a restart, under the state directory:
 *
 *   trust.json, root.postern     whom the host trusts and what it accepted: bundle/ writes them
 *   bundles/V-DIGEST.postern     accepted containers, written before they are applied
 *   revoke.postern               the revoke document, as it came
 *   counters.json                how often each token said it had signed
 *   active.json                  which of them the kernel has, and how it was bound
 *   rollout.json                 which is to be in force, which is tried, which were: see rollout_record.h
 *   lock                         one controller a state directory
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/diag.h"

struct store {
	const char *dir; /* borrowed */
	int lock; /* owned */
};

#define STORE_INIT ((struct store){ .lock = -1 })

/*
 * Makes the directories (0700) and locks. 0, -EWOULDBLOCK with a diag when another has it, -errno
 * with one.
 */
int store_open(const char *dir, struct diags *d, struct store *ret);
void store_close(struct store *s);

/* A container on disk, and a bundle by its content. */
struct store_entry {
	uint64_t version;
	char digest[65];
};

/* The containers, newest version first. *ret is owned by the caller. 0 or -errno. */
int store_list(const struct store *s, struct store_entry **ret, size_t *ret_n);
/* Reads one whole. 0 or -errno. */
int store_read(const struct store *s, const struct store_entry *e, char **ret, size_t *ret_len);
/* Writes one durably: it is all there after a power cut, or not at all. 0 or -errno. */
int store_write(const struct store *s, const struct store_entry *e, const void *bytes, size_t len);
/* Removes one. */
void store_remove(const struct store *s, const struct store_entry *e);

/* A file of the directory by its name, whole. 0, -ENOENT, -EFBIG, -errno. *ret is owned. */
int store_read_text(const struct store *s, const char *name, char **ret, size_t *ret_len);
/* Replaces it durably (0600). 0 or -errno. */
int store_write_text(const struct store *s, const char *name, const void *bytes, size_t len);

/* What the kernel was given last. */
struct store_active {
	struct store_entry entry;
	char binding[65]; /* digest of the host's names then */
	char boot[37]; /* boot id: what the kernel had, it has no more after a boot */
	uint32_t image_id;
	char facts[65]; /* digest of the device's facts and their numbers */
	int64_t applied_ms;
};

/* 0, -ENOENT, -EBADMSG when it is damaged, -errno. */
int store_read_active(const struct store *s, struct store_active *ret);
int store_write_active(const struct store *s, const struct store_active *a);
/* This boot's id. 0 or -errno. */
int store_boot(char ret[37]);
