/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files of a directory, carefully: no links, no devices, bounded, and with messages that name the
 * file.
 */
#pragma once

#include <stdbool.h>

#include "base/diag.h"
#include "bundle/texts.h"

/* An open directory, and its path as messages show it. */
struct folder_at {
	int fd;
	const char *path;
};

/*
 * The names in a directory, sorted by bytes, without those that nobody means to be in a bundle:
 * names beginning with a dot, and ending in .md, .sig or .postern. 0 or -errno.
 */
typedef VEC(char *) names_t;
int folder_names(const struct folder_at *at, names_t *ret);
void names_free(names_t *names);

/* Opens a directory without following a symbolic link. An fd, or -EBADMSG with a diagnostic. */
int folder_open(const struct folder_at *at, const char *name, struct diags *d);

/*
 * Reads a regular file of at most 256 MiB, not following a symbolic link. 0 with the text in *ret,
 * owned by the caller; -ENOENT without a diagnostic; -EBADMSG with one; -ENOMEM.
 */
int folder_read(const struct folder_at *at, const char *name, struct diags *d, char **ret,
		size_t *ret_len);

/* A diagnostic about an entry of the directory. -EBADMSG. */
int folder_refuse(const struct folder_at *at, const char *name, struct diags *d, const char *hint,
		  const char *text);
