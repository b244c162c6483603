/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Counters of tokens. A copy of a token counts on its own, so one of the two falls behind, and that
 * shows. As a document: {"format":1,"counters":{"<64 hex digits>":7}}
 */
#include "session/session.h"

#include <errno.h>
#include <string.h>

#include "base/json.h"

enum { FORMAT = 1, HEX = 2 * POSTERN_SESSION_KEY };

void counters_free(struct counters *c)
{
	free(c->items);
	*c = COUNTERS_INIT;
}

/* Where the key is, or would be. */
static size_t place_of(const struct counters *c, const uint8_t key[POSTERN_SESSION_KEY])
{
	size_t low = 0, high = c->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (memcmp(c->items[mid].key, key, POSTERN_SESSION_KEY) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool is_at(const struct counters *c, size_t i, const uint8_t key[POSTERN_SESSION_KEY])
{
	return i < c->n && memcmp(c->items[i].key, key, POSTERN_SESSION_KEY) == 0;
}

uint32_t counters_get(const struct counters *c, const uint8_t key[POSTERN_SESSION_KEY])
{
	size_t i = place_of(c, key);

	return is_at(c, i, key) ? c->items[i].value : 0;
}

static int make_room(struct counters *c)
{
	size_t cap = c->cap ? 2 * c->cap : 16;
	struct counter *more;

	if (c->n < c->cap)
		return 0;
	more = reallocarray(c->items, cap, sizeof(*more));
	if (!more)
		return -ENOMEM;
	c->items = more;
	c->cap = cap;
	return 0;
}

int counters_set(struct counters *c, const uint8_t key[POSTERN_SESSION_KEY], uint32_t value)
{
	size_t i = place_of(c, key);
	int r = is_at(c, i, key) ? 0 : make_room(c);

	if (r < 0)
		return r;
	if (!is_at(c, i, key)) {
		memmove(c->items + i + 1, c->items + i, (c->n - i) * sizeof(c->items[0]));
		memcpy(c->items[i].key, key, POSTERN_SESSION_KEY);
		c->n++;
	}
	c->items[i].value = value;
	return 0;
}

bool counter_may_follow(uint32_t last, uint32_t now)
{
	return now > last || (now == 0 && last == 0);
}

char *counters_text(const struct counters *c)
{
	_cleanup_json_ json_t *values = json_object(), *document = NULL;

	for (size_t i = 0; i < c->n; i++) {
		char name[HEX + 1];

		for (size_t b = 0; b < POSTERN_SESSION_KEY; b++)
			(void)snprintf(name + 2 * b, 3, "%02x", c->items[i].key[b]);
		if (json_object_set_new(values, name, json_integer((json_int_t)c->items[i].value)) <
		    0)
			return NULL;
	}
	document = json_pack("{s:i, s:O}", "format", FORMAT, "counters", values);
	return document ? json_text(document) : NULL;
}

static int digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool read_key(const char *name, uint8_t ret[POSTERN_SESSION_KEY])
{
	if (strlen(name) != HEX)
		return false;
	for (size_t i = 0; i < POSTERN_SESSION_KEY; i++) {
		int high = digit(name[2 * i]), low = digit(name[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		ret[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

static int read_all(const json_t *values, struct counters *ret)
{
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)values, name, value) {
		json_int_t number = json_integer_value(value);
		uint8_t key[POSTERN_SESSION_KEY];
		int r;

		if (!json_is_integer(value) || number < 0 || number > UINT32_MAX ||
		    !read_key(name, key))
			return -EBADMSG;
		r = counters_set(ret, key, (uint32_t)number);
		if (r < 0)
			return r;
	}
	return 0;
}

int counters_parse(const char *text, size_t len, struct diags *d, struct counters *ret)
{
	const struct source src = { .name = "counters.json", .text = text, .len = len };
	_cleanup_(counters_free) struct counters read = COUNTERS_INIT;
	_cleanup_json_ json_t *document = NULL;
	const json_t *values;
	int r = json_parse(&src, d, &document);

	if (r < 0)
		return r;
	values = json_object_get(document, "counters");
	if (json_integer_value(json_object_get(document, "format")) != FORMAT ||
	    !json_is_object(values) || json_object_size(document) != 2)
		r = -EBADMSG;
	if (r == 0)
		r = read_all(values, &read);
	if (r == -EBADMSG)
		diag_error(d, "counters", ((struct span){ .src = &src }), NULL,
			   "the counters of tokens cannot be read");
	if (r < 0)
		return r;
	*ret = read;
	read = COUNTERS_INIT;
	return 0;
}
