/* SPDX-License-Identifier: BSD-2-Clause */
/* One question and one answer at a time, within the time and the length that they may have. */
#include "worker/process.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/large.h"
#include "worker/confine.h"

enum { NS_PER_MS = 1000000 };

static const char *const names[ASK_KINDS] = {
	[ASK_OPEN] = "inflating the bundle",	  [ASK_LOAD] = "checking and testing the policies",
	[ASK_COMPILE] = "compiling the policies", [ASK_EXPLAIN] = "explaining a decision",
	[ASK_REMEDY] = "looking for a remedy",	  [ASK_DECIDE] = "deciding a request",
};

static int open_ends(struct worker *w, int *ret_theirs)
{
	const struct timeval rest = { .tv_sec = WORKER_REST_S };
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
		return -errno;
	w->socket = ends[0];
	*ret_theirs = ends[1];
	if (setsockopt(ends[1], SOL_SOCKET, SO_RCVTIMEO, &rest, sizeof(rest)) < 0)
		return -errno;
	w->in = memfd_create("postern-worker-in", MFD_CLOEXEC);
	w->out = memfd_create("postern-worker-out", MFD_CLOEXEC);
	return w->in < 0 || w->out < 0 ? -errno : 0;
}

int worker_start(struct worker **ret)
{
	_cleanup_worker_ struct worker *w = calloc(1, sizeof(*w));
	_cleanup_close_ int theirs = -1;
	int r;

	if (!w)
		return -ENOMEM;
	*w = (struct worker){ .pid = -1, .socket = -1, .in = -1, .out = -1 };
	r = open_ends(w, &theirs);
	if (r == 0)
		r = worker_spawn(theirs, w->in, w->out, &w->pid);
	if (r < 0)
		return r;
	*ret = TAKE_PTR(w);
	return 0;
}

/* Kills and reaps. The status, or 0. */
static int stop(struct worker *w)
{
	int status = 0;

	if (w->pid <= 0)
		return 0;
	/* One that is dying already keeps the cause that it dies of. */
	(void)kill(w->pid, SIGKILL);
	while (waitpid(w->pid, &status, 0) < 0 && errno == EINTR)
		;
	w->pid = -1;
	return status;
}

void worker_end(struct worker **w)
{
	if (!*w)
		return;
	(void)stop(*w);
	cleanup_close(&(*w)->socket);
	cleanup_close(&(*w)->in);
	cleanup_close(&(*w)->out);
	free(*w);
	*w = NULL;
}

int worker_fd(const struct worker *w)
{
	return w->socket;
}

unsigned worker_left_ms(const struct worker *w)
{
	uint64_t now = clock_boot_ns();

	return now < w->until_ns ? (unsigned)((w->until_ns - now) / NS_PER_MS) + 1 : 0;
}

void worker_wait(const struct worker *w)
{
	struct pollfd p = { .fd = w->socket, .events = POLLIN };
	unsigned left;

	while ((left = worker_left_ms(w)) > 0)
		if (poll(&p, 1, (int)left) > 0)
			return;
}

/* Puts the bytes at the start of the memory file. 0 or -errno. */
static int fill(int fd, const struct buf *body)
{
	size_t done = 0;

	while (done < body->len) {
		ssize_t n = pwrite(fd, body->data + done, body->len - done, (off_t)done);

		if (n < 0 && errno != EINTR)
			return -errno;
		done += n > 0 ? (size_t)n : 0;
	}
	return 0;
}

int worker_ask(struct worker *w, enum worker_question what, const struct buf *body)
{
	const struct worker_head head = { WORKER_MAGIC, what, body->len };
	int r = buf_error(body);

	if (r == 0)
		r = fill(w->in, body);
	/* One that has died already says why when it is asked for its answer. */
	if (r == 0 && send(w->socket, &head, sizeof(head), MSG_NOSIGNAL) < 0 && errno != EPIPE)
		r = -errno;
	w->asked = what;
	w->until_ns = clock_boot_ns() + (uint64_t)worker_time_most(what) * NS_PER_MS;
	return r;
}

/* Why a process that ended by itself did. */
static const char *exit_cause(int status)
{
	switch (WEXITSTATUS(status)) {
	case WORKER_EXIT_LIMITS:
		return "it could not be limited";
	case WORKER_EXIT_CAPABILITIES:
		return "it could not give up its capabilities";
	case WORKER_EXIT_LANDLOCK:
		return "it could not give up the file system (Landlock)";
	case WORKER_EXIT_SECCOMP:
		return "it could not give up system calls (seccomp)";
	case WORKER_EXIT_EXEC:
		return "this program could not be started anew";
	default:
		return "it ended without an answer";
	}
}

static const char *signal_cause(int status)
{
	switch (WTERMSIG(status)) {
	case SIGSYS:
		return "it asked for a system call that a worker has no use for, and was stopped (SIGSYS)";
	case SIGSEGV:
	case SIGBUS:
		return "it crashed (a wrong memory access)";
	case SIGABRT:
		return "it crashed (SIGABRT)";
	case SIGXCPU:
		return "it used up its processor time (SIGXCPU)";
	case SIGXFSZ:
		return "it put out more than any answer has (SIGXFSZ)";
	case SIGKILL:
		return "it was killed, or went on without an answer";
	default:
		return "it was ended by a signal";
	}
}

/* Ends the worker and says what was wrong with it: `cause`, or what it died of. */
static int fail(struct worker *w, const char *cause, struct diags *d)
{
	int status = stop(w);

	if (!cause)
		cause = WIFSIGNALED(status) ? signal_cause(status) : exit_cause(status);
	diag_error(d, "worker", NOWHERE,
		   "push it again; if it happens again, push another bundle and report this one",
		   "the worker failed while %s: %s", names[w->asked], cause);
	return -EPROTO;
}

/* Reads the body out of the memory file, as a copy that nobody changes any more. 0 or -errno. */
static int copy_out(int fd, size_t len, uint8_t **ret)
{
	_cleanup_free_ uint8_t *bytes = large_alloc(len);

	if (!bytes)
		return -ENOMEM;
	if (fd_read_start(fd, bytes, len) < 0)
		return -EBADMSG;
	*ret = TAKE_PTR(bytes);
	return 0;
}

int worker_take(struct worker *w, enum worker_question what, struct diags *d, uint8_t **ret,
		size_t *ret_len)
{
	struct worker_head head;
	ssize_t n = recv(w->socket, &head, sizeof(head), MSG_DONTWAIT | MSG_TRUNC);
	int r;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return worker_left_ms(w) ? -EAGAIN : fail(w, "it did not answer in time", d);
	if (n <= 0)
		return fail(w, NULL, d);
	if (n != sizeof(head) || head.magic != WORKER_MAGIC || head.question != what)
		return fail(w, "its answer is none", d);
	if (head.len > WORKER_ANSWER_MAX)
		return fail(w, "its answer is longer than any answer is", d);
	r = copy_out(w->out, head.len, ret);
	if (r == -ENOMEM)
		return r;
	if (r < 0)
		return fail(w, "its answer is shorter than it says", d);
	*ret_len = head.len;
	return 0;
}
