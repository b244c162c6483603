/* SPDX-License-Identifier: BSD-2-Clause */
/* The worker's end: confines itself, then answers until the controller hangs up. */
#include <errno.h>
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
	tzset();
}

static bool read_question(uint8_t *to, size_t len)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n = pread(WORKER_IN, to + done, len - done, (off_t)done);

		if (n <= 0)
			return false;
		done += (size_t)n;
	}
	return true;
}

static bool write_answer(const struct buf *out)
{
	size_t done = 0;

	/* What a longer answer left goes back to the host. */
	if (ftruncate(WORKER_OUT, 0) < 0)
		return false;
	while (done < out->len) {
		ssize_t n = pwrite(WORKER_OUT, out->data + done, out->len - done, (off_t)done);

		if (n <= 0)
			return false;
		done += (size_t)n;
	}
	return true;
}

static bool answer(struct work *w, const struct worker_head *asked)
{
	_cleanup_free_ uint8_t *question = malloc(asked->len ? asked->len : 1);
	_cleanup_buf_ struct buf out = BUF_INIT;
	struct worker_head head = *asked;

	if (!question || !read_question(question, asked->len) ||
	    work_answer(w, (enum worker_question)asked->question, question, asked->len, &out) < 0 ||
	    !write_answer(&out))
		return false;
	head.len = out.len;
	return send(WORKER_SOCKET, &head, sizeof(head), MSG_NOSIGNAL) == sizeof(head);
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
	while (recv(WORKER_SOCKET, &asked, sizeof(asked), 0) == sizeof(asked) &&
	       asked.magic == WORKER_MAGIC)
		if (!answer(&w, &asked))
			_exit(WORKER_EXIT_QUESTION);
	_exit(0);
}
