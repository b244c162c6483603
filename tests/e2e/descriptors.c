/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who attacks the control socket with descriptors, for control.sh: descriptors SOCKET [BUNDLE]. With a bundle as an
 * admin: what is no sealed memory file is refused by name, too many end the connection, and the bundle in a sealed one
 * is taken (as a dry run). Without one as somebody who may send none. Prints what a sound controller does not do.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "attacker.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/sealed.h"

enum { SECONDS_MS = 20000, ATTACHED_MAX = 64 };

static const char *socket_path;

/* Sends the text with its NUL, and `n` times the descriptor beside it. */
static void put(int to, const char *text, int fd, size_t n)
{
	char room[CMSG_SPACE(ATTACHED_MAX * sizeof(int))] __attribute__((aligned(8))) = { 0 };
	struct iovec bytes = { (char *)(uintptr_t)text, strlen(text) + 1 };
	struct msghdr m = { .msg_iov = &bytes, .msg_iovlen = 1 };
	struct cmsghdr *c = (struct cmsghdr *)room;

	if (n) {
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(n * sizeof(int));
		for (size_t i = 0; i < n; i++)
			memcpy(CMSG_DATA(c) + i * sizeof(int), &fd, sizeof(fd));
		m.msg_control = room;
		m.msg_controllen = CMSG_SPACE(n * sizeof(int));
	}
	if (sendmsg(to, &m, MSG_NOSIGNAL) < 0 && errno != EPIPE && errno != ECONNRESET)
		attacker_complain("sendmsg", strerror(errno));
}

/* What is said: one message, or "" at the end of the connection; "nothing" when neither comes. */
static const char *hear(int from)
{
	static char said[65536];
	struct pollfd p = { .fd = from, .events = POLLIN };
	size_t len = 0;
	ssize_t n;

	do {
		if (poll(&p, 1, SECONDS_MS) <= 0)
			return "nothing";
		n = recv(from, said + len, sizeof(said) - 1 - len, 0);
		len += n > 0 ? (size_t)n : 0;
		said[len] = '\0';
	} while (n > 0 && !memchr(said, '\0', len));
	return said;
}

#define PUSH(parameters)                                                                           \
	"{\"method\":\"org.postern.Controller.Push\",\"parameters\":{\"dryRun\":true," parameters  \
	"}}"

/* Asks with so many of that descriptor: the answer has `want` in it, "" being the end of the connection. */
static void expect(const char *attack, const char *call, int fd, size_t n, const char *want)
{
	_cleanup_close_ int s = attacker_connect(socket_path);
	const char *said;

	put(s, call, fd, n);
	said = hear(s);
	if (*want ? !strstr(said, want) : *said != '\0')
		attacker_complain(attack, said);
}

#define FIRST PUSH("\"bundleFileDescriptor\":0")
#define UNSEALED "bundleFileDescriptor: not a memory file"
#define NONE "\"parameter\":\"bundleFileDescriptor\""

