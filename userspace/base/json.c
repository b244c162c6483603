/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Strict JSON on top of jansson. jansson refuses duplicate keys, NUL, malformed UTF-8 and trailing
 * bytes when asked; the nesting limit is ours (its own is 2048) and is checked before it runs.
 */
#include "base/json.h"

#include <errno.h>
#include <string.h>

enum { NESTING_MOST = 64 };

struct trouble {
	enum json_error_code from;
	const char *code;
	const char *hint;
};

static const struct trouble troubles[] = {
	{ json_error_duplicate_key, "json-duplicate-key", "keep one of the entries of this name" },
	{ json_error_invalid_utf8, "json-utf8", "save the file as UTF-8" },
	{ json_error_null_character, "json-nul", "remove \\u0000 from the string" },
	{ json_error_null_byte_in_key, "json-nul", "remove \\u0000 from the key" },
	{ json_error_end_of_input_expected, "json-trailing", "remove what follows the document" },
	{ json_error_premature_end_of_input, "json-truncated",
	  "the document ends early: close what is open, or copy the file again" },
	{ json_error_numeric_overflow, "json-number", "use a whole number that fits 64 bits" },
};

static const struct trouble *find_trouble(enum json_error_code from)
{
	static const struct trouble other = {
		json_error_invalid_syntax,
		"json-syntax",
		"JSON has no comments, no trailing commas, and only double quotes",
	};

	for (size_t i = 0; i < sizeof(troubles) / sizeof(troubles[0]); i++)
		if (troubles[i].from == from)
			return &troubles[i];
	return &other;
}

/* The byte that the message is about: jansson's position is behind what it read last. */
static struct span place_of(const struct source *src, const json_error_t *e)
{
	size_t off = e->position > 0 ? (size_t)e->position : 0;

	if (off > src->len || json_error_code(e) == json_error_premature_end_of_input)
		off = src->len;
	else if (off > 0)
		off--;
	return (struct span){ src, (uint32_t)off, off < src->len };
}

static int refuse(const struct source *src, struct diags *d, const json_error_t *e)
{
	const struct trouble *t = find_trouble(json_error_code(e));

	if (json_error_code(e) == json_error_out_of_memory)
		return -ENOMEM;
	diag_error(d, t->code, place_of(src, e), t->hint, "not valid JSON: %s", e->text);
	return d->err < 0 ? d->err : -EBADMSG;
}

/* Offset of the bracket that opens the level after the last allowed one, or src->len. */
static size_t find_too_deep(const struct source *src)
{
	bool in_string = false;
	int depth = 0;

	for (size_t i = 0; i < src->len; i++) {
		char c = src->text[i];

		if (in_string && c == '\\')
			i++;
		else if (c == '"')
			in_string = !in_string;
		else if (!in_string && (c == '{' || c == '['))
			depth++;
		else if (!in_string && (c == '}' || c == ']'))
			depth--;
		if (depth > NESTING_MOST)
			return i;
	}
	return src->len;
}

int json_parse(const struct source *src, struct diags *d, json_t **ret)
{
	size_t deep = find_too_deep(src);
	json_error_t e;
	json_t *j;

	if (deep < src->len) {
		diag_error(d, "json-nesting", ((struct span){ src, (uint32_t)deep, 1 }),
			   "flatten the document", "not accepted: nested deeper than %d levels",
			   NESTING_MOST);
		return d->err < 0 ? d->err : -EBADMSG;
	}
	j = json_loadb(src->text, src->len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &e);
	if (!j)
		return refuse(src, d, &e);
	*ret = j;
	return 0;
}

char *json_text(const json_t *j)
{
	return json_dumps(j, JSON_COMPACT | JSON_ENCODE_ANY);
}
