/* SPDX-License-Identifier: BSD-2-Clause */
/* A made-up root directory, and one reading below it. *state is its path, as tmpdir_make() made it. */
#pragma once

#include "posture/posture.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <sys/stat.h>

#include "base/file.h"

#include "cm.h"
#include "tmpdir.h"

#define NOW_MS INT64_C(1767225600000) /* 2026-01-01 */
#define NOW_BOOT_NS UINT64_C(5000000000000)

/* Where a path below the root is. Static: good until the next call. */
static inline const char *root_path(void **state, const char *path)
{
	static char full[4096];

	(void)snprintf(full, sizeof(full), "%s%s", (const char *)*state, path);
	return full;
}

/* Makes the directories that a path below the root needs, but not itself. */
static inline void root_parents(void **state, const char *path)
{
	char full[4096], *slash;

	(void)snprintf(full, sizeof(full), "%s", root_path(state, path));
	for (slash = full + strlen(*state); (slash = strchr(slash + 1, '/'));) {
		*slash = '\0';
		assert_true(mkdir(full, 0755) == 0 || errno == EEXIST);
		*slash = '/';
	}
}

static inline void root_bytes(void **state, const char *path, const char *bytes, size_t len)
{
	int fd;

	root_parents(state, path);
	fd = open(root_path(state, path), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, len), len);
	assert_int_equal(fchmod(fd, 0644), 0);
	assert_int_equal(close(fd), 0);
}

static inline void root_file(void **state, const char *path, const char *text)
{
	root_bytes(state, path, text, strlen(text));
}

static inline void root_dir(void **state, const char *path)
{
	root_parents(state, path);
	assert_true(mkdir(root_path(state, path), 0755) == 0 || errno == EEXIST);
}

static inline void root_link(void **state, const char *path, const char *target)
{
	root_parents(state, path);
	assert_int_equal(symlink(target, root_path(state, path)), 0);
}

/* One reading of everything, at given times. */
static inline struct posture *root_read_at(void **state, int64_t now_ms, uint64_t boot_ns)
{
	struct posture *p = calloc(1, sizeof(*p));
	struct posture_view v = {
		.root = open(*state, O_PATH | O_DIRECTORY | O_CLOEXEC),
		.now_ms = now_ms,
		.boot_ns = boot_ns,
		.owner = getuid(),
		.enforcer = POSTURE_UNKNOWN,
	};

	assert_non_null(p);
	assert_true(v.root >= 0);
	posture_read(&v, p);
	assert_int_equal(close(v.root), 0);
	return p;
}

static inline struct posture *root_read(void **state)
{
	return root_read_at(state, NOW_MS, NOW_BOOT_NS);
}

/* What one fact reads as; what was found in a static text. */
static inline enum posture_answer root_answer(void **state, enum posture_fact fact)
{
	struct posture *p = root_read(state);
	enum posture_answer a = p->fact[fact].answer;

	free(p);
	return a;
}
