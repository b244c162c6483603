/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One payload after another: each reads as if there had been none before, whatever was kept of it, and files have the
 * same number exactly if they are the same.
 */
#include <stdio.h>

#include "bundle/gzip.h"
#include "bundle/kept_parts.h"

#include "fixture.h"

#include "generate_world.h"

enum { FILES = 12, STEPS = 40, LINES = 900 };

struct story {
	struct rng rng;
	struct buf texts[FILES];
	bool there[FILES];
	uint64_t version;
};

static void write_file(struct story *s, size_t i)
{
	uint32_t lines = rng_chance(&s->rng, 20) ? 3 : LINES + rng_below(&s->rng, LINES);

	buf_clear(&s->texts[i]);
	for (uint32_t k = 0; k < lines; k++)
		buf_printf(&s->texts[i], "%u.%u.%u.0/24\n", rng_below(&s->rng, 224),
			   rng_below(&s->rng, 256), k % 256);
	if (rng_chance(&s->rng, 10))
		buf_puts(&s->texts[i], "# \"quoted\" \xc3\xa4\n");
}

static void edit(struct story *s)
{
	size_t i = rng_below(&s->rng, FILES);

	s->version++;
	if (rng_chance(&s->rng, 40))
		write_file(s, i);
	else if (rng_chance(&s->rng, 50))
		s->there[i] = !s->there[i];
	else if (rng_chance(&s->rng, 30))
		buf_puts(&s->texts[i], "10.0.0.0/8\n");
}

static void pack(const struct story *s, struct buf *out)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct source files[FILES], policy = { "policies/a.cedar", "// a", 4 };
	char name[] = "x", names[FILES][16];
	struct bundle b = { .name = name,
			    .version = s->version,
			    .policies = &policy,
			    .n_policies = 1,
			    .files = files };

	for (size_t i = 0; i < FILES; i++) {
		(void)snprintf(names[i], sizeof(names[i]), "f%02zu.txt", i);
		if (s->there[i])
			files[b.n_files++] =
				(struct source){ names[i], s->texts[i].data, s->texts[i].len };
	}
	assert_int_equal(bundle_pack(&b, &d, out), 0);
}

static void assert_same(const struct bundle *a, const struct bundle *b)
{
	assert_int_equal(a->version, b->version);
	assert_int_equal(a->n_files, b->n_files);
	for (size_t i = 0; i < a->n_files; i++) {
		assert_string_equal(a->files[i].name, b->files[i].name);
		assert_int_equal(a->files[i].len, b->files[i].len);
		assert_memory_equal(a->files[i].text, b->files[i].text, b->files[i].len + 1);
	}
}

/* What files of the bundle before said, by number. */
struct said {
	char *text[STEPS * FILES];
};

static void check_numbers(const struct bundle *b, struct said *said)
{
	for (size_t i = 0; i < b->n_files; i++) {
		uint64_t number = b->file_numbers[i];

		assert_in_range(number, 1, STEPS * FILES - 1);
		if (!said->text[number])
			said->text[number] = strdup(b->files[i].text);
		assert_string_equal(said->text[number], b->files[i].text);
		for (size_t k = 0; k < i; k++)
			assert_true(b->file_numbers[k] != number);
	}
}

/* How many of its texts are the very ones of the bundle before. */
static size_t taken(const struct bundle *b, const char *const texts[FILES])
{
	size_t n = 0;

	for (size_t i = 0; i < b->n_files; i++)
		for (size_t k = 0; k < FILES; k++)
			n += b->files[i].text == texts[k];
	return n;
}

static void tell(uint64_t seed)
{
	_cleanup_bundle_ struct bundle *b = NULL;
	struct story s = { .rng = { seed }, .version = 1 };
	struct said said = { 0 };
	size_t kept = 0;

	for (size_t i = 0; i < FILES; i++) {
		s.there[i] = true;
		write_file(&s, i);
	}
	for (int step = 0; step < STEPS; step++) {
		_cleanup_diags_ struct diags d = DIAGS_INIT;
		_cleanup_bundle_ struct bundle *fresh = NULL, *next = NULL;
		_cleanup_buf_ struct buf payload = BUF_INIT;
		const char *texts[FILES] = { 0 };

		for (size_t i = 0; b && i < b->n_files; i++)
			texts[i] = b->files[i].text;
		pack(&s, &payload);
		assert_int_equal(bundle_parse((uint8_t *)payload.data, payload.len, &d, &fresh),
				 BUNDLE_OK);
		assert_int_equal(bundle_parse_next((uint8_t *)payload.data, payload.len, &b, &d,
						   &next),
				 BUNDLE_OK);
		assert_null(b);
		assert_same(next, fresh);
		check_numbers(next, &said);
		kept += taken(next, texts);
		b = TAKE_PTR(next);
		edit(&s);
	}
	assert_true(kept > STEPS * FILES / 4); /* these were not read again */
	for (size_t i = 0; i < FILES; i++)
		buf_free(&s.texts[i]);
	for (size_t i = 0; i < STEPS * FILES; i++)
		free(said.text[i]);
}

