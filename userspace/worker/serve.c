/* SPDX-License-Identifier: BSD-2-Clause */
/* The worker's end: confines itself, then answers until the controller hangs up. */
#include <errno.h>
#include <malloc.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/json.h"
#include "worker/confine.h"
#include "worker/work.h"

/* Libraries that open files at their first use do so while there are files. */
static void warm_up(void)
{
	_cleanup_json_ json_t *seeds_hashes = json_object();
	char digest[65];

	(void)seeds_hashes;
	(void)digest_hex("", 0, digest);
	(void)malloc_trim(0);
	tzset();
}

/* As it is in the memory file, where the controller has put all of it, and leaves it alone until there is an answer. */
static const void *map_question(size_t len)
{
	void *p = mmap(NULL, len, PROT_READ, MAP_SHARED, WORKER_IN, 0);

	return p == MAP_FAILED ? NULL : p;
}

static bool write_all(const void *bytes, size_t len, uint64_t at)
{
	const char *from = bytes;

	while (len > 0) {
		ssize_t n = pwrite(WORKER_OUT, from, len, (off_t)at);

		if (n <= 0)
			return false;
		from += n;
		at += (uint64_t)n;
		len -= (size_t)n;
	}
	return true;
}

/* The image goes between what is before and what is behind it: it is too large to be put there first. */
static bool write_answer(const struct work *w, const struct buf *out)
{
	size_t lines = w->image ? (size_t)w->image->n * POSTERN_LINE : 0;
	size_t before = w->image ? w->image_at : out->len;

	/* What a longer answer left goes back to the host. */
	if (ftruncate(WORKER_OUT, 0) < 0)
		return false;
	return write_all(out->data, before, 0) &&
	       (!lines || write_all(w->image->lines, lines, before)) &&
	       write_all(out->data + before, out->len - before, before + lines);
}

static bool answer(struct work *w, const struct worker_head *asked)
{
	const void *question = asked->len ? map_question(asked->len) : "";
	_cleanup_buf_ struct buf out = BUF_INIT;
	struct worker_head head = *asked;

	if (!question ||
	    work_answer(w, (enum worker_question)asked->question, question, asked->len, &out) < 0 ||
	    !write_answer(w, &out))
		return false;
	if (asked->len)
		(void)munmap((void *)(uintptr_t)question, asked->len);
	head.len = out.len + (w->image ? (uint64_t)w->image->n * POSTERN_LINE : 0);
	image_free(&w->image);
	return send(WORKER_SOCKET, &head, sizeof(head), MSG_NOSIGNAL) == sizeof(head);
}

/* Waits for one; false: none will come. A worker at rest gives back what it kept for the next one. */
static bool next_question(struct worker_head *ret)
{
	bool rested = false;
	ssize_t n;

	while ((n = recv(WORKER_SOCKET, ret, sizeof(*ret), 0)) < 0 && errno == EAGAIN) {
		if (!rested)
			(void)malloc_trim(0);
		rested = true;
	}
	return n == sizeof(*ret) && ret->magic == WORKER_MAGIC;
}

_Noreturn void worker_serve(void)
{
	struct work w = WORK_INIT;
	struct worker_head asked;
	int r;

	(void)prctl(PR_SET_NAME, WORKER_NAME, 0, 0, 0);
	warm_up();
	r = confine();
	if (r)
		_exit(r);
	while (next_question(&asked))
		if (!answer(&w, &asked))
			_exit(WORKER_EXIT_QUESTION);
	_exit(0);
}