/* What is no memory file, or one that could change yet. */
static void send_unsealed(const char *bundle, size_t len)
{
	_cleanup_close_ int directory = open("/", O_RDONLY | O_CLOEXEC),
			    path = open("/etc/passwd", O_PATH | O_CLOEXEC),
			    s = attacker_connect(socket_path),
			    memory = memfd_create("hostile", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	int ends[2] = { -1, -1 };

	if (pipe2(ends, O_CLOEXEC) < 0 || fd_write_all(memory, bundle, len) < 0)
		attacker_complain("descriptors", strerror(errno));
	expect("a pipe", FIRST, ends[0], 1, UNSEALED);
	expect("the writing end of one", FIRST, ends[1], 1, UNSEALED);
	expect("a directory", FIRST, directory, 1, UNSEALED);
	expect("a path", FIRST, path, 1, UNSEALED);
	expect("a connection to the controller", FIRST, s, 1, UNSEALED);
	expect("a memory file without seals", FIRST, memory, 1, UNSEALED);
	(void)fcntl(memory, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL);
	expect("one that can be made shorter", FIRST, memory, 1, UNSEALED);
	cleanup_close(&ends[0]);
	cleanup_close(&ends[1]);
}

/* Sealed, but not what a bundle is. */
static void send_sealed(const char *bundle, size_t len)
{
	_cleanup_close_ int good = sealed_new("bundle", bundle, len),
			    empty = sealed_new("empty", "", 0),
			    large = memfd_create("large", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (ftruncate(large, (off_t)1 << 40) < 0 ||
	    fcntl(large, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_WRITE | F_SEAL_SEAL) < 0)
		attacker_complain("large", strerror(errno));
	expect("an empty one", FIRST, empty, 1, "\"answer\":\"format\"");
	expect("a terabyte", FIRST, large, 1, "longer than 36 MiB");
	expect("the bundle", FIRST, good, 1, "\"digest\"");
	expect("the last of four", PUSH("\"bundleFileDescriptor\":3"), good, 4, "\"digest\"");
	expect("the wrong number", PUSH("\"bundleFileDescriptor\":1"), good, 1, NONE);
	expect("a negative one", PUSH("\"bundleFileDescriptor\":-1"), good, 1, NONE);
	expect("a huge one", PUSH("\"bundleFileDescriptor\":9223372036854775807"), good, 1, NONE);
	expect("a text for one", PUSH("\"bundleFileDescriptor\":\"0\""), good, 1, NONE);
	expect("none", FIRST, -1, 0, NONE);
	expect("both forms", PUSH("\"bundleFileDescriptor\":0,\"bundle\":\"\""), good, 1,
	       "\"parameter\":\"bundle\"");
	expect("neither", PUSH("\"bundleFileDescriptor\":null"), good, 1,
	       "\"parameter\":\"bundle\"");
	expect("five", FIRST, good, 5, "");
	expect("sixty", FIRST, good, 60, "");
}

/* Beside calls that want none, and beside half a call: what is left over is closed, and never more than four wait. */
static void send_unasked(const char *bundle, size_t len)
{
	_cleanup_close_ int good = sealed_new("bundle", bundle, len),
			    s = attacker_connect(socket_path);

	put(s, "{\"method\":\"org.varlink.service.GetInfo\"}", good, 4);
	if (!strstr(hear(s), "posternd"))
		attacker_complain("beside GetInfo", "no answer");
	put(s, FIRST, -1, 0);
	if (!strstr(hear(s), NONE))
		attacker_complain("of the call before", "taken");
	put(s, "{\"method\":\"org.varlink.service.GetInfo\"}", good, 2);
	put(s, "{\"method\":\"org.varlink.service.GetInfo\"}", good, 2);
	if (!strstr(hear(s), "posternd"))
		attacker_complain("beside two", "no answer");
	for (int i = 0; i < 5; i++)
		put(s, "{\"method\":\"org.varlink.service.GetInfo\",\"oneway\":true}", good, 1);
}

int main(int argc, char **argv)
{
	_cleanup_free_ char *bundle = NULL;
	size_t len = 0;

	if (argc < 2)
		return 2;
	socket_path = argv[1];
	if (argc == 2) {
		_cleanup_close_ int empty = sealed_new("empty", "", 0);

		expect("of a stranger", "{\"method\":\"org.varlink.service.GetInfo\"}", empty, 1,
		       "");
		expect("none of a stranger", "{\"method\":\"org.varlink.service.GetInfo\"}", -1, 0,
		       "posternd");
		return attacker_status();
	}
	if (file_read(AT_FDCWD, argv[2], 1 << 20, &bundle, &len) < 0)
		return 2;
	send_unsealed(bundle, len);
	send_sealed(bundle, len);
	send_unasked(bundle, len);
	return attacker_status();
}
