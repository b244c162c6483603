/* SPDX-License-Identifier: BSD-2-Clause */
/* Strict reading of JSON objects, with messages that name the member and what it should be. */
#include "bundle/document.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "base/rfc3339.h"
#include "base/suggest.h"

enum { MEMBERS_MOST = 16, SEARCHED_MOST = 1 << 20 };

/* Where the text has `"word"`, if it has it once: jansson keeps no places. Length 0: nowhere. */
static struct span find_place(const struct source *src, const char *word)
{
	_cleanup_free_ char *quoted = NULL;
	const char *at, *after;
	int n;

	if (!src->text || !word || src->len > SEARCHED_MOST)
		return NOWHERE;
	n = asprintf(&quoted, "\"%s\"", word);
	if (n < 0) {
		quoted = NULL;
		return NOWHERE;
	}
	at = memmem(src->text, src->len, quoted, (size_t)n);
	if (!at)
		return NOWHERE;
	after = at + n;
	if (memmem(after, src->len - (size_t)(after - src->text), quoted, (size_t)n))
		return NOWHERE;
	return (struct span){ src, (uint32_t)(at - src->text), (uint32_t)n };
}

int document_refuse(const struct document *doc, const char *code, const char *word,
		    const char *hint, const char *fmt, ...)
{
	const struct source unplaced = { .name = doc->src->name };
	struct span where = find_place(doc->src, word);
	_cleanup_free_ char *text = NULL;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&text, fmt, ap);
	va_end(ap);
	if (n < 0) {
		text = NULL;
		return -ENOMEM;
	}
	if (!where.src)
		where.src = &unplaced;
	diag_error(doc->d, code, where, hint, "%s", text);
	return -EBADMSG;
}

static const char *type_name(json_type t)
{
	switch (t) {
	case JSON_OBJECT:
		return "an object";
	case JSON_ARRAY:
		return "an array";
	case JSON_STRING:
		return "a string";
	case JSON_INTEGER:
		return "a whole number";
	case JSON_TRUE:
	case JSON_FALSE:
		return "true or false";
	case JSON_REAL:
		return "a number with a fraction";
	case JSON_NULL:
		return "null";
	}
	return "something else";
}

static bool has_type(const json_t *value, json_type t)
{
	return t == JSON_TRUE ? json_is_boolean(value) : json_typeof(value) == t;
}

/* Members that the table does not have. */
static int refuse_unknown(const struct document *doc, const char *what, const json_t *object,
			  const struct member *members, size_t n)
{
	const char *words[MEMBERS_MOST];
	const char *key;
	json_t *value;
	int r = 0;

	for (size_t i = 0; i < n && i < MEMBERS_MOST; i++)
		words[i] = members[i].name;
	json_object_foreach((json_t *)(uintptr_t)object, key, value) {
		const char *near;
		char hint[96];
		bool known = false;

		for (size_t i = 0; i < n && !known; i++)
			known = strcmp(key, members[i].name) == 0;
		if (known)
			continue;
		near = suggest(key, words, n < MEMBERS_MOST ? n : MEMBERS_MOST);
		(void)snprintf(hint, sizeof(hint), near ? "write \"%s\"" : "remove it", near);
		r = document_refuse(doc, "unknown-member", key, hint, "%s has no member \"%s\"",
				    what, key);
	}
	return r;
}

int document_members(const struct document *doc, const char *what, const json_t *object,
		     const struct member *members, size_t n)
{
	int r;

	if (!json_is_object(object))
		return document_refuse(doc, "member-type", NULL, "write it as { … }",
				       "%s must be an object, not %s", what,
				       type_name(json_typeof(object)));
	r = refuse_unknown(doc, what, object, members, n);
	for (size_t i = 0; i < n; i++) {
		const json_t *value = json_object_get(object, members[i].name);

		if (!value && !members[i].optional)
			r = document_refuse(doc, "missing-member", NULL, "add it",
					    "%s lacks the member \"%s\"", what, members[i].name);
		if (value && !has_type(value, members[i].type))
			r = document_refuse(doc, "member-type", members[i].name, NULL,
					    "\"%s\" of %s must be %s, not %s", members[i].name,
					    what, type_name(members[i].type),
					    type_name(json_typeof(value)));
	}
	return r;
}

int document_number(const struct document *doc, const json_t *object, const char *name,
		    int64_t least, uint64_t *ret)
{
	json_int_t value = json_integer_value(json_object_get(object, name));

	if (value < least)
		return document_refuse(doc, "member-value", name, NULL,
				       "\"%s\" must be at least %lld, not %lld", name,
				       (long long)least, (long long)value);
	*ret = (uint64_t)value;
	return 0;
}

int document_time(const struct document *doc, const json_t *object, const char *name, int64_t *ret)
{
	const json_t *value = json_object_get(object, name);
	int64_t ms = 0;

	if (value && rfc3339_parse(json_string_value(value), &ms) < 0)
		return document_refuse(doc, "member-value", json_string_value(value),
				       "write it as \"2027-03-01T00:00:00Z\", in UTC",
				       "\"%s\" is not a time: \"%s\"", name,
				       json_string_value(value));
	*ret = ms;
	return 0;
}

int document_choice(const struct document *doc, const char *what, const char *word,
		    const char *const *words, size_t n)
{
	_cleanup_buf_ struct buf hint = BUF_INIT;
	const char *near = suggest(word, words, n);

	for (size_t i = 0; i < n; i++)
		if (strcmp(word, words[i]) == 0)
			return (int)i;
	buf_puts(&hint, near ? "did you mean " : "write one of ");
	for (size_t i = 0; i < n; i++)
		if (!near || near == words[i])
			buf_printf(&hint, "%s\"%s\"", !near && i ? ", " : "", words[i]);
	return document_refuse(doc, "member-value", word, hint.data, "%s cannot be \"%s\"", what,
			       word);
}
