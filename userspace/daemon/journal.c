/* SPDX-License-Identifier: BSD-2-Clause */
/* One datagram an entry, as many as a token bucket lets through. */
#include "daemon/journal.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/cleanup.h"
#include "daemon/log.h"

enum {
	ENTRY = 1000,
	PER_SECOND = 20,
	BURST = 200,
};

void journal_open(struct journal *j, const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	_cleanup_close_ int fd = -1;

	if (strlen(path) >= sizeof(address.sun_path))
		return;
	memcpy(address.sun_path, path, strlen(path));
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		return;
	j->fd = TAKE_FD(fd);
	j->tokens = (int64_t)BURST * ENTRY;
}

void journal_close(struct journal *j)
{
	if (j->fd >= 0)
		(void)close(j->fd);
	*j = JOURNAL_INIT;
}

/* Whether the bucket, refilled with what time brought, has an entry left. */
static bool may_write(struct journal *j, int64_t now_ms)
{
	int64_t passed = now_ms > j->filled_ms ? now_ms - j->filled_ms : 0;

	if (passed > BURST * ENTRY / PER_SECOND)
		passed = BURST * ENTRY / PER_SECOND;
	j->filled_ms = now_ms;
	j->tokens += passed * PER_SECOND;
	if (j->tokens > (int64_t)BURST * ENTRY)
		j->tokens = (int64_t)BURST * ENTRY;
	if (j->tokens < ENTRY)
		return false;
	j->tokens -= ENTRY;
	return true;
}

int journal_put(struct journal *j, const struct buf *entry)
{
	if (j->fd < 0)
		return -ENOTCONN;
	if (buf_error(entry) < 0)
		return buf_error(entry);
	return send(j->fd, entry->data, entry->len, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

void journal_write(struct journal *j, const struct event *e, int64_t now_ms)
{
	_cleanup_buf_ struct buf entry = BUF_INIT;

	if (j->fd < 0)
		return;
	if (!may_write(j, now_ms)) {
		j->left_out++;
		return;
	}
	if (j->left_out)
		log_warning("%llu denials were left out of the journal; postern trace has them",
			    (unsigned long long)j->left_out);
	j->left_out = 0;
	if (event_journal(e, &entry) < 0 || send(j->fd, entry.data, entry.len, MSG_NOSIGNAL) < 0)
		j->left_out++;
}
