/* SPDX-License-Identifier: BSD-2-Clause */
/* The controller's rounds. */
#include "daemon/watch.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "daemon/log.h"
#include "daemon/names.h"
#include "daemon/notify.h"
#include "daemon/push.h"
#include "daemon/state.h"

enum { NAMES_EVERY = 5 }; /* rounds */

/* What would be different if the file, or where the link leads, were another. */
static void put_file(struct buf *out, const char *path)
{
	struct stat link = { 0 }, file = { 0 };

	(void)lstat(path, &link);
	(void)stat(path, &file);
	buf_printf(out, "%llu %llu %lld.%09ld %llu %llu %lld.%09ld\n",
		   (unsigned long long)link.st_dev, (unsigned long long)link.st_ino,
		   (long long)link.st_ctim.tv_sec, link.st_ctim.tv_nsec,
		   (unsigned long long)file.st_dev, (unsigned long long)file.st_ino,
		   (long long)file.st_ctim.tv_sec, file.st_ctim.tv_nsec);
}

/* A digest of the files that the host's names come from. 0 or -errno. */
static int look_at_names(const struct deployment *dep, char ret[65])
{
	_cleanup_names_ struct names n = NAMES_INIT;
	_cleanup_buf_ struct buf all = BUF_INIT;
	int r = names_collect(dep->rules.set, &n);

	if (r < 0)
		return r;
	put_file(&all, "/etc/passwd");
	put_file(&all, "/etc/group");
	for (size_t i = 0; i < n.n[NAME_PROGRAM]; i++)
		put_file(&all, n.items[NAME_PROGRAM][i]);
	if (buf_error(&all) < 0)
		return buf_error(&all);
	return digest_hex(all.data, all.len, ret);
}

/* The names stand for something else now: whether that changes the binding, and if so, the image. */
static void bind_again(struct controller *c)
{
	_cleanup_host_binding_ struct host_binding *now = NULL;
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct deployment *dep = controller_active(c);

	if (host_binding_new(dep->rules.set, &d, &now) == 0 &&
	    strcmp(now->digest, dep->binding->digest) == 0)
		return;
	diags_free(&d);
	if (push_again(c, &d).answer)
		controller_set_problem(
			c,
			"the policies' names could not be looked up again; what was known stays in "
			"force; try: systemctl reload posternd");
	else
		log_info("names of the policies stand for something else now: bound again");
	log_diags(&d);
}

void watch_names(struct controller *c, bool always)
{
	char digest[65];
	bool changed;

	if (!controller_active(c) || look_at_names(controller_active(c), digest) < 0)
		return;
	changed = strcmp(digest, c->names_digest) != 0;
	/* The first look is right after binding: there is nothing to compare with. */
	if (always || (changed && c->names_digest[0]))
		bind_again(c);
	memcpy(c->names_digest, digest, sizeof(digest));
}

static void watch_end(struct controller *c)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	const struct deployment *dep = controller_active(c);

	if (!dep || !deployment_must_lapse(dep, clock_real_ms()))
		return;
	if (push_again(c, &d).answer)
		controller_set_problem(
			c,
			"the bundle has ended, but its permits are still in force; try: push its successor");
	else
		log_warning(
			"bundle %s %llu has ended: only its essential permits and its forbids are left; try: push "
			"its successor",
			dep->bundle->name, (unsigned long long)dep->bundle->version);
	log_diags(&d);
}

/* Says a change of state once, to the log and to systemd. */
static void watch_state(struct controller *c)
{
	enum state now = state_of(c);
	char message[64];

	if (now == c->state)
		return;
	if (now == STATE_DEGRADED)
		log_error("state: degraded; try: postern status");
	else
		log_info("state: %s", state_name(now));
	c->state = now;
	(void)snprintf(message, sizeof(message), "STATUS=%s", state_name(now));
	(void)notify(message);
}

void watch(struct controller *c)
{
	watch_end(c);
	if (c->rounds++ % NAMES_EVERY == 0)
		watch_names(c, false);
	watch_state(c);
	if (c->watchdog_ms)
		(void)notify("WATCHDOG=1");
}
