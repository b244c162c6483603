/* SPDX-License-Identifier: BSD-2-Clause */
/* A directory of the test's own: made in setup, with everything in it removed in teardown. */
#pragma once

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int tmpdir_remove_entry(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st;
	(void)kind;
	(void)ftw;
	return remove(path);
}

/* cmocka setup: *state becomes the owned path. */
static inline int tmpdir_make(void **state)
{
	char *path = strdup("/tmp/postern-test-XXXXXX");

	if (!path || !mkdtemp(path)) {
		free(path);
		return -1;
	}
	*state = path;
	return 0;
}

/* cmocka teardown. */
static inline int tmpdir_remove(void **state)
{
	int r = nftw(*state, tmpdir_remove_entry, 16, FTW_DEPTH | FTW_PHYS);

	free(*state);
	return r;
}