static void each_reads_as_if_it_were_the_first(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 5; seed++)
		tell(seed);
}

/* Answers, texts and messages of a payload, after another one and after none. */
static void assert_alike(const struct buf *before, const struct buf *payload)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT, e = DIAGS_INIT;
	_cleanup_bundle_ struct bundle *first = NULL, *none = NULL, *next = NULL, *fresh = NULL;
	int r;

	assert_int_equal(bundle_parse_next((uint8_t *)before->data, before->len, &none, &d, &first),
			 BUNDLE_OK);
	r = bundle_parse((uint8_t *)payload->data, payload->len, &d, &fresh);
	assert_int_equal(
		bundle_parse_next((uint8_t *)payload->data, payload->len, &first, &e, &next), r);
	assert_int_equal(d.n, e.n);
	if (r == BUNDLE_OK)
		assert_same(next, fresh);
}

static void a_broken_one_is_refused_alike(void **state)
{
	_cleanup_buf_ struct buf payload = BUF_INIT, broken = BUF_INIT;
	struct story s = { .rng = { 3 }, .version = 1 };

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		s.there[i] = true;
		write_file(&s, i);
	}
	pack(&s, &payload);
	for (int i = 0; i < 60; i++) {
		size_t at = rng_below(&s.rng, (uint32_t)payload.len);

		buf_clear(&broken);
		buf_put(&broken, payload.data, payload.len);
		broken.data[at] = (char)(broken.data[at] ^ 1 << rng_below(&s.rng, 8));
		if (i % 6 == 0)
			broken.len = at;
		assert_alike(&payload, &broken);
	}
	for (size_t i = 0; i < FILES; i++)
		buf_free(&s.texts[i]);
}

#define HEAD                                                                                       \
	"{\"format\":1,\"name\":\"x\",\"version\":3,\"audience\":[],\"mode\":\"enforce\","         \
	"\"phases\":{\"identity\":\"off\",\"device\":\"off\",\"network\":\"off\"},"

/* A payload with a long string between two texts, packed by itself as a file would be. */
static void pack_between(const char *before, const char *after, struct buf *out)
{
	_cleanup_buf_ struct buf json = BUF_INIT;
	plains_t plain = { 0 };

	buf_puts(&json, before);
	for (int i = 0; i < PLAIN_LEAST; i++)
		buf_puts(&json, "1.2.3.4/32\\n");
	buf_puts(&json, after);
	assert_int_equal(plains_find(json.data, json.len, &plain), 0);
	assert_int_equal(plain.n, 1);
	assert_int_equal(gzip_pack(json.data, json.len, &plain, out), 0);
	vec_free(&plain);
}

/* What was a file is a file's beginning, or none, or two of them. */
static void a_known_part_elsewhere_is_read_there(void **state)
{
	static const char *const around[][2] = {
		{ HEAD "\"policies\":{},\"files\":{\"g.txt\":\"", "\"}}" },
		{ HEAD "\"policies\":{},\"files\":{\"g.txt\":\"", "\",\"h.txt\":\"1.0.0.0/8\"}}" },
		{ HEAD "\"policies\":{\"a.cedar\":\"", "\"}}" },
		{ HEAD "\"policies\":{},\"entities\":[\"", "\"]}" },
		{ HEAD "\"policies\":{},\"tests\":[{\"name\":\"", "\"}]}" },
		{ HEAD "\"policies\":{},\"audience\":[\"", "\"]}" },
		{ HEAD "\"policies\":{},\"files\":{\"", "\":\"\"}}" },
		{ HEAD "\"policies\":{},\"files\":{\"g.txt\":\"", "\"}} trailing" },
		{ HEAD "\"policies\":{},\"files\":{\"g.txt\":[\"", "\"]}}" },
	};
	_cleanup_buf_ struct buf known = BUF_INIT;

	(void)state;
	pack_between(HEAD "\"policies\":{},\"files\":{\"f.txt\":\"", "\"}}", &known);
	for (size_t i = 0; i < sizeof(around) / sizeof(around[0]); i++) {
		_cleanup_buf_ struct buf payload = BUF_INIT;

		pack_between(around[i][0], around[i][1], &payload);
		assert_alike(&known, &payload);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_reads_as_if_it_were_the_first),
		cmocka_unit_test(a_broken_one_is_refused_alike),
		cmocka_unit_test(a_known_part_elsewhere_is_read_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
