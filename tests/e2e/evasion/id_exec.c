// SPDX-License-Identifier: BSD-2-Clause
/* Ways to run a program so that it looks like another, and to make an allowed one do one's work. */
#include "attempt.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "namespace.h"

#define LOADER "/lib64/ld-linux-x86-64.so.2"

static int loader(struct scene *s)
{
	(void)execl(LOADER, LOADER, path_in(s, "bin/allowed"), "send", s->name, "7006",
		    (char *)NULL);
	return errno;
}

static int write_script(const char *path, const char *interpreter)
{
	char text[600];
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);

	(void)snprintf(text, sizeof(text), "#!%s\n", interpreter);
	(void)!write(fd, text, strlen(text));
	return close(fd) ? errno : 0;
}

/* A script under the allowed name's neighbour: its interpreter is this program. */
static int shebang(struct scene *s)
{
	const char *script = path_in(s, "tmp/shebang");

	(void)write_script(script, path_in(s, "bin/shebang"));
	return become(s, script, PORT_ALLOWED);
}

/* Names the script that is allowed, without running it. */
static int script_argument(struct scene *s)
{
	const char *path = path_in(s, "bin/allowed"), *script = path_in(s, "good/script");

	(void)execl(path, path, script, "send", s->name, "7004", (char *)NULL);
	return errno;
}

/* Another script is put over it where only this process sees it. */
static int script_bind(struct scene *s)
{
	const char *mine = path_in(s, "tmp/script_bind"), *good = path_in(s, "good/script");
	int r = write_script(mine, path_in(s, "bin/allowed"));

	r = r ? r : have_own_mounts();
	if (r == 0 && mount(mine, good, NULL, MS_BIND, NULL))
		r = errno;
	return r ? r : become(s, good, PORT_SCRIPT);
}

/* A script without a name, which the interpreter is told as /dev/fd/N. */
static int script_nameless(struct scene *s)
{
	char text[600];
	char *argv[] = { "script", "send", (char *)s->name, "7004", NULL };
	int fd = memfd_create("script", 0);

	(void)snprintf(text, sizeof(text), "#!%s\n", path_in(s, "bin/allowed"));
	(void)!write(fd, text, strlen(text));
	(void)syscall(SYS_execveat, fd, "", argv, environ, AT_EMPTY_PATH);
	return errno;
}

/* By a path that leads elsewhere and back. */
static int script_path(struct scene *s)
{
	const char *mine = path_in(s, "tmp/script");
	char path[600];

	(void)write_script(mine, path_in(s, "bin/allowed"));
	(void)snprintf(path, sizeof(path), "%s/good/../tmp/script", s->dir);
	return become(s, path, PORT_SCRIPT);
}

static int nameless(struct scene *s)
{
	char *argv[] = { "allowed", "send", (char *)s->name, "7006", NULL };
	char path[64];
	int fd = memfd_create("allowed", 0), r;

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	r = copy_file(path_in(s, "bin/allowed"), path);
	(void)syscall(SYS_execveat, fd, "", argv, environ, AT_EMPTY_PATH);
	return r ? r : errno;
}

/* Its path had a grant when it still had one. */
static int deleted(struct scene *s)
{
	const char *path = path_in(s, "tmp/granted");
	char *argv[] = { "granted", "send", (char *)s->name, "7006", NULL };
	int fd, r = copy_file(path_in(s, "bin/allowed"), path);

	fd = open(path, O_RDONLY);
	(void)unlink(path);
	(void)syscall(SYS_execveat, fd, "", argv, environ, AT_EMPTY_PATH);
	return r ? r : errno;
}

/* A kind of file that an unprivileged user registers for himself (6.7 and later). */
static int binfmt(struct scene *s)
{
	const char *at = path_in(s, "open/binfmt"), *file = path_in(s, "open/file");
	char text[700];
	int fd, r = become_root_of_own(CLONE_NEWNS);

	(void)mkdir(at, 0755);
	if (r == 0 && mount("binfmt_misc", at, "binfmt_misc", 0, NULL))
		r = errno;
	fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
	(void)!write(fd, "EVASION\n", 8);
	(void)close(fd);
	(void)snprintf(text, sizeof(text), ":evasion:M::EVASION::%s/bin/binfmt:", s->dir);
	r = r ? r : write_text(path_in(s, "open/binfmt/register"), text);
	return r ? r : become(s, file, PORT_ALLOWED);
}

/* The allowed program loads a library of ours. */
static int preload(struct scene *s)
{
	const char *path = path_in(s, "bin/allowed");
	char number[16];

	(void)setenv("LD_PRELOAD", path_in(s, "bin/preload.so"), 1);
	(void)setenv("EVASION_MARK", s->mark, 1);
	(void)snprintf(number, sizeof(number), "%d", PORT_ALLOWED);
	(void)setenv("EVASION_TO", number, 1);
	(void)execl(path, path, "none", s->name, "0", (char *)NULL);
	return errno;
}

