/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A policy payload, gzip of one JSON document, into a bundle. Only bytes whose signatures were
 * verified come here.
 */
#include "bundle/bundle.h"

#include <errno.h>
#include <postern/limits.h>
#include <string.h>

#include "bundle/excised.h"
#include "bundle/gzip.h"
#include "bundle/kept_parts.h"
#include "bundle/manifest.h"
#include "bundle/number.h"
#include "bundle/texts.h"

void bundle_free(struct bundle **b)
{
	struct bundle *gone = *b;

	if (!gone)
		return;
	for (size_t i = 0; i < gone->n_audience; i++)
		free(gone->audience[i]);
	for (size_t i = 0; i < gone->n_policies; i++)
		text_free(&gone->policies[i]);
	for (size_t i = 0; i < gone->n_files; i++)
		text_free(&gone->files[i]);
	text_free(&gone->entities);
	text_free(&gone->tests);
	free(gone->name);
	free(gone->audience);
	free(gone->policies);
	free(gone->files);
	free(gone->file_numbers);
	kept_parts_free(&gone->parts);
	free(gone);
	*b = NULL;
}

/* What the files of one member are called, in the payload and in messages. */
struct folder {
	const char *member;
	const char *prefix; /* before the name in messages */
	const char *suffix; /* of every name */
};

/* The text of a string, or what its mark stands for. 0 or -errno. Only a file may be one that is known. */
static int copy_text(const struct document *doc, const struct folder *f, const json_t *value,
		     char **ret, size_t *ret_len)
{
	int r = doc->excised ? excised_take(doc->excised, value, ret, ret_len) : -ENOENT;

	if (r == 0 && !*ret && strcmp(f->member, "files") != 0)
		return -EBADMSG;
	if (r != -ENOENT)
		return r;
	*ret = strdup(json_string_value(value));
	*ret_len = json_string_length(value);
	return *ret ? 0 : -ENOMEM;
}

static int read_text(const struct document *doc, const struct folder *f, const char *name,
		     const json_t *value, texts_t *texts)
{
	char *text = NULL;
	size_t len;
	int r;

	if (!text_name_ok(name, f->suffix))
		return document_refuse(doc, "file-name", name,
				       "use letters, digits, and any of . _ - in file names",
				       "\"%s\" in \"%s\" is not a name ending in %s", name,
				       f->member, f->suffix);
	if (!json_is_string(value))
		return document_refuse(doc, "member-type", name, NULL,
				       "\"%s\" in \"%s\" must be a string", name, f->member);
	r = copy_text(doc, f, value, &text, &len);
	return r < 0 ? r : texts_add(texts, f->prefix, name, text, len);
}

static int read_texts(const struct document *doc, const struct folder *f, const json_t *object,
		      struct source **ret, size_t *ret_n)
{
	json_t *files = json_object_get(object, f->member), *value;
	_cleanup_(texts_free) texts_t texts = { 0 };
	const char *name;

	if (json_object_size(files) > TEXTS_MAX)
		return document_refuse(doc, "file-count", f->member, "join files",
				       "more than %d files in \"%s\"", TEXTS_MAX, f->member);
	json_object_foreach(files, name, value) {
		int r = read_text(doc, f, name, value, &texts);

		if (r < 0)
			return r;
	}
	texts_sort(&texts);
	*ret_n = texts.n;
	*ret = TAKE_PTR(texts.items);
	texts.n = 0;
	return 0;
}

/* A JSON member as text of its own, indented so that messages about it have short lines. */
static int read_json(const json_t *object, const char *member, const char *name, struct source *ret)
{
	const json_t *value = json_object_get(object, member);
	struct source text = { 0 };

	if (!value)
		return 0;
	text.text = json_dumps(value, JSON_INDENT(2));
	text.name = strdup(name);
	if (!text.text || !text.name) {
		text_free(&text);
		return -ENOMEM;
	}
	text.len = strlen(text.text);
	*ret = text;
	return 0;
}

static int read_document(const struct document *doc, const json_t *object, struct bundle *b)
{
	static const struct folder policies = { "policies", POLICY_FOLDER, POLICY_SUFFIX };
	static const struct folder files = { "files", "", PREFIXES_SUFFIX };
	int r;

	r = document_members(doc, "the bundle", object, bundle_members, BUNDLE_MEMBERS);
	if (r == 0)
		r = manifest_read(doc, object, b);
	if (r == 0)
		r = read_texts(doc, &policies, object, &b->policies, &b->n_policies);
	if (r == 0)
		r = read_texts(doc, &files, object, &b->files, &b->n_files);
	if (r == 0)
		r = read_json(object, "entities", "entities.json", &b->entities);
	if (r == 0)
		r = read_json(object, "tests", "tests.json", &b->tests);
	return r;
}

static int unpack(const uint8_t *payload, size_t len, struct diags *d, struct buf *out)
{
	int r = len > POSTERN_BUNDLE_PACKED_MAX
			? -E2BIG
			: gzip_unpack(payload, len, POSTERN_BUNDLE_INFLATED_MAX, out);

	if (r == -E2BIG)
		diag_error(d, "bundle-size", NOWHERE, bundle_answer_hint(BUNDLE_E_SIZE),
			   "the payload is larger than %u MiB packed or %u MiB inflated",
			   POSTERN_BUNDLE_PACKED_MAX >> 20, POSTERN_BUNDLE_INFLATED_MAX >> 20);
	else if (r == -EBADMSG)
		diag_error(d, "bundle-gzip", NOWHERE, bundle_answer_hint(BUNDLE_E_PAYLOAD),
			   "the payload is not one whole gzip member");
	return r;
}

