/* SPDX-License-Identifier: BSD-2-Clause */
/* Typed, strict reads of JSON members, with the place of what is wrong. */
#include "policy/reader.h"

#include <errno.h>
#include <string.h>

#include "base/suggest.h"

bool reader_tired(const struct reader *r)
{
	return r->errors >= READER_ERRORS_MOST;
}

void reader_bad(struct reader *r)
{
	r->errors++;
	if (r->err == 0)
		r->err = -EBADMSG;
}

void reader_no_memory(struct reader *r)
{
	r->err = -ENOMEM;
}

struct span reader_place(const struct reader *r, const char *value)
{
	struct span in = r->whole;

	if (r->element != ELEMENT_NONE)
		in = place_element(in, r->element);
	return place_string(in, (struct text){ value, strlen(value) });
}

struct text reader_copy(struct reader *r, const json_t *string)
{
	size_t len = json_string_length(string);
	char *copy = arena_strndup(r->arena, json_string_value(string), len);

	if (copy)
		return (struct text){ copy, len };
	reader_no_memory(r);
	return (struct text){ "", 0 };
}

void reader_wrong_type(struct reader *r, const char *key, const char *wanted)
{
	reader_error(r, r->codes->type, key, NULL, "%s: \"%s\" must be %s", r->what, key, wanted);
}

bool read_object(struct reader *r, const json_t *j, const char *key)
{
	if (json_is_object(j))
		return true;
	reader_wrong_type(r, key, "an object");
	return false;
}

static void unknown_key(struct reader *r, const char *key, const char *const *keys, size_t n)
{
	const char *near = suggest(key, keys, n);
	_cleanup_buf_ struct buf hint = BUF_INIT;

	if (near) {
		buf_printf(&hint, "did you mean \"%s\"?", near);
	} else {
		buf_puts(&hint, "known here:");
		for (size_t i = 0; i < n; i++)
			buf_printf(&hint, "%s %s", i ? "," : "", keys[i]);
	}
	if (buf_error(&hint) < 0) {
		reader_no_memory(r);
		return;
	}
	reader_error(r, r->codes->unknown, key, hint.data, "%s has no \"%s\"", r->what, key);
}

void read_keys(struct reader *r, const json_t *object, const char *const *keys, size_t n)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)object, key, value) {
		bool known = reader_tired(r);

		for (size_t i = 0; i < n; i++)
			known |= strcmp(key, keys[i]) == 0;
		if (!known)
			unknown_key(r, key, keys, n);
	}
}

bool read_text(struct reader *r, const json_t *object, const char *key, struct text *ret)
{
	const json_t *j = json_object_get(object, key);

	if (!j)
		return false;
	if (!json_is_string(j)) {
		reader_wrong_type(r, key, "a string");
		return false;
	}
	*ret = reader_copy(r, j);
	return true;
}

bool read_bool(struct reader *r, const json_t *object, const char *key, bool *ret)
{
	const json_t *j = json_object_get(object, key);

	if (!j)
		return false;
	if (!json_is_boolean(j)) {
		reader_wrong_type(r, key, "true or false");
		return false;
	}
	*ret = json_is_true(j);
	return true;
}

bool read_integer(struct reader *r, const json_t *object, const char *key, int64_t *ret)
{
	const json_t *j = json_object_get(object, key);

	if (!j)
		return false;
	if (!json_is_integer(j)) {
		reader_wrong_type(r, key, "a whole number");
		return false;
	}
	*ret = json_integer_value(j);
	return true;
}

bool read_duration(struct reader *r, const json_t *object, const char *key, int64_t *ret_ms)
{
	struct text t;

	if (!read_text(r, object, key, &t))
		return false;
	if (duration_parse(t, ret_ms) == 0)
		return true;
	reader_error(r, r->codes->type, t.s,
		     "write days, hours, minutes, seconds: \"1d12h\", \"90s\"",
		     "%s: \"%s\" is not a duration: \"%s\"", r->what, key, t.s);
	return false;
}

bool read_texts(struct reader *r, const json_t *object, const char *key, struct text **ret,
		size_t *ret_n)
{
	const json_t *j = json_object_get(object, key);
	size_t n = json_array_size(j);
	struct text *texts;

	if (!j)
		return false;
	if (!json_is_array(j)) {
		reader_wrong_type(r, key, "a list of strings");
		return false;
	}
	texts = arena_array_of(r->arena, struct text, n);
	if (!texts) {
		reader_no_memory(r);
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		if (!json_is_string(json_array_get(j, i))) {
			reader_wrong_type(r, key, "a list of strings");
			return false;
		}
		texts[i] = reader_copy(r, json_array_get(j, i));
	}
	*ret = texts;
	*ret_n = n;
	return true;
}
