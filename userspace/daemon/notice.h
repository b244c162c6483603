/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What changes who decides, as an entry of the journal with a MESSAGE_ID of its own, so that it is found by
 * what it is; on a host without a journal, as a line of the log like any other.
 */
#pragma once

#include "daemon/log.h"

struct control_peer;
struct controller;

enum notice_kind {
	NOTICE_ROOT, /* another root document is in force */
	NOTICE_OBSERVE, /* enforcing is suspended */
	NOTICE_ENFORCE, /* and goes on */
	NOTICE_DETACH, /* nothing is enforced any more */
	NOTICE_CONFIRM, /* a bundle on trial stays */
	NOTICE_ROLLBACK, /* somebody went back to a bundle */
	NOTICE_LAPSE, /* a trial ended, as nobody confirmed it */
	NOTICES,
};

struct notice {
	enum notice_kind kind;
	enum log_level level;
	const struct control_peer *who; /* borrowed: who asked for it; NULL: nobody, it was time */
	uint64_t version; /* that is in force now, of a root document or a bundle; 0: none */
	uint64_t before; /* that was; 0: none, or it does not matter */
	const char *reason; /* as it was given; NULL */
};

/* Says it, in these words. A text has no line breaks. */
void notice_say(struct controller *c, const struct notice *n, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
