/* SPDX-License-Identifier: BSD-2-Clause */
/* Program names to what they resolve to on this host: a path without symbolic links, and a file. */
#include "identity/identity.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Whether the open file asks for an interpreter. */
static bool is_script(int fd)
{
	char start[2];

	return pread(fd, start, sizeof(start), 0) == sizeof(start) && start[0] == '#' &&
	       start[1] == '!';
}

/*
 * Opened without a chance to hang: a name in a policy may turn out to be a FIFO or a device. -1 for
 * all but regular files that can be read.
 */
static int open_regular(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW);
	struct stat st;

	if (fd >= 0 && (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))) {
		(void)close(fd);
		return -1;
	}
	return fd;
}

static int resolve(struct identity_program *p)
{
	_cleanup_free_ char *path = NULL;
	_cleanup_close_ int fd = -1;

	if (p->name[0] != '/')
		return 0;
	path = realpath(p->name, NULL);
	if (!path)
		return errno == ENOMEM ? -ENOMEM : 0;
	fd = open_regular(path);
	if (fd < 0)
		return 0;
	p->script = is_script(fd);
	p->has_file = identity_file_key(fd, &p->file) == 0;
	p->path = TAKE_PTR(path);
	return 0;
}

int identity_find_programs(const char *const *names, size_t n, struct identity_programs *ret)
{
	struct identity_programs found = { .items = calloc(n ? n : 1, sizeof(*found.items)) };
	int r = found.items ? 0 : -ENOMEM;

	for (size_t i = 0; i < n && r == 0; i++) {
		struct identity_program *p = &found.items[found.n++];

		p->name = strdup(names[i]);
		r = p->name ? resolve(p) : -ENOMEM;
	}
	if (r < 0) {
		identity_programs_free(&found);
		return r;
	}
	*ret = found;
	return 0;
}

void identity_programs_free(struct identity_programs *p)
{
	for (size_t i = 0; i < p->n; i++) {
		free(p->items[i].name);
		free(p->items[i].path);
	}
	free(p->items);
	*p = (struct identity_programs){ 0 };
}
