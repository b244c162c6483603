/* SPDX-License-Identifier: BSD-2-Clause */
/* Looking at the device: one timer on the boot clock says when, inotify can say sooner. */
#include "daemon/posture.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/timerfd.h>

#include "base/clock.h"
#include "base/file.h"
#include "daemon/conditions.h"
#include "daemon/guard.h"
#include "daemon/log.h"
#include "posture/posture.h"

enum {
	PERIOD_MS = 30000,
	AGAIN_MS = 5000, /* to see for the second time what was good once */
	SETTLE_MS = 200, /* changes come in swarms */
	CUSTOM_MAX = POSTERN_POSTURE_CUSTOM_MAX + POSTURE_FACTS,
};

/* Where a change is noticed, and of which file of the directory; NULL: of any. */
static const struct {
	const char *dir, *file;
} noticed[] = {
	{ POSTURE_CUSTOM_DIR, NULL },  { "/run", "reboot-required" }, { "/etc", "os-release" },
	{ "/var/lib/dpkg", "status" }, { "/var/lib/rpm", NULL },
};

enum { NOTICED = sizeof(noticed) / sizeof(noticed[0]) };

struct posture_watch {
	int root; /* owned, as the others are */
	int timer;
	int changes; /* inotify */
	int watched[NOTICED]; /* its numbers of what is noticed */
	bool mended; /* the enforcer, since before the last reading */
	struct posture reading;
	struct posture_history history;
	struct text custom[CUSTOM_MAX]; /* of the controller's device: borrowed from the history */
};

static void next_in(const struct posture_watch *w, int64_t ms)
{
	const struct itimerspec when = { .it_value = { .tv_sec = ms / 1000,
						       .tv_nsec = ms % 1000 * 1000000 + 1 } };

	if (timerfd_settime(w->timer, 0, &when, NULL) < 0)
		log_error(
			"the timer of posture cannot be set: %s; after 90 s no fact of the device "
			"counts; try: restart posternd",
			strerror(errno));
}

static void arm(const struct posture_watch *w, int64_t now_ms)
{
	int64_t ms = posture_is_pending(&w->history) || w->mended ? AGAIN_MS : PERIOD_MS;
	int64_t end = posture_next_end(&w->history.last);

	if (end != INT64_MAX && end - now_ms < ms)
		ms = end > now_ms ? end - now_ms : 0;
	next_in(w, ms);
}

/* Directories come and go; one that is watched already stays so. */
static void notice(const struct controller *c)
{
	char path[4096];

	for (size_t i = 0; i < NOTICED; i++) {
		(void)snprintf(path, sizeof(path), "%s%s", c->config->text[CONFIG_POSTURE],
			       noticed[i].dir);
		c->posture->watched[i] = inotify_add_watch(
			c->posture->changes, path,
			IN_CLOSE_WRITE | IN_MOVE | IN_CREATE | IN_DELETE | IN_ATTRIB | IN_ONLYDIR);
	}
}

/* What policies may ask for as custom facts: those of posture.d, and ours without an attribute. */
static size_t custom_of(struct posture_watch *w, int64_t now_ms, uint64_t boot_ns)
{
	const struct posture_history *h = &w->history;
	size_t n = 0;

	for (size_t i = 0; i < h->last.n_custom; i++)
		if (posture_custom_holds(h, i, now_ms, boot_ns))
			w->custom[n++] = (struct text){ h->last.custom[i].name,
							strlen(h->last.custom[i].name) };
	for (int i = 0; i < POSTURE_FACTS; i++) {
		const struct posture_row *row = posture_row((enum posture_fact)i);

		if (!row->attribute && posture_holds(h, (enum posture_fact)i, boot_ns))
			w->custom[n++] = (struct text){ row->name, strlen(row->name) };
	}
	return n;
}

static void fill_device(struct controller *c, int64_t now_ms, uint64_t boot_ns)
{
	struct posture_watch *w = c->posture;
	const struct posture_history *h = &w->history;
	const uint64_t t = boot_ns;

	c->device = (struct context){
		.secure_boot = posture_holds(h, POSTURE_SECURE_BOOT, t),
		.lockdown = posture_holds(h, POSTURE_LOCKDOWN, t),
		.disk_encrypted = posture_holds(h, POSTURE_DISK_ENCRYPTED, t),
		.tpm2 = posture_holds(h, POSTURE_TPM2, t),
		.untainted = posture_holds(h, POSTURE_UNTAINTED, t),
		.modules_signed = posture_holds(h, POSTURE_MODULES_SIGNED, t),
		.aslr = posture_holds(h, POSTURE_ASLR, t),
		.ptrace_restricted = posture_holds(h, POSTURE_PTRACE_RESTRICTED, t),
		.unprivileged_bpf_off = posture_holds(h, POSTURE_UNPRIVILEGED_BPF_OFF, t),
		.updates_age_ms = posture_age(h, POSTURE_UPDATES_AGE, t),
		.uptime_ms = posture_age(h, POSTURE_UPTIME, t),
		.custom = w->custom,
		.n_custom = custom_of(w, now_ms, t),
	};
	c->device_known = true;
}

