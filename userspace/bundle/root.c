/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The root document: which keys there are, and which of them, how many together, may sign what.
 *   {"format":1,"version":1,"notAfter":"…","keys":{"alice":"ssh-ed25519 AAAA…"},
 *    "roles":{"root":{"threshold":1,"keys":["alice"]},"policy":{…},"revoke":{…}}}
 */
#include "bundle/bundle.h"

#include <errno.h>
#include <string.h>

#include "bundle/document.h"
#include "bundle/keytype.h"

enum { FORMAT = 1 };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* A name goes into messages and one-line output. */
static bool is_key_name(const char *name)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				      "0123456789._@+-";
	size_t n = strlen(name);

	return n > 0 && n < sizeof(((struct public_key *)NULL)->name) && strspn(name, allowed) == n;
}

static bool same_blob(const struct public_key *a, const struct public_key *b)
{
	return a->blob_len == b->blob_len && memcmp(a->blob, b->blob, a->blob_len) == 0;
}

static int add_key(const struct document *doc, struct root *root, const char *name,
		   const json_t *value)
{
	struct public_key *k = &root->keys[root->n_keys];
	const char *why = "a key is a string: the line of its .pub file";
	int r = -EINVAL;

	if (root->n_keys == ROOT_KEYS_MAX)
		return document_refuse(doc, "root-keys", name, "remove keys that nobody uses",
				       "more than %d keys", ROOT_KEYS_MAX);
	if (!is_key_name(name))
		return document_refuse(doc, "root-key-name", name,
				       "use 1 to 63 letters, digits, and any of . _ @ + -",
				       "\"%s\" cannot name a key", name);
	if (json_is_string(value))
		r = public_key_parse(json_string_value(value), k, &why);
	if (r == -EINVAL)
		return document_refuse(doc, "root-key", name, NULL, "key \"%s\": %s", name, why);
	if (r < 0)
		return r;
	for (size_t i = 0; i < root->n_keys; i++)
		if (same_blob(k, &root->keys[i]))
			return document_refuse(doc, "root-key-twice", name,
					       "keep one name for each key: it counts once anyway",
					       "\"%s\" and \"%s\" are the same key", name,
					       root->keys[i].name);
	(void)snprintf(k->name, sizeof(k->name), "%s", name);
	root->n_keys++;
	return 0;
}

static int read_keys(const struct document *doc, const json_t *keys, struct root *root)
{
	const char *name;
	json_t *value;
	int r = 0;

	json_object_foreach((json_t *)(uintptr_t)keys, name, value) {
		int one = add_key(doc, root, name, value);

		if (one < 0)
			r = one;
	}
	return r;
}

static int find_key(const struct document *doc, const struct root *root, const char *name)
{
	const char *names[ROOT_KEYS_MAX];

	for (size_t i = 0; i < root->n_keys; i++)
		names[i] = root->keys[i].name;
	return document_choice(doc, "a role's key", name, names, root->n_keys);
}

/* FIDO demands on a key that cannot meet them would make a role that can never sign. */
static int check_demands(const struct document *doc, const struct role *role,
			 const struct public_key *k)
{
	struct key_fields fields;

	if (!role->touch && !role->verify)
		return 0;
	if (key_fields_read((struct slice){ k->blob, k->blob_len }, &fields) == NULL &&
	    fields.type->hardware)
		return 0;
	return document_refuse(
		doc, "root-role-demand", k->name,
		"remove touch and verify from the role, or use a FIDO key (sk-…)",
		"key \"%s\" is in a role that demands a touch, but is not in a token", k->name);
}

static int add_role_key(const struct document *doc, const struct root *root, const json_t *name,
			struct role *role)
{
	int key;

