/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Denials in the systemd journal, beside the service that they are about. A flood of them is cut short
 * and counted: the journal is for people, `postern trace` has them all.
 */
#pragma once

#include <stdint.h>

#include "base/buf.h"
#include "events/events.h"

#define JOURNAL_SOCKET "/run/systemd/journal/socket"

struct journal {
	int fd; /* -1: there is no journal on this host */
	int64_t tokens; /* thousandths of an entry that may still be written */
	int64_t filled_ms;
	uint64_t left_out; /* since the last entry */
};

#define JOURNAL_INIT ((struct journal){ .fd = -1 })

/* Connects to the journal's socket; a host without one is no failure. */
void journal_open(struct journal *j, const char *path);
void journal_close(struct journal *j);

/* Writes an entry, whatever is left of the room for denials; never waits. 0, -ENOTCONN without a journal, -errno. */
int journal_put(struct journal *j, const struct buf *entry);

/* Writes an entry about a denial or would-be denial; never waits. */
void journal_write(struct journal *j, const struct event *e, int64_t now_ms);
