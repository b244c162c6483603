/* SPDX-License-Identifier: BSD-2-Clause */
/* Containers in files whose names say which they are, and the lock of the directory. */
#include "daemon/store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <postern/limits.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/vec.h"
#include "bundle/bundle.h"

#define CONTAINER_MAX (POSTERN_BUNDLE_PACKED_MAX + (1u << 20)) /* payload and signatures */

enum { PATH_SIZE = 4096, LOCK_TRIES = 20 };

static int bundles_path(const char *dir, char ret[PATH_SIZE])
{
	int n = snprintf(ret, PATH_SIZE, "%s/bundles", dir);

	return n < 0 || n >= PATH_SIZE ? -ENAMETOOLONG : 0;
}

static int entry_path(const struct store *s, const struct store_entry *e, char ret[PATH_SIZE])
{
	int n = snprintf(ret, PATH_SIZE, "%s/bundles/%" PRIu64 "-%.16s.postern", s->dir, e->version,
			 e->digest);

	return n < 0 || n >= PATH_SIZE ? -ENAMETOOLONG : 0;
}

static int make_directories(const char *dir)
{
	char bundles[PATH_SIZE];
	int r = bundles_path(dir, bundles);

	if (r == 0)
		r = dir_make(dir, 0700);
	return r < 0 ? r : dir_make(bundles, 0700);
}

/* Who rotates the root document by hand holds it for a moment. */
static int take_lock(const char *dir)
{
	const struct timespec nap = { .tv_nsec = 50000000 };
	int r = trust_lock(dir);

	for (int i = 0; i < LOCK_TRIES && r == -EWOULDBLOCK; i++) {
		(void)nanosleep(&nap, NULL);
		r = trust_lock(dir);
	}
	return r;
}

int store_open(const char *dir, struct diags *d, struct store *ret)
{
	int r = make_directories(dir), lock;

	if (r < 0) {
		diag_error(d, "state", NOWHERE,
			   "make it writable for posternd, or name another with --state",
			   "cannot use the state directory %s: %s", dir, strerror(-r));
		return r;
	}
	lock = take_lock(dir);
	if (lock < 0) {
		diag_error(
			d, "state", NOWHERE,
			"stop the other one, or give this one its own --state, --runtime and --pin",
			lock == -EWOULDBLOCK ? "another posternd uses the state directory %s"
					     : "cannot lock the state directory %s",
			dir);
		return lock;
	}
	*ret = (struct store){ .dir = dir, .lock = lock };
	return 0;
}

void store_close(struct store *s)
{
	if (s->lock >= 0)
		(void)close(s->lock);
	*s = STORE_INIT;
}

/* "42-0123456789abcdef.postern". Only the start of the digest is in the name. */
static bool parse_name(const char *name, struct store_entry *ret)
{
	struct store_entry e = { 0 };
	char again[64];

	/* NOLINTNEXTLINE(cert-err34-c): printed again and compared below */
	if (sscanf(name, "%" SCNu64 "-%16[0-9a-f]", &e.version, e.digest) != 2 ||
	    strlen(e.digest) != 16)
		return false;
	(void)snprintf(again, sizeof(again), "%" PRIu64 "-%.16s.postern", e.version, e.digest);
	if (strcmp(again, name) != 0)
		return false;
	*ret = e;
	return true;
}

static int newest_first(const void *a, const void *b)
{
	uint64_t x = ((const struct store_entry *)a)->version;
	uint64_t y = ((const struct store_entry *)b)->version;

	return x < y ? 1 : x > y ? -1 : 0;
}

int store_list(const struct store *s, struct store_entry **ret, size_t *ret_n)
{
	VEC(struct store_entry) found = { 0 };
	_cleanup_closedir_ DIR *dir = NULL;
	const struct dirent *file;
	char path[PATH_SIZE];
	int r = bundles_path(s->dir, path);

	if (r < 0)
		return r;
	dir = opendir(path);
	if (!dir)
		return -errno;
	while (r == 0 && (file = readdir(dir)) != NULL) {
		struct store_entry e;

		if (parse_name(file->d_name, &e))
			r = vec_push(&found, e);
	}
	if (r < 0) {
		vec_free(&found);
		return r;
	}
	if (found.n > 1)
		qsort(found.items, found.n, sizeof(*found.items), newest_first);
	*ret = found.items;
	*ret_n = found.n;
	return 0;
}

int store_read(const struct store *s, const struct store_entry *e, char **ret, size_t *ret_len)
{
	char path[PATH_SIZE];
	int r = entry_path(s, e, path);

	return r < 0 ? r : file_read(AT_FDCWD, path, CONTAINER_MAX, ret, ret_len);
}

int store_write(const struct store *s, const struct store_entry *e, const void *bytes, size_t len)
{
	char path[PATH_SIZE];
	int r = entry_path(s, e, path);

	return r < 0 ? r : file_write_atomic(AT_FDCWD, path, bytes, len, 0600);
}

void store_remove(const struct store *s, const struct store_entry *e)
{
	char path[PATH_SIZE];

	if (entry_path(s, e, path) == 0)
		(void)unlink(path);
}

static int text_path(const struct store *s, const char *name, char ret[PATH_SIZE])
{
	int n = snprintf(ret, PATH_SIZE, "%s/%s", s->dir, name);

	return n < 0 || n >= PATH_SIZE ? -ENAMETOOLONG : 0;
}

int store_read_text(const struct store *s, const char *name, char **ret, size_t *ret_len)
{
	char path[PATH_SIZE];
	int r = text_path(s, name, path);

	return r < 0 ? r : file_read(AT_FDCWD, path, CONTAINER_MAX, ret, ret_len);
}

int store_write_text(const struct store *s, const char *name, const void *bytes, size_t len)
{
	char path[PATH_SIZE];
	int r = text_path(s, name, path);

	return r < 0 ? r : file_write_atomic(AT_FDCWD, path, bytes, len, 0600);
}
