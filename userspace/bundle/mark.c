/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether the files of trust are those that were read before. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "bundle/bundle.h"
#include "bundle/state.h"

enum {
	WORDS = 5,
	PATH_SIZE = 4096,
	OLD_S = 2 /* longer than the kernel's clock of files stands still */
};

/* A file that is not there has all zeros. */
static int mark_file(const char *dir, const char *name, uint64_t *words)
{
	struct timespec now = { 0 };
	char path[PATH_SIZE];
	struct stat st;
	int n = snprintf(path, sizeof(path), "%s/%s", dir, name);

	if (n < 0 || n >= (int)sizeof(path))
		return -EAGAIN;
	if (stat(path, &st) < 0)
		return errno == ENOENT ? 0 : -EAGAIN;
	(void)clock_gettime(CLOCK_REALTIME, &now);
	if (now.tv_sec < st.st_ctim.tv_sec + OLD_S)
		return -EAGAIN;
	words[0] = st.st_dev;
	words[1] = st.st_ino;
	words[2] = (uint64_t)st.st_size;
	words[3] = (uint64_t)st.st_ctim.tv_sec;
	words[4] = (uint64_t)st.st_ctim.tv_nsec;
	return 0;
}

int trust_mark(const char *dir, struct trust_mark *ret)
{
	static const char *const files[] = { TRUST_FILE, ROOT_FILE, NEXT_ROOT_FILE };
	struct trust_mark mark = { { 0 } };
	int r = 0;

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]) && r == 0; i++)
		r = mark_file(dir, files[i], &mark.words[i * WORDS]);
	if (r == 0)
		*ret = mark;
	return r;
}
