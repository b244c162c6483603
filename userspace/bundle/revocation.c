/* SPDX-License-Identifier: BSD-2-Clause */
/* The payload of a revoke document: strict JSON, as all that is signed. */
#include <errno.h>
#include <string.h>

#include "bundle/bundle.h"
#include "bundle/document.h"

enum { FORMAT = 1, LISTED_MOST = 4096, REASON_MOST = 1024 };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct member members[] = {
	{ "format", JSON_INTEGER, false },  { "version", JSON_INTEGER, false },
	{ "issued", JSON_STRING, false },   { "reason", JSON_STRING, true },
	{ "identities", JSON_ARRAY, true }, { "keys", JSON_ARRAY, true },
	{ "sessions", JSON_ARRAY, true },
};

void revocation_free(struct revocation **r)
{
	if (!*r)
		return;
	for (size_t i = 0; i < (*r)->n_identities; i++)
		free((*r)->identities[i]);
	free((*r)->identities);
	free((*r)->keys);
	free((*r)->sessions);
	free((*r)->reason);
	free(*r);
	*r = NULL;
}

/* An array's room in *ret, of elements of that size. 0, -EBADMSG or -ENOMEM. */
static int make_list(const struct document *doc, const json_t *list, const char *name, size_t size,
		     void **ret)
{
	size_t n = json_array_size(list);

	if (n > LISTED_MOST)
		return document_refuse(doc, "member-value", name,
				       "leave out what is in no bundle any more",
				       "\"%s\" has more than %d entries", name, LISTED_MOST);
	*ret = calloc(n ? n : 1, size);
	return *ret ? 0 : -ENOMEM;
}

static int read_identities(const struct document *doc, const json_t *object, struct revocation *v)
{
	const json_t *list = json_object_get(object, "identities"), *value;
	int r = make_list(doc, list, "identities", sizeof(*v->identities), (void **)&v->identities);
	size_t i;

	if (r < 0)
		return r;
	json_array_foreach(list, i, value) {
		if (json_string_length(value) == 0)
			return document_refuse(doc, "member-type", "identities",
					       "write ids as in Identity::\"alice\": \"alice\"",
					       "\"identities\" must hold ids");
		v->identities[i] = strdup(json_string_value(value));
		if (!v->identities[i])
			return -ENOMEM;
		v->n_identities++;
	}
	return 0;
}

/* A fingerprint, or the line of a .pub file. */
static bool read_key(const char *text, uint8_t ret[KEY_DIGEST])
{
	struct public_key k;
	const char *why;

	if (fingerprint_parse(text, ret) == 0)
		return true;
	return public_key_parse(text, &k, &why) == 0 && public_key_digest(&k, ret) == 0;
}

static int read_keys(const struct document *doc, const json_t *object, struct revocation *v)
{
	const json_t *list = json_object_get(object, "keys"), *value;
	int r = make_list(doc, list, "keys", sizeof(*v->keys), (void **)&v->keys);
	size_t i;

	if (r < 0)
		return r;
	json_array_foreach(list, i, value) {
		const char *text = json_string_value(value);

		if (!text || !read_key(text, v->keys[i]))
			return document_refuse(
				doc, "revoke-key", text,
				"write \"SHA256:…\" as ssh-keygen -l prints it, or the line of the .pub file",
				"this is no key: \"%s\"", text ? text : "");
		v->n_keys++;
	}
	return 0;
}

static bool is_boot_id(const char *s)
{
	return strlen(s) == 36 && strspn(s, "0123456789abcdef-") == 36;
}

static int read_session(const struct document *doc, const json_t *value,
			struct revoked_session *ret)
{
	static const struct member parts[] = {
		{ "boot", JSON_STRING, false },
		{ "session", JSON_INTEGER, false },
	};
	uint64_t number = 0;
	const char *boot;
	int r = document_members(doc, "a session", value, parts, COUNT(parts));

	if (r == 0)
		r = document_number(doc, value, "session", 0, &number);
	if (r < 0)
		return r;
	boot = json_string_value(json_object_get(value, "boot"));
	if (!is_boot_id(boot) || number > UINT32_MAX)
		return document_refuse(doc, "revoke-session", boot,
				       "copy both from postern -o json whoami, or from a log",
				       "this is no session of a boot");
	memcpy(ret->boot, boot, sizeof(ret->boot));
	ret->session = (uint32_t)number;
	return 0;
}

static int read_sessions(const struct document *doc, const json_t *object, struct revocation *v)
{
	const json_t *list = json_object_get(object, "sessions"), *value;
	int r = make_list(doc, list, "sessions", sizeof(*v->sessions), (void **)&v->sessions);
	size_t i;

	if (r < 0)
		return r;
	json_array_foreach(list, i, value) {
		r = read_session(doc, value, &v->sessions[i]);
		if (r < 0)
			return r;
		v->n_sessions++;
	}
	return 0;
}

static int read_head(const struct document *doc, const json_t *object, struct revocation *v)
{
	const char *reason = json_string_value(json_object_get(object, "reason"));
	int r;

	if (json_integer_value(json_object_get(object, "format")) != FORMAT)
		return document_refuse(
			doc, "format-version", "format", "write \"format\": 1, or update postern",
			"this version of postern reads revoke documents of format 1");
	if (reason && strlen(reason) > REASON_MOST)
		return document_refuse(doc, "member-value", "reason", "write one sentence",
				       "\"reason\" is longer than %d bytes", REASON_MOST);
	v->reason = strdup(reason ? reason : "");
	if (!v->reason)
		return -ENOMEM;
	r = document_number(doc, object, "version", 1, &v->version);
	return r < 0 ? r : document_time(doc, object, "issued", &v->issued_ms);
}

static int read_all(const struct document *doc, const json_t *object, struct revocation *v)
{
	int r = document_members(doc, "the revoke document", object, members, COUNT(members));

	if (r == 0)
		r = read_head(doc, object, v);
	if (r == 0)
		r = read_identities(doc, object, v);
	if (r == 0)
		r = read_keys(doc, object, v);
	return r < 0 ? r : read_sessions(doc, object, v);
}

int revocation_parse(const uint8_t *payload, size_t len, struct diags *d, struct revocation **ret)
{
	const struct source src = { .name = "payload", .text = (const char *)payload, .len = len };
	const struct document doc = { &src, d, NULL };
	_cleanup_revocation_ struct revocation *v = calloc(1, sizeof(*v));
	_cleanup_json_ json_t *object = NULL;
	int r;

	if (!v)
		return -ENOMEM;
	r = digest_hex(payload, len, v->digest);
	if (r == 0)
		r = json_parse(&src, d, &object);
	if (r == 0)
		r = read_all(&doc, object, v);
	if (r < 0)
		return r == -EBADMSG ? BUNDLE_E_PAYLOAD : r;
	*ret = TAKE_PTR(v);
	return BUNDLE_OK;
}