	if (!json_is_string(name))
		return document_refuse(doc, "member-type", NULL, "write names of \"keys\"",
				       "a role's keys must be strings");
	key = find_key(doc, root, json_string_value(name));
	if (key < 0)
		return key;
	for (size_t i = 0; i < role->n; i++)
		if (role->key[i] == key)
			return document_refuse(doc, "root-role-key-twice", json_string_value(name),
					       "name it once: it counts once anyway",
					       "a role names the key \"%s\" twice",
					       json_string_value(name));
	role->key[role->n++] = (uint8_t)key;
	return check_demands(doc, role, &root->keys[key]);
}

static int read_role(const struct document *doc, const char *name, const json_t *object,
		     const struct root *root, struct role *ret)
{
	static const struct member members[] = {
		{ "threshold", JSON_INTEGER, false },
		{ "keys", JSON_ARRAY, false },
		{ "touch", JSON_TRUE, true },
		{ "verify", JSON_TRUE, true },
	};
	struct role role = { 0 };
	uint64_t threshold = 0;
	const json_t *key;
	size_t i;
	int r;

	r = document_members(doc, name, object, members, COUNT(members));
	if (r == 0)
		r = document_number(doc, object, "threshold", 1, &threshold);
	if (r < 0)
		return r;
	role.touch = json_is_true(json_object_get(object, "touch"));
	role.verify = json_is_true(json_object_get(object, "verify"));
	json_array_foreach(json_object_get(object, "keys"), i, key) {
		r = add_role_key(doc, root, key, &role);
		if (r < 0)
			return r;
	}
	if (threshold > role.n)
		return document_refuse(
			doc, "root-threshold", NULL, "lower it, or add keys",
			"role %s: a threshold of %llu with %zu keys can never be met", name,
			(unsigned long long)threshold, role.n);
	role.threshold = (unsigned)threshold;
	*ret = role;
	return 0;
}

static int read_roles(const struct document *doc, const json_t *roles, struct root *root)
{
	struct member members[BUNDLE_TYPES];
	int r;

	for (int t = 0; t < BUNDLE_TYPES; t++)
		members[t] = (struct member){ bundle_type_name((enum bundle_type)t), JSON_OBJECT,
					      false };
	r = document_members(doc, "\"roles\"", roles, members, COUNT(members));
	for (int t = 0; t < BUNDLE_TYPES && r == 0; t++)
		r = read_role(doc, members[t].name, json_object_get(roles, members[t].name), root,
			      &root->roles[t]);
	return r;
}

static int read_root(const struct document *doc, const json_t *object, struct root *root)
{
	static const struct member members[] = {
		{ "format", JSON_INTEGER, false }, { "version", JSON_INTEGER, false },
		{ "notAfter", JSON_STRING, true }, { "keys", JSON_OBJECT, false },
		{ "roles", JSON_OBJECT, false },
	};
	int r = document_members(doc, "the root document", object, members, COUNT(members));

	if (r < 0)
		return r;
	if (json_integer_value(json_object_get(object, "format")) != FORMAT)
		return document_refuse(doc, "format-version", "format",
				       "write \"format\": 1, or update postern",
				       "this version of postern reads root documents of format 1");
	r = document_number(doc, object, "version", 1, &root->version);
	if (r == 0)
		r = document_time(doc, object, "notAfter", &root->not_after_ms);
	if (r == 0)
		r = read_keys(doc, json_object_get(object, "keys"), root);
	return r < 0 ? r : read_roles(doc, json_object_get(object, "roles"), root);
}

int root_parse(const char *json, size_t len, struct diags *d, struct root *ret)
{
	const struct source src = { .name = "root document", .text = json, .len = len };
	const struct document doc = { &src, d, NULL };
	_cleanup_json_ json_t *object = NULL;
	_cleanup_free_ struct root *root = NULL;
	int r;

	r = json_parse(&src, d, &object);
	if (r < 0)
		return r;
	root = calloc(1, sizeof(*root));
	if (!root)
		return -ENOMEM;
	r = read_root(&doc, object, root);
	if (r < 0)
		return r;
	*ret = *root;
	return 0;
}