/* One reading. Whether what counts changed. */
static bool look(struct controller *c)
{
	struct posture_watch *w = c->posture;
	struct guard_word word = guard_word(c);
	struct posture_view view = {
		.root = w->root,
		.now_ms = clock_real_ms(),
		.boot_ns = clock_boot_ns(),
		.enforcer = word.intact ? POSTURE_GOOD : POSTURE_BAD,
		.enforcer_found = word.why,
	};
	bool changed;

	w->mended = word.mended;
	posture_read(&view, &w->reading);
	changed = posture_history_add(&w->history, &w->reading, view.now_ms);
	fill_device(c, view.now_ms, view.boot_ns);
	return changed;
}

/* The names of what holds, before and after: what was lost or won is said once. */
static void say_changes(const struct posture_watch *w, const bool was[POSTURE_FACTS])
{
	for (int i = 0; i < POSTURE_FACTS; i++) {
		const struct posture_row *row = posture_row((enum posture_fact)i);

		if (was[i] && !w->history.held[i])
			log_warning("posture: %s no longer holds: %s; try: %s", row->name,
				    w->history.last.fact[i].found, row->hint);
		else if (!was[i] && w->history.held[i])
			log_info("posture: %s holds", row->name);
	}
}

static void on_time(void *arg)
{
	struct controller *c = arg;
	struct posture_watch *w = c->posture;
	bool was[POSTURE_FACTS];
	uint64_t expired;

	(void)!read(w->timer, &expired, sizeof(expired));
	memcpy(was, w->history.held, sizeof(was));
	notice(c);
	if (look(c))
		say_changes(w, was);
	conditions_publish(c);
	arm(w, clock_real_ms());
}

/* Whether an event is of a file that matters, or of one that was lost count of. */
static bool matters(const struct posture_watch *w, const struct inotify_event *e)
{
	for (size_t i = 0; i < NOTICED; i++)
		if (w->watched[i] == e->wd)
			return !noticed[i].file ||
			       (e->len && strcmp(e->name, noticed[i].file) == 0);
	return e->mask & IN_Q_OVERFLOW;
}

static void on_change(void *arg)
{
	struct controller *c = arg;
	char buf[8192] __attribute__((aligned(__alignof__(struct inotify_event))));
	ssize_t n = read(c->posture->changes, buf, sizeof(buf));
	bool any = false;

	for (ssize_t at = 0; at < n;) {
		const struct inotify_event *e = (const void *)(buf + at);

		any |= matters(c->posture, e);
		at += (ssize_t)(sizeof(*e) + e->len);
	}
	if (any)
		next_in(c->posture, SETTLE_MS);
}

void posture_soon(struct controller *c)
{
	if (c->posture)
		next_in(c->posture, 0);
}

/* Facts of the host's own have a place from the start, so that it is watched. */
static int make_places(const struct controller *c, struct diags *d)
{
	const char *root = c->config->text[CONFIG_POSTURE];
	char path[4096];
	int r;

	(void)snprintf(path, sizeof(path), "%s" POSTURE_CUSTOM_DIR, root);
	r = dir_make(path, 0755);
	if (r < 0)
		diag_warning(d, "posture", NOWHERE, "make the directory",
			     "cannot make %s: %s; there are no custom facts", path, strerror(-r));
	c->posture->root = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (c->posture->root >= 0)
		return 0;
	r = -errno;
	diag_error(d, "posture", NOWHERE, "name the root of the host with the setting posture",
		   "cannot open %s: %s", root, strerror(-r));
	return r;
}

int posture_open(struct controller *c, struct diags *d)
{
	struct posture_watch *w = calloc(1, sizeof(*w));
	int r;

	if (!w)
		return -ENOMEM;
	w->root = -1;
	c->posture = w;
	w->timer = timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK | TFD_CLOEXEC);
	w->changes = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (w->timer < 0 || w->changes < 0)
		return -errno;
	r = make_places(c, d);
	if (r < 0)
		return r;
	(void)look(c);
	(void)look(c);
	return 0;
}

int posture_start(struct controller *c)
{
	int r = loop_fd(c->loop, c->posture->timer, on_time, c);

	if (r == 0)
		r = loop_fd(c->loop, c->posture->changes, on_change, c);
	if (r == 0)
		notice(c);
	if (r == 0)
		arm(c->posture, clock_real_ms());
	return r;
}

void posture_close(struct posture_watch **w)
{
	if (!*w)
		return;
	cleanup_close(&(*w)->root);
	cleanup_close(&(*w)->timer);
	cleanup_close(&(*w)->changes);
	free(*w);
	*w = NULL;
}

json_t *posture_answer(const struct controller *c)
{
	return posture_json(&c->posture->history, clock_real_ms(), clock_boot_ns());
}
