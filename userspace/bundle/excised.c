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
	vec_free(&e->items);
	*e = (struct excised){ 0 };
}

int excised_begin(struct excised *e)
{
	uint8_t bytes[NONCE_BYTES];

	if (getrandom(bytes, sizeof(bytes), GRND_NONBLOCK) != sizeof(bytes))
		return -EAGAIN;
	for (size_t i = 0; i < sizeof(bytes); i++)
		(void)snprintf(e->nonce + 2 * i, 3, "%02x", bytes[i]);
	return 0;
}

static void put_mark(const struct excised *e, size_t number, struct buf *out)
{
	buf_printf(out, "=%s%zu", e->nonce, number);
}

int excised_put_known(struct excised *e, size_t known, struct buf *out)
{
	int r = vec_push(&e->items, ((struct taken_out){ .known = (ssize_t)known }));

	if (r == 0)
		put_mark(e, e->items.n - 1, out);
	return r;
}

int excised_make(struct excised *e, const char *from, size_t len)
{
	plains_t plains = { 0 };
	size_t at = 0;
	int r = plains_find(from, len, &plains);

	e->from = from;
	for (size_t i = 0; r == 0 && i < plains.n; i++) {
		const struct plain *p = &plains.items[i];

		buf_put(&e->text, from + at, p->at - at);
		put_mark(e, e->items.n, &e->text);
		at = p->at + p->len;
		r = vec_push(&e->items, ((struct taken_out){ p->at, p->len, NOT_KNOWN, NULL }));
	}
	vec_free(&plains);
	buf_put(&e->text, from + at, len - at);
	return r < 0 ? r : buf_error(&e->text);
}

/* Which string a mark stands for, or the number of them. */
static size_t number_of(const struct excised *e, const json_t *value)
{
	const char *s = json_string_value(value);
	size_t nonce = strlen(e->nonce), n = 0;

	if (!s || s[0] != '=' || strncmp(s + 1, e->nonce, nonce) != 0)
		return e->items.n;
	for (s += 1 + nonce; *s >= '0' && *s <= '9' && n < e->items.n; s++)
		n = n * 10 + (size_t)(*s - '0');
	return *s == '\0' && n < e->items.n ? n : e->items.n;
}

int excised_take(struct excised *e, const json_t *value, char **ret, size_t *ret_len)
{
	size_t i = number_of(e, value);
	struct taken_out *item;
	char *text = NULL;

	if (i == e->items.n)
		return -ENOENT;
	item = &e->items.items[i];
	if (item->text)
		return -EEXIST;
	if (item->known != NOT_KNOWN) {
		*ret_len = (size_t)item->known;
		item->text = "";
	} else {
		text = plain_decode(e->from + item->at, item->len, ret_len);
		if (!text)
			return -ENOMEM;
		item->text = text;
	}
	e->taken++;
	*ret = text;
	return 0;
}

bool excised_is_whole(const struct excised *e)
{
	return e->taken == e->items.n;
}
