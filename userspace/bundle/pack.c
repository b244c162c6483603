/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A bundle as a payload, reproducibly: members in a fixed order, files sorted by name, compact
 * JSON, and a gzip without time or system in it.
 */
#include "bundle/bundle.h"

#include <errno.h>
#include <postern/limits.h>
#include <string.h>

#include "bundle/gzip.h"
#include "bundle/manifest.h"
#include "bundle/texts.h"

/* The text as a JSON string, which must be UTF-8 without NUL. */
static int make_string(const struct source *text, struct diags *d, json_t **ret)
{
	json_t *s = memchr(text->text, 0, text->len) ? NULL : json_stringn(text->text, text->len);

	if (!s) {
		diag_error(d, "file-utf8",
			   ((struct span){ .src = &(struct source){ text->name, NULL, 0 } }),
			   "save the file as UTF-8 without NUL bytes", "the file is not text");
		return -EBADMSG;
	}
	*ret = s;
	return 0;
}

static int put_texts(json_t *object, const char *member, const struct source *texts, size_t n,
		     struct diags *d)
{
	json_t *folder = json_object();

	/* The object takes the folder over before it is filled, so that one owner remains. */
	if (json_object_set_new(object, member, folder) < 0)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		const char *slash = strrchr(texts[i].name, '/');
		json_t *text = NULL;
		int r = make_string(&texts[i], d, &text);

		if (r < 0)
			return r;
		if (json_object_set_new(folder, slash ? slash + 1 : texts[i].name, text) < 0)
			return -ENOMEM;
	}
	return 0;
}

static int put_json(json_t *object, const char *member, const struct source *text, struct diags *d)
{
	_cleanup_json_ json_t *value = NULL;
	int r;

	if (!text->text)
		return 0;
	r = json_parse(text, d, &value);
	if (r < 0)
		return r;
	if (!json_is_array(value)) {
		diag_error(d, "member-type", ((struct span){ text, 0, 0 }), "write it as [ … ]",
			   "%s must be an array", text->name);
		return -EBADMSG;
	}
	return json_object_set(object, member, value) < 0 ? -ENOMEM : 0;
}

static int make_document(const struct bundle *b, struct diags *d, json_t *object)
{
	int r = manifest_write(b, object);

	if (r == 0)
		r = put_texts(object, "policies", b->policies, b->n_policies, d);
	if (r == 0)
		r = put_json(object, "entities", &b->entities, d);
	if (r == 0 && b->n_files > 0)
		r = put_texts(object, "files", b->files, b->n_files, d);
	if (r == 0)
		r = put_json(object, "tests", &b->tests, d);
	return r;
}

static int refuse_size(struct diags *d, const char *what, size_t has, size_t most)
{
	diag_error(d, "bundle-size", NOWHERE, "split the bundle by host, or remove prefixes",
		   "the bundle has %zu bytes %s: %zu are the most", has, what, most);
	return -E2BIG;
}

/* Prefix lists each by itself: who has unpacked one before knows it again. */
static int pack_text(const char *text, size_t len, struct buf *out)
{
	plains_t plain = { 0 };
	int r = plains_find(text, len, &plain);

	if (r == 0)
		r = gzip_pack(text, len, &plain, out);
	vec_free(&plain);
	return r;
}

int bundle_pack(const struct bundle *b, struct diags *d, struct buf *out)
{
	_cleanup_json_ json_t *object = json_object();
	_cleanup_buf_ struct buf packed = BUF_INIT;
	_cleanup_free_ char *text = NULL;
	size_t len;
	int r;

	if (!object)
		return -ENOMEM;
	r = make_document(b, d, object);
	if (r < 0)
		return r;
	text = json_text(object);
	if (!text)
		return -ENOMEM;
	len = strlen(text);
	if (len > POSTERN_BUNDLE_INFLATED_MAX)
		return refuse_size(d, "inflated", len, POSTERN_BUNDLE_INFLATED_MAX);
	r = pack_text(text, len, &packed);
	if (r < 0)
		return r;
	if (packed.len > POSTERN_BUNDLE_PACKED_MAX)
		return refuse_size(d, "packed", packed.len, POSTERN_BUNDLE_PACKED_MAX);
	buf_put(out, packed.data, packed.len);
	return buf_error(out);
}
