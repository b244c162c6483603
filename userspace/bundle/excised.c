/* SPDX-License-Identifier: BSD-2-Clause */
/* Marks: "=" and a number that was drawn for this text, and which of its strings. */
#include "bundle/excised.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

enum { NONCE_BYTES = 16 };

void excised_free(struct excised *e)
{
	buf_free(&e->text);
	vec_free(&e->plains);
	free(e->gone);
	*e = (struct excised){ 0 };
}

static int draw(char nonce[33])
{
	uint8_t bytes[NONCE_BYTES];

	if (getrandom(bytes, sizeof(bytes), GRND_NONBLOCK) != sizeof(bytes))
		return -EAGAIN;
	for (size_t i = 0; i < sizeof(bytes); i++)
		(void)snprintf(nonce + 2 * i, 3, "%02x", bytes[i]);
	return 0;
}

static int shorten(struct excised *e, size_t len)
{
	size_t at = 0;

	for (size_t i = 0; i < e->plains.n; i++) {
		const struct plain *p = &e->plains.items[i];

		buf_put(&e->text, e->from + at, p->at - at);
		buf_printf(&e->text, "=%s%zu", e->nonce, i);
		at = p->at + p->len;
	}
	buf_put(&e->text, e->from + at, len - at);
	return buf_error(&e->text);
}

int excised_make(const char *from, size_t len, struct excised *ret)
{
	_cleanup_excised_ struct excised e = { .from = from };
	int r = plains_find(from, len, &e.plains);

	if (r == 0 && e.plains.n == 0)
		r = -ENOENT;
	if (r == 0)
		r = draw(e.nonce);
	if (r < 0)
		return r;
	e.gone = calloc(e.plains.n, sizeof(*e.gone));
	r = e.gone ? shorten(&e, len) : -ENOMEM;
	if (r < 0)
		return r;
	*ret = e;
	e = (struct excised){ 0 };
	return 0;
}

/* Which string a mark stands for, or the number of them. */
static size_t number_of(const struct excised *e, const json_t *value)
{
	const char *s = json_string_value(value);
	size_t nonce = strlen(e->nonce), n = 0;

	if (!s || s[0] != '=' || strncmp(s + 1, e->nonce, nonce) != 0)
		return e->plains.n;
	for (s += 1 + nonce; *s >= '0' && *s <= '9' && n < e->plains.n; s++)
		n = n * 10 + (size_t)(*s - '0');
	return *s == '\0' && n < e->plains.n ? n : e->plains.n;
}

int excised_take(struct excised *e, const json_t *value, char **ret, size_t *ret_len)
{
	size_t i = number_of(e, value);
	char *text;

	if (i == e->plains.n)
		return -ENOENT;
	if (e->gone[i])
		return -EEXIST;
	text = plain_decode(e->from + e->plains.items[i].at, e->plains.items[i].len, ret_len);
	if (!text)
		return -ENOMEM;
	e->gone[i] = true;
	e->taken++;
	*ret = text;
	return 0;
}

bool excised_is_whole(const struct excised *e)
{
	return e->taken == e->plains.n;
}
