/* SPDX-License-Identifier: BSD-2-Clause */
/* See notice.h. The journal's native protocol, as in events/journal.c. */
#include "daemon/notice.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/buf.h"
#include "daemon/controller.h"

/* Of the message catalog, tools/install/systemd/postern.catalog. */
#define MESSAGE_ROOT "5a609149e8bf4763b3e302c215525c0e"
#define MESSAGE_OBSERVE "b92500c8397c4285b11603917d9738f1"
#define MESSAGE_ENFORCE "aa00ec3a1f73442382c013483e6800ba"
#define MESSAGE_DETACH "dcee23899f7845909fbe5f37f9455caf"
#define MESSAGE_CONFIRM "ba0c6902d82945e7951b0d09690d0be0"
#define MESSAGE_ROLLBACK "8b8497ac00f843668eb317dc6c32458b"
#define MESSAGE_LAPSE "af4e78c0a9b04d98bd7530a370719b58"

static const char *const messages[NOTICES] = {
	[NOTICE_ROOT] = MESSAGE_ROOT,	    [NOTICE_OBSERVE] = MESSAGE_OBSERVE,
	[NOTICE_ENFORCE] = MESSAGE_ENFORCE, [NOTICE_DETACH] = MESSAGE_DETACH,
	[NOTICE_CONFIRM] = MESSAGE_CONFIRM, [NOTICE_ROLLBACK] = MESSAGE_ROLLBACK,
	[NOTICE_LAPSE] = MESSAGE_LAPSE,
};

static void put_number(struct buf *out, const char *key, uint64_t value)
{
	if (value)
		buf_printf(out, "%s=%" PRIu64 "\n", key, value);
}

/* The entry; an error of `out` is found by whoever sends it. */
static void put(const struct notice *n, const char *text, struct buf *out)
{
	bool root = n->kind == NOTICE_ROOT;

	buf_printf(out, "MESSAGE=%s\nMESSAGE_ID=%s\nPRIORITY=%d\nSYSLOG_IDENTIFIER=posternd\n",
		   text, messages[n->kind], log_priority(n->level));
	put_number(out, root ? "POSTERN_ROOT_VERSION" : "POSTERN_BUNDLE_VERSION", n->version);
	put_number(out, root ? "POSTERN_ROOT_BEFORE" : "POSTERN_BUNDLE_BEFORE", n->before);
	if (n->who)
		buf_printf(out, "POSTERN_UID=%u\nOBJECT_PID=%d\n", (unsigned)n->who->uid,
			   (int)n->who->pid);
	if (n->reason)
		buf_printf(out, "POSTERN_REASON=%s\n", n->reason);
}

void notice_say(struct controller *c, const struct notice *n, const char *fmt, ...)
{
	_cleanup_buf_ struct buf entry = BUF_INIT;
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	put(n, text, &entry);
	/* where the log is the journal, too, once is enough */
	if (journal_put(&c->journal, &entry) < 0 || !log_is_journal())
		log_line(n->level, "%s", text);
}
