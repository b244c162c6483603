/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Answers that no sound worker gives: cut at every length, one byte changed at every place, and
 * written by hand. None is taken for more than it is, and none of them may be read past its end.
 */
#include "worker/answer.h"

#include <errno.h>
#include <string.h>

#include "base/large.h"
#include "worker/pack.h"

#include "cm.h"

/* A fresh copy of exactly `len` bytes, so that a sanitizer sees what is read behind them. */
static struct worker_bytes copy(const void *bytes, size_t len)
{
	void *own = malloc(len ? len : 1);

	assert_non_null(own);
	memcpy(own, bytes, len);
	return (struct worker_bytes){ own, len };
}

typedef int taker(struct worker_bytes from, struct diags *d);

static int take_open(struct worker_bytes from, struct diags *d)
{
	_cleanup_bundle_ struct bundle *b = NULL;

	return answer_open(from, d, &b);
}

static int take_load(struct worker_bytes from, struct diags *d)
{
	_cleanup_worker_policies_ struct worker_policies *p = NULL;

	return answer_load(from, d, &p);
}

static int take_compile(struct worker_bytes from, struct diags *d)
{
	_cleanup_image_ struct image *i = NULL;
	struct arena *arena = NULL;
	_cleanup_free_ uint8_t *own = large_alloc(from.len);
	struct image_facts facts;
	int r;

	assert_non_null(own);
	memcpy(own, from.bytes, from.len);
	r = answer_compile(&own, from.len, d, &i, &facts, &arena);
	/* the bytes are the image's, or still ours */
	assert_true((own == NULL) == (r == WORKER_OK));
	arena_free(&arena);
	return r;
}

static int take_explain(struct worker_bytes from, struct diags *d)
{
	_cleanup_buf_ struct buf out = BUF_INIT;
	enum verdict v;

	return answer_explain(from, d, &out, &v);
}

static int take(taker *fn, const void *bytes, size_t len)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct worker_bytes own = copy(bytes, len);
	int r = fn(own, &d);

	free((void *)(uintptr_t)own.bytes);
	/* what is not taken is said */
	if (r != WORKER_OK)
		assert_true(d.errors > 0);
	return r;
}

static void ok(struct buf *out)
{
	const struct diags none = DIAGS_INIT;

	put_u32(out, WORKER_OK);
	put_diags(out, &none);
}

static void put_an_open(struct buf *out)
{
	char name[] = "web", host[] = "*", *audience[] = { host };
	const struct bundle b = {
		.name = name, .version = 3, .audience = audience, .n_audience = 1
	};

	ok(out);
	put_bundle(out, &b);
}

static void put_a_load(struct buf *out)
{
	ok(out);
	put_u64(out, 1);
	put_u64(out, 1);
	put_text(out, (struct text){ "id", 2 });
	put_u32(out, 1);
	put_text(out, (struct text){ "advice", 6 });
	put_u64(out, 1);
	put_string(out, "root");
	put_u64(out, 0);
	put_u64(out, 0);
	put_u64(out, 1);
	put_text(out, (struct text){ "bob", 3 });
	put_text(out, (struct text){ "bob", 3 });
	put_u64(out, 0);
	put_u32(out, 0);
}

/* A device fact: context.device.aslr. */
static void put_a_compile(struct buf *out)
{
	static const struct postern_line lines[2];
	struct expr context = { .kind = EXPR_VAR, .var = VAR_CONTEXT }, device, aslr;
	struct expr *of_device[] = { &context }, *of_aslr[] = { &device };
	struct image_facts facts = { .n = 1 };

	device = (struct expr){
		.kind = EXPR_GET, .string = { "device", 6 }, .args = of_device, .n_args = 1
	};
	aslr = (struct expr){
		.kind = EXPR_GET, .string = { "aslr", 4 }, .args = of_aslr, .n_args = 1
	};
	facts.device[0] = &aslr;
	ok(out);
	put_bytes(out, lines, sizeof(lines));
	put_facts(out, &facts);
}

static void put_an_explain(struct buf *out)
{
	ok(out);
	put_u32(out, VERDICT_DENY);
	put_text(out, (struct text){ "because", 7 });
}

static const struct {
	void (*put)(struct buf *out);
	taker *take;
} kinds[] = {
	{ put_an_open, take_open },
	{ put_a_load, take_load },
	{ put_a_compile, take_compile },
	{ put_an_explain, take_explain },
};

enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

static void whole_ones_are_taken(void **state)
{
	(void)state;
	for (int k = 0; k < KINDS; k++) {
		_cleanup_buf_ struct buf b = BUF_INIT;

		kinds[k].put(&b);
		assert_int_equal(take(kinds[k].take, b.data, b.len), WORKER_OK);
	}
}

