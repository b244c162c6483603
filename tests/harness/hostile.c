/* SPDX-License-Identifier: BSD-2-Clause */
/* The deeds. */
#include "hostile.h"

#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "worker/message.h"

static void segv(void)
{
	volatile char *page = mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	*page = 1;
}

static void spin(void)
{
	for (volatile unsigned n = 0;; n++)
		;
}

/* Keeps silent without using processor time. */
static void hang(void)
{
	char byte;

	for (;;)
		(void)!recv(WORKER_SOCKET, &byte, 1, MSG_PEEK);
}

/* Until there is no more; and then without end for more. */
static void allocate(void)
{
	for (;;) {
		char *room = malloc(16 << 20);

		if (room)
			*(volatile char *)room = 1;
	}
}

static void quit(void)
{
	_exit(0);
}

static void hang_up(void)
{
	(void)close(WORKER_SOCKET);
	spin();
}

static void open_socket(void)
{
	(void)socket(AF_INET, SOCK_STREAM, 0);
}

static void open_file(void)
{
	(void)open("/etc/passwd", O_RDONLY);
}

static void fork_off(void)
{
	(void)fork();
}

static void run_program(void)
{
	(void)execl("/bin/true", "true", (char *)NULL);
}

static void kill_parent(void)
{
	(void)kill(getppid(), SIGTERM);
}

static void trace_parent(void)
{
	(void)ptrace(PTRACE_ATTACH, getppid(), NULL, NULL);
}

static void run_data(void)
{
	(void)mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		   0);
}

static void load_bpf(void)
{
	(void)syscall(SYS_bpf, 0, NULL, 0);
}

static void send_head(uint32_t magic, uint64_t len)
{
	const struct worker_head head = { magic, ASK_OPEN, len };

	(void)!send(WORKER_SOCKET, &head, sizeof(head), 0);
	hang();
}

static void answer_garbage(void)
{
	char noise[5000];

	memset(noise, 0xa5, sizeof(noise));
	(void)!pwrite(WORKER_OUT, noise, sizeof(noise), 0);
	send_head(WORKER_MAGIC, sizeof(noise));
}

/* A packet that is no head. */
static void answer_noise(void)
{
	(void)!send(WORKER_SOCKET, "noise", 5, 0);
	hang();
}

static void answer_much(void)
{
	send_head(WORKER_MAGIC, UINT64_C(1) << 40);
}

/* Says more than there is. */
static void answer_short(void)
{
	send_head(WORKER_MAGIC, 100000000);
}

/* Fills the memory of the host with its answer. */
static void answer_endless(void)
{
	static char block[1 << 20];

	for (off_t at = 0;; at += sizeof(block))
		if (pwrite(WORKER_OUT, block, sizeof(block), at) < 0)
			hang();
}

static const struct {
	const char *word;
	void (*deed)(void);
} deeds[] = {
	{ "segv", segv },	    { "abort", abort },
	{ "spin", spin },	    { "hang", hang },
	{ "allocate", allocate },   { "quit", quit },
	{ "hang-up", hang_up },	    { "socket", open_socket },
	{ "file", open_file },	    { "fork", fork_off },
	{ "exec", run_program },    { "kill", kill_parent },
	{ "ptrace", trace_parent }, { "code", run_data },
	{ "bpf", load_bpf },	    { "garbage", answer_garbage },
	{ "noise", answer_noise },  { "much", answer_much },
	{ "short", answer_short },  { "endless", answer_endless },
};

const char *const hostile_words[] = {
	"segv",	  "abort",   "spin",  "hang", "allocate", "quit",    "hang-up",
	"socket", "file",    "fork",  "exec", "kill",	  "ptrace",  "code",
	"bpf",	  "garbage", "noise", "much", "short",	  "endless", NULL,
};

bool hostile_do(const char *word)
{
	for (size_t i = 0; i < sizeof(deeds) / sizeof(deeds[0]); i++) {
		if (strcmp(deeds[i].word, word) == 0) {
			deeds[i].deed();
			return true;
		}
	}
	return false;
}
