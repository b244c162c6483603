/* SPDX-License-Identifier: BSD-2-Clause */
/* What a worker may have to say, and nothing else. */
#include "worker/answer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "worker/pack.h"
#include "worker/process.h"

static void cleanup_arena(struct arena **a)
{
	arena_free(a);
}

static int begin(struct worker_bytes from, struct parcel *ret, struct arena **ret_arena)
{
	int r = arena_new(ret_arena);

	*ret = (struct parcel){ from.bytes, from.len, *ret_arena, false };
	return r;
}

/* The first words of every answer: which it is, and messages. */
static int take_answer(struct parcel *p, struct diags *d)
{
	uint32_t answer = take_below(p, WORKER_ANSWERS);

	take_diags(p, d);
	if (answer != WORKER_OK && !p->broken && d->errors == 0)
		p->broken = true; /* a refusal says why */
	return p->broken ? -EBADMSG : (int)answer;
}

/* After an answer was taken: its own, or that the bytes are none. */
static int settle(const struct parcel *p, int answer, struct diags *d)
{
	if (answer >= 0 && parcel_done(p) == 0)
		return answer;
	diag_error(d, "worker", NOWHERE,
		   "push it again; if it happens again, push another bundle and report this one",
		   "the worker gave no sound answer");
	return -EBADMSG;
}

int answer_open(struct worker_bytes from, struct diags *d, struct bundle **ret)
{
	_cleanup_(cleanup_arena) struct arena *arena = NULL;
	_cleanup_bundle_ struct bundle *b = NULL;
	struct parcel p;
	int r = begin(from, &p, &arena);

	if (r < 0)
		return r;
	r = take_answer(&p, d);
	if (r == WORKER_OK)
		b = take_bundle(&p);
	r = settle(&p, r == WORKER_OK && !b ? -EBADMSG : r, d);
	if (r == WORKER_OK)
		*ret = TAKE_PTR(b);
	return r;
}

int answer_load(struct worker_bytes from, struct diags *d, struct worker_policies **ret)
{
	_cleanup_worker_policies_ struct worker_policies *new = calloc(1, sizeof(*new));
	struct parcel p;
	int r = new ? begin(from, &p, &new->arena) : -ENOMEM;

	if (r < 0)
		return r;
	r = take_answer(&p, d);
	if (r == WORKER_OK)
		take_policies(&p, new);
	r = settle(&p, r, d);
	if (r == WORKER_OK)
		*ret = TAKE_PTR(new);
	return r;
}

/* Where the lines of an image are; what they say is not looked at here. NULL: there is none. */
static const void *take_lines(struct parcel *p, size_t *ret_len)
{
	const void *lines = take_sized(p, ret_len);

	if (*ret_len == 0 || *ret_len % POSTERN_LINE ||
	    *ret_len / POSTERN_LINE > POSTERN_IMAGE_LINES_MAX)
		return NULL;
	return lines;
}

/* The image whose lines are there in `bytes`, which become it. */
static int become_image(uint8_t **bytes, const void *lines, size_t len, struct image **ret)
{
	struct image *i = calloc(1, sizeof(*i));

	if (!i)
		return -ENOMEM;
	memmove(*bytes, lines, len);
	i->lines = (void *)TAKE_PTR(*bytes);
	i->n = (uint32_t)(len / POSTERN_LINE);
	*ret = i;
	return 0;
}

int answer_compile(uint8_t **bytes, size_t len, struct diags *d, struct image **ret,
		   struct image_facts *ret_facts, struct arena **ret_arena)
{
	_cleanup_(cleanup_arena) struct arena *arena = NULL;
	struct image_facts facts = { 0 };
	const void *lines = NULL;
	struct parcel p;
	size_t n = 0;
	int r = begin((struct worker_bytes){ *bytes, len }, &p, &arena), made;

	if (r < 0)
		return r;
	r = take_answer(&p, d);
	if (r == WORKER_OK) {
		lines = take_lines(&p, &n);
		take_facts(&p, &facts);
	}
	r = settle(&p, r == WORKER_OK && !lines ? -EBADMSG : r, d);
	if (r != WORKER_OK)
		return r;
	made = become_image(bytes, lines, n, ret);
	if (made < 0)
		return made;
	*ret_facts = facts;
	*ret_arena = TAKE_PTR(arena);
	return r;
}

/* A text for people. */
static int answer_text(struct worker_bytes from, struct diags *d, struct buf *out, uint32_t *ret)
{
	_cleanup_(cleanup_arena) struct arena *arena = NULL;
	struct text text = { "", 0 };
	uint32_t number = 0;
	struct parcel p;
	int r = begin(from, &p, &arena);

	if (r < 0)
		return r;
	r = take_answer(&p, d);
	if (r == WORKER_OK) {
		number = take_below(&p, VERDICT_WOULD_DENY + 1);
		text = take_clean(&p);
	}
	r = settle(&p, r, d);
	if (r != WORKER_OK)
		return r;
	buf_put(out, text.s, text.len);
	*ret = number;
	return buf_error(out);
}

int answer_explain(struct worker_bytes from, struct diags *d, struct buf *out, enum verdict *ret)
{
	uint32_t verdict = 0;
	int r = answer_text(from, d, out, &verdict);

	if (r == WORKER_OK)
		*ret = (enum verdict)verdict;
	return r;
}

int answer_remedy(struct worker_bytes from, struct diags *d, struct buf *out)
{
	uint32_t none;

	return answer_text(from, d, out, &none);
}