static void shorter_and_longer_ones_are_not(void **state)
{
	(void)state;
	for (int k = 0; k < KINDS; k++) {
		_cleanup_buf_ struct buf b = BUF_INIT;

		kinds[k].put(&b);
		for (size_t len = 0; len < b.len; len++)
			assert_int_equal(take(kinds[k].take, b.data, len), -EBADMSG);
		buf_putc(&b, 0);
		assert_int_equal(take(kinds[k].take, b.data, b.len), -EBADMSG);
	}
}

/* Whatever it comes to: nothing is read or written where it should not be. */
static void changed_ones_do_no_harm(void **state)
{
	static const unsigned char changes[] = { 0x01, 0x80, 0xff };
	size_t refused = 0;

	(void)state;
	for (int k = 0; k < KINDS; k++) {
		_cleanup_buf_ struct buf b = BUF_INIT;

		kinds[k].put(&b);
		for (size_t at = 0; at < b.len; at++) {
			for (size_t i = 0; i < sizeof(changes); i++) {
				b.data[at] = (char)(b.data[at] ^ changes[i]);
				refused += take(kinds[k].take, b.data, b.len) != WORKER_OK;
				b.data[at] = (char)(b.data[at] ^ changes[i]);
			}
		}
	}
	assert_true(refused > 100);
}

static void a_refusal_without_a_reason_is_none(void **state)
{
	_cleanup_buf_ struct buf b = BUF_INIT;
	const struct diags none = DIAGS_INIT;

	(void)state;
	put_u32(&b, WORKER_E_POLICY);
	put_diags(&b, &none);
	assert_int_equal(take(take_load, b.data, b.len), -EBADMSG);
}

/* An expression that no condition has: deeper than any, or with too few arguments. */
static void expressions_have_a_shape(void **state)
{
	static const struct postern_line line;
	struct expr leaf = { .kind = EXPR_BOOL, .boolean = true };
	struct expr chain[EXPR_HEIGHT_MAX + 1];
	struct expr *args[EXPR_HEIGHT_MAX + 1];
	struct expr lonely = { .kind = EXPR_AND, .args = args, .n_args = 1 };
	const struct expr *wrong[] = { &chain[EXPR_HEIGHT_MAX], &lonely };

	(void)state;
	for (size_t i = 0; i <= EXPR_HEIGHT_MAX; i++) {
		args[i] = i ? &chain[i - 1] : &leaf;
		chain[i] = (struct expr){ .kind = EXPR_NOT, .args = &args[i], .n_args = 1 };
	}
	for (size_t i = 0; i < 2; i++) {
		_cleanup_buf_ struct buf b = BUF_INIT;
		struct image_facts facts = { .n = 1, .device = { wrong[i] } };

		ok(&b);
		put_bytes(&b, &line, sizeof(line));
		put_facts(&b, &facts);
		assert_int_equal(take(take_compile, b.data, b.len), -EBADMSG);
	}
}

static void texts_are_cleaned(void **state)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_buf_ struct buf b = BUF_INIT, out = BUF_INIT;
	enum verdict v;

	(void)state;
	ok(&b);
	put_u32(&b, VERDICT_ALLOW);
	put_text(&b, (struct text){ "a\033[2J\tb\n\xff", 9 });
	assert_int_equal(answer_explain((struct worker_bytes){ b.data, b.len }, &d, &out, &v),
			 WORKER_OK);
	assert_string_equal(out.data, "a?[2J\tb\n?");
}

static void codes_are_kept_once_and_only_so_many(void **state)
{
	_cleanup_diags_ struct diags all = { .limit = 5000 };

	(void)state;
	for (int i = 0; i < 1000; i++) {
		_cleanup_diags_ struct diags d = DIAGS_INIT;
		_cleanup_buf_ struct buf b = BUF_INIT;
		struct arena *arena = NULL;
		struct parcel p;
		char code[32];

		(void)snprintf(code, sizeof(code), "code-%d", i);
		diag_error(&d, code, NOWHERE, NULL, "text");
		put_diags(&b, &d);
		assert_int_equal(arena_new(&arena), 0);
		p = (struct parcel){ (uint8_t *)b.data, b.len, arena, false };
		take_diags(&p, &all);
		assert_int_equal(parcel_done(&p), 0);
		arena_free(&arena);
	}
	assert_int_equal(all.n, 1000);
	assert_string_equal(all.items[0].code, "code-0");
	assert_string_equal(all.items[999].code, "worker");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_ones_are_taken),
		cmocka_unit_test(shorter_and_longer_ones_are_not),
		cmocka_unit_test(changed_ones_do_no_harm),
		cmocka_unit_test(a_refusal_without_a_reason_is_none),
		cmocka_unit_test(expressions_have_a_shape),
		cmocka_unit_test(texts_are_cleaned),
		cmocka_unit_test(codes_are_kept_once_and_only_so_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
