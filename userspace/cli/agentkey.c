/* SPDX-License-Identifier: BSD-2-Clause */
/* ssh-add -L, and one of its lines in a file in memory. */
#include "cli/agentkey.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "base/file.h"
#include "cli/signer.h"

/* The first line that begins with that type, with its newline; NULL when none does. */
static const char *find_line(const char *lines, const char *type, size_t *ret_len)
{
	size_t n = strlen(type);

	while (*lines) {
		size_t len = strcspn(lines, "\n");

		if (strncmp(lines, type, n) == 0 && lines[n] == ' ' && lines[len] == '\n') {
			*ret_len = len + 1;
			return lines;
		}
		lines += len + (lines[len] == '\n');
	}
	return NULL;
}

/* Of what the agent holds, the best that can prove somebody; NULL when nothing can. */
static const char *choose(const char *lines, size_t *ret_len)
{
	static const char *const types[] = {
		"sk-ssh-ed25519@openssh.com",
		"sk-ecdsa-sha2-nistp256@openssh.com",
		"ssh-ed25519",
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		const char *line = find_line(lines, types[i], ret_len);

		if (line)
			return line;
	}
	return NULL;
}

int agentkey_open(char *ret, size_t size)
{
	static const char *const list[] = { "ssh-add", "-L", NULL };
	_cleanup_buf_ struct buf said = BUF_INIT;
	_cleanup_close_ int fd = -1;
	const char *line;
	size_t len;
	int r;

	/* Without an agent ssh-add fails, after it said so. */
	if (!getenv("SSH_AUTH_SOCK") || signer_run(list, "", 0, &said) < 0)
		return -ENOENT;
	line = choose(said.data ? said.data : "", &len);
	if (!line)
		return -ENOENT;
	fd = memfd_create("key.pub", 0); /* the child is to have it */
	if (fd < 0)
		return -errno;
	r = fd_write_all(fd, line, len);
	if (r < 0)
		return r;
	(void)snprintf(ret, size, "/proc/self/fd/%d", fd);
	return TAKE_FD(fd);
}
