/* SPDX-License-Identifier: BSD-2-Clause */
/* See digest.h. One file at a time; a timer of its own is set to what there is to do. */
#include "daemon/digest.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "bundle/bundle.h"
#include "daemon/log.h"
#include "identity/identity.h"

enum {
	SLICE_BYTES = 4 << 20, /* some ten milliseconds */
	BETWEEN_SLICES_MS = 1,
	BETWEEN_LOOKS_MS = 200,
};

struct digests {
	struct controller *controller;
	int timer;
	bool set; /* the timer will fire */
	uint32_t image_id; /* whose processes have all been looked at */
	int fd; /* of the file being read; -1: none */
	struct postern_digest_key key;
	struct digest_stream *stream;
	uint64_t done; /* bytes */
	char *slice; /* owned, SLICE_BYTES */
};

static void set_timer(struct digests *d, long ms)
{
	const struct itimerspec when = { .it_value.tv_nsec = ms * 1000000 };

	d->set = timerfd_settime(d->timer, 0, &when, NULL) == 0 && ms > 0;
}

static void drop_file(struct digests *d)
{
	cleanup_close(&d->fd);
	d->fd = -1;
	digest_drop(&d->stream);
	d->done = 0;
}

/* What is known by now, or never will be, is not waited for. */
static bool consider(const struct postern_digest_key *key, const struct postern_process *record,
		     void *arg)
{
	struct digests *d = arg;
	int r;

	if (loader_digest_known(d->controller->loader, key) || key->size > POSTERN_DIGEST_BYTES_MAX)
		return true;
	if (d->fd >= 0)
		return false;
	r = identity_content_open(key, record, &d->fd);
	if (r < 0)
		return r != -EAGAIN;
	d->key = *key;
	return true;
}

/* The next file to read, if there is one. */
static void look(struct digests *d)
{
	if (loader_wanted(d->controller->loader, consider, d) < 0 || d->fd < 0)
		return;
	if (digest_begin(&d->stream) < 0)
		drop_file(d);
}

static void finish(struct digests *d)
{
	char hex[65];
	int r;

	if (digest_end(d->stream, hex) < 0 || d->done != d->key.size ||
	    !identity_content_holds(d->fd, &d->key))
		return;
	r = loader_digest_put(d->controller->loader, &d->key, hex);
	if (r < 0)
		log_warning("cannot keep the digest of an executable: %s; it is denied what it is "
			    "granted by digest",
			    strerror(-r));
}

static void read_slice(struct digests *d)
{
	ssize_t n = read(d->fd, d->slice, SLICE_BYTES);

	if (n > 0 && digest_add(d->stream, d->slice, (size_t)n) == 0) {
		d->done += (uint64_t)n;
		if (d->done <= d->key.size)
			return;
	} else if (n < 0 && errno == EINTR) {
		return;
	} else if (n == 0) {
		finish(d);
	}
	drop_file(d);
}

/* Whatever already runs is looked at once an image. */
static void look_at_all(struct digests *d)
{
	uint32_t id;

	if (loader_active(d->controller->loader, NULL, &id) == 0 && id != d->image_id &&
	    loader_want_all(d->controller->loader) == 0)
		d->image_id = id;
}

static void on_timer(void *arg)
{
	struct digests *d = arg;
	bool reading = d->fd >= 0;
	uint64_t fired;

	if (read(d->timer, &fired, sizeof(fired)) < 0)
		return;
	if (!loader_wants_digests(d->controller->loader)) {
		drop_file(d);
		set_timer(d, 0);
		return;
	}
	look_at_all(d);
	if (reading)
		read_slice(d);
	else
		look(d);
	/* when one is done the next may wait already: only nothing to do is slept over */
	set_timer(d, reading || d->fd >= 0 ? BETWEEN_SLICES_MS : BETWEEN_LOOKS_MS);
}

void digests_look(struct controller *c)
{
	if (!c->digests->set && loader_wants_digests(c->loader))
		set_timer(c->digests, BETWEEN_SLICES_MS);
}

int digests_start(struct controller *c)
{
	struct digests *d = calloc(1, sizeof(*d));

	if (!d)
		return -ENOMEM;
	c->digests = d;
	d->controller = c;
	d->fd = -1;
	d->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (d->timer < 0)
		return -errno;
	d->slice = malloc(SLICE_BYTES);
	if (!d->slice)
		return -ENOMEM;
	/* how the kernel says that somebody waits to write a file that is being read */
	(void)signal(SIGIO, SIG_IGN);
	digests_look(c);
	return loop_fd(c->loop, d->timer, on_timer, d);
}

void digests_stop(struct digests **d)
{
	if (!*d)
		return;
	drop_file(*d);
	cleanup_close(&(*d)->timer);
	free((*d)->slice);
	free(*d);
	*d = NULL;
}