/* --- another's hands --------------------------------------------------------------------------- */

/* One system call in the traced process, which stands just behind a syscall instruction. */
static long inject(int pid, const struct user_regs_struct *at, long number, const long *args)
{
	struct user_regs_struct r = *at;
	int status;

	r.rip -= 2;
	r.rax = (unsigned long long)number;
	r.orig_rax = (unsigned long long)-1;
	r.rdi = (unsigned long long)args[0];
	r.rsi = (unsigned long long)args[1];
	r.rdx = (unsigned long long)args[2];
	r.r10 = (unsigned long long)args[3];
	r.r8 = (unsigned long long)args[4];
	r.r9 = (unsigned long long)args[5];
	if (ptrace(PTRACE_SETREGS, pid, 0, &r) || ptrace(PTRACE_SINGLESTEP, pid, 0, 0) ||
	    waitpid(pid, &status, 0) != pid || ptrace(PTRACE_GETREGS, pid, 0, &r))
		return -errno;
	return (long)r.rax;
}

static void poke(int pid, unsigned long at, const void *data, size_t n)
{
	long word;

	for (size_t i = 0; i < n; i += sizeof(word)) {
		word = 0;
		memcpy(&word, (const char *)data + i, n - i < sizeof(word) ? n - i : sizeof(word));
		(void)ptrace(PTRACE_POKEDATA, pid, at + i, word);
	}
}

static int send_by(const struct scene *s, int pid)
{
	struct user_regs_struct at;
	socklen_t len;
	union address to = address_of(FAR4, PORT_ALLOWED, &len);
	unsigned long room;
	long fd;

	if (ptrace(PTRACE_GETREGS, pid, 0, &at))
		return errno;
	room = (at.rsp - 4096) & ~15ul;
	poke(pid, room, &to.v4, sizeof(to.v4));
	poke(pid, room + 64, s->mark, s->mark_len);
	fd = inject(pid, &at, SYS_socket, (long[6]){ AF_INET, SOCK_DGRAM });
	if (fd < 0)
		return (int)-fd;
	fd = inject(pid, &at, SYS_sendto,
		    (long[6]){ fd, (long)(room + 64), (long)s->mark_len, 0, (long)room, len });
	return fd < 0 ? (int)-fd : 0;
}

/* Whether a process is that program and sleeps, as it does once it holds. */
static bool holds(int pid, const char *path)
{
	char name[64], said[512];
	const char *state;
	ssize_t n;
	int fd;

	(void)snprintf(name, sizeof(name), "/proc/%d/exe", pid);
	n = readlink(name, said, sizeof(said) - 1);
	if (n <= 0 || strncmp(said, path, (size_t)n) != 0 || path[n])
		return false;
	(void)snprintf(name, sizeof(name), "/proc/%d/stat", pid);
	fd = open(name, O_RDONLY | O_CLOEXEC);
	n = read(fd, said, sizeof(said) - 1);
	(void)close(fd);
	said[n > 0 ? n : 0] = 0;
	state = strrchr(said, ')');
	return state && state[1] && state[2] == 'S';
}

/* A child that is the allowed program and waits: emulated machines take their time until it does. */
static int puppet(struct scene *s)
{
	const char *path = path_in(s, "bin/allowed");
	int pid = fork();

	if (pid == 0) {
		(void)execl(path, path, "hold", s->name, "0", (char *)NULL);
		_exit(errno);
	}
	for (int i = 0; i < 500 && !holds(pid, path); i++)
		(void)usleep(10000);
	(void)usleep(100000);
	return pid;
}

static int ptrace_inject(struct scene *s)
{
	int pid = puppet(s), status, r;

	if (ptrace(PTRACE_ATTACH, pid, 0, 0) || waitpid(pid, &status, 0) != pid)
		return errno;
	r = send_by(s, pid);
	(void)ptrace(PTRACE_KILL, pid, 0, 0);
	return r;
}

#define PLAIN(n)                                                                                   \
	{                                                                                          \
		.name = #n, .inside = n                                                            \
	}

const struct attempt attempts_exec[] = {
	PLAIN(loader),
	PLAIN(shebang),
	PLAIN(script_argument),
	PLAIN(script_bind),
	PLAIN(script_nameless),
	PLAIN(script_path),
	PLAIN(nameless),
	PLAIN(deleted),
	{ .name = "binfmt", .inside = binfmt, .uid = UID_NOBODY },
	PLAIN(preload),
	PLAIN(ptrace_inject),
	{ 0 },
};
