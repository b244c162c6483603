/* SPDX-License-Identifier: BSD-2-Clause */
/* The first root document of a host. */
#include "bundle/refusal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/file.h"
#include "bundle/state.h"

static int has_root(struct diags *d, const char *dir)
{
	diag_error(d, "trust", NOWHERE,
		   "keep it; to start anew, remove the state directory with all it remembers",
		   "%s already has a root document, which is never replaced", dir);
	return BUNDLE_E_TRUST;
}

static int unwritable(struct diags *d, const char *dir, const char *name, int r)
{
	diag_error(d, "trust-write", NOWHERE, "make room, or run it as the owner of the directory",
		   "cannot write %s/%s: %s", dir, name, strerror(-r));
	return r;
}

/* A trust.json without a root document: it may only be completed by the root that it names. */
static int check_left_over(const char *dir, struct diags *d, const char digest[65])
{
	struct remembered left;
	int r = state_load(dir, d, &left);

	if (r != 0)
		return r;
	if (strcmp(left.root_digest, digest) != 0)
		return refusal(d, BUNDLE_E_TRUST, "%s/%s is of another root document", dir,
			       TRUST_FILE);
	return BUNDLE_OK;
}

/*
 * -ENOENT: nothing is there. BUNDLE_OK: a trust.json that this root completes. Else an answer, or
 * -errno.
 */
static int check_vacant(const char *dir, struct diags *d, const char digest[65])
{
	_cleanup_free_ char *bytes = NULL;
	size_t len = 0;
	int r = state_read(dir, ROOT_FILE, &bytes, &len);

	if (r < 0 && r != -ENOENT)
		return state_unreadable(d, dir, ROOT_FILE, r);
	if (r == 0)
		return has_root(d, dir);
	return check_left_over(dir, d, digest);
}

/* Two at once would leave the state of one beside the root of the other. An fd that holds the lock. */
static int lock_directory(const char *dir)
{
	_cleanup_close_ int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || flock(fd, LOCK_EX) < 0)
		return -errno;
	return TAKE_FD(fd);
}

/* trust.json first: a crash in between leaves what the next run completes. */
static int install(const char *dir, const struct remembered *state, struct diags *d)
{
	int r = check_vacant(dir, d, state->root_digest);

	if (r != -ENOENT)
		return r;
	r = state_store(dir, state);
	return r < 0 ? unwritable(d, dir, TRUST_FILE, r) : BUNDLE_OK;
}

int trust_init(const char *dir, const uint8_t *bytes, size_t len, struct diags *d)
{
	struct remembered state = { .time_floor_ms = clock_real_ms() };
	_cleanup_free_ struct root *root = calloc(1, sizeof(*root));
	_cleanup_close_ int lock = -1;
	int r;

	if (!root)
		return -ENOMEM;
	r = root_open(bytes, len, d, root, state.root_digest);
	if (r != BUNDLE_OK)
		return r;
	if (root->not_after_ms && root->not_after_ms <= state.time_floor_ms)
		return refusal(d, BUNDLE_E_EXPIRED, "the root document has expired");
	r = dir_make(dir, 0700);
	if (r == 0)
		lock = r = lock_directory(dir);
	if (r < 0)
		return unwritable(d, dir, TRUST_FILE, r);
	state.root_version = root->version;
	r = install(dir, &state, d);
	if (r != BUNDLE_OK)
		return r;
	r = state_write(dir, ROOT_FILE, bytes, len);
	return r < 0 ? unwritable(d, dir, ROOT_FILE, r) : BUNDLE_OK;
}