/*
 * The answers of this folder where the trouble is in the bytes; -ENOMEM and the like stay errors.
 */
static int answer_of(int r)
{
	if (r == -E2BIG)
		return BUNDLE_E_SIZE;
	return r == -EBADMSG ? BUNDLE_E_PAYLOAD : r;
}

static int parse_text(struct source src, struct excised *excised, struct diags *d, struct bundle *b)
{
	const struct document doc = { &src, d, excised };
	_cleanup_json_ json_t *object = NULL;
	int r = json_parse(&src, d, &object);

	return r < 0 ? r : read_document(&doc, object, b);
}

/* Without its long strings. 0 only if nothing at all is to be said of it: the whole text says that better. */
static int parse_short(const struct buf *json, struct excised *e, struct bundle *b)
{
	_cleanup_diags_ struct diags unsaid = DIAGS_INIT;
	int r = excised_make(e, json->data ? json->data : "", json->len);

	if (r == 0)
		r = parse_text((struct source){ "bundle payload", e->text.data, e->text.len }, e,
			       &unsaid, b);
	if (r == 0 && (unsaid.n || unsaid.err || !excised_is_whole(e)))
		r = -EBADMSG;
	return r;
}

/* Asked by the unpacker: a part of the bundle before, whose mark is put out then. */
struct knowing {
	struct kept_parts *parts; /* borrowed; NULL: nothing is known */
	struct excised *e;
};

static bool find_known(void *arg, const uint8_t *at, size_t left, struct gzip_part *ret,
		       struct buf *out)
{
	struct knowing *k = arg;
	size_t i = k->parts ? kept_parts_find(k->parts, at, left) : 0;
	const struct kept_part *p;

	if (!k->parts || i == k->parts->items.n || excised_put_known(k->e, i, out) < 0)
		return false;
	p = &k->parts->items.items[i];
	*ret = (struct gzip_part){ .len = p->len, .out_len = p->out_len, .crc = p->crc };
	return true;
}

/*
 * Unpacked part by part and read without the long strings; of `before` is taken what is the same. 0, or -errno with nothing
 * taken, which says nothing of the payload: most are packed in one.
 */
static int parse_quickly(const uint8_t *payload, size_t len, struct bundle *before,
			 struct bundle **ret)
{
	_cleanup_excised_ struct excised e = { 0 };
	_cleanup_bundle_ struct bundle *b = calloc(1, sizeof(*b));
	_cleanup_buf_ struct buf json = BUF_INIT;
	struct knowing knowing = { before ? before->parts : NULL, &e };
	gzip_parts_t parts = { 0 };
	int r = b && len <= POSTERN_BUNDLE_PACKED_MAX ? excised_begin(&e) : -ENOMEM;

	if (r == 0)
		r = gzip_unpack_parts(payload, len, POSTERN_BUNDLE_INFLATED_MAX,
				      &(struct gzip_known){ find_known, &knowing }, &json, &parts);
	if (r == 0)
		r = parse_short(&json, &e, b);
	if (r == 0)
		r = kept_parts_settle(b, before, payload, &parts, &e);
	vec_free(&parts);
	if (r == 0)
		*ret = TAKE_PTR(b);
	return r;
}

/* The whole text, which says all that is wrong with it. */
static int parse_whole(const uint8_t *payload, size_t len, struct diags *d, struct bundle **ret)
{
	_cleanup_bundle_ struct bundle *b = calloc(1, sizeof(*b));
	_cleanup_buf_ struct buf json = BUF_INIT;
	int r = unpack(payload, len, d, &json);

	if (r == 0)
		r = b ? parse_text((struct source){ "bundle payload", json.data ? json.data : "",
						    json.len },
				   NULL, d, b)
		      : -ENOMEM;
	if (r == 0)
		*ret = TAKE_PTR(b);
	return r;
}

static int parse(const uint8_t *payload, size_t len, struct bundle *before, struct diags *d,
		 struct bundle **ret)
{
	_cleanup_bundle_ struct bundle *b = NULL;
	int r = parse_quickly(payload, len, before, &b);

	if (r < 0)
		r = parse_whole(payload, len, d, &b);
	if (r == 0)
		r = bundle_number(b, before);
	if (r < 0)
		return answer_of(r);
	*ret = TAKE_PTR(b);
	return BUNDLE_OK;
}

int bundle_parse_next(const uint8_t *payload, size_t len, struct bundle **before, struct diags *d,
		      struct bundle **ret)
{
	_cleanup_bundle_ struct bundle *old = TAKE_PTR(*before);

	return parse(payload, len, old, d, ret);
}

int bundle_parse(const uint8_t *payload, size_t len, struct diags *d, struct bundle **ret)
{
	_cleanup_bundle_ struct bundle *b = NULL;
	int r = parse(payload, len, NULL, d, &b);

	if (r == BUNDLE_OK)
		r = answer_of(digest_hex(payload, len, b->digest));
	if (r == BUNDLE_OK)
		*ret = TAKE_PTR(b);
	return r;
}
