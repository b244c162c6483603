/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who signed a container, and whether they are enough (TUF, "threshold"): each key counts once,
 * told apart by its whole blob, and a signature that does not count spoils nothing. The payload is
 * bytes here.
 */
#include "bundle/bundle.h"

#include <errno.h>
#include <string.h>

#include "bundle/sshsig.h"

/* The root's key with this blob that the role has: its index, or -1. */
static int find_in_role(const struct root *root, const struct role *role, struct slice blob)
{
	for (size_t i = 0; i < role->n; i++) {
		const struct public_key *k = &root->keys[role->key[i]];

		if (slice_equal((struct slice){ k->blob, k->blob_len }, blob))
			return role->key[i];
	}
	return -1;
}

/* For the report only: a key may be known and not be of the role. */
static const char *find_name(const struct root *root, struct slice blob)
{
	for (size_t i = 0; i < root->n_keys; i++)
		if (slice_equal((struct slice){ root->keys[i].blob, root->keys[i].blob_len }, blob))
			return root->keys[i].name;
	return "";
}

struct count {
	const struct root *root;
	const struct role *role;
	const char *name_space;
	bool seen[ROOT_KEYS_MAX]; /* keys of the root that counted already */
	unsigned counted, in_role, sound;
};

static const char *check_demands(const struct role *role, uint8_t flags)
{
	if (role->touch && !(flags & SIGNATURE_TOUCH))
		return "the role demands a touch of a token, and this signature has none";
	if (role->verify && !(flags & SIGNATURE_VERIFY))
		return "the role demands a PIN or fingerprint, and this signature has none";
	return NULL;
}

static void describe_key(const struct root *root, struct slice blob, struct signature_report *out)
{
	struct public_key k = { 0 };

	(void)snprintf(out->key_name, sizeof(out->key_name), "%s", find_name(root, blob));
	if (blob.n > sizeof(k.blob))
		return;
	memcpy(k.blob, blob.p, blob.n);
	k.blob_len = blob.n;
	if (public_key_fingerprint(&k, out->fingerprint) < 0)
		out->fingerprint[0] = '\0';
}

static void describe_marks(const struct sshsig *s, const struct signature_marks *marks,
			   struct signature_report *out)
{
	out->token = s->key.type->hardware;
	out->touched = marks->flags & SIGNATURE_TOUCH;
	out->verified = marks->flags & SIGNATURE_VERIFY;
	out->counter = marks->counter;
}

static const char *count_one(struct count *c, const char *armored, size_t len, struct message *m,
			     struct signature_report *out)
{
	struct sshsig s;
	struct signature_marks marks = { 0 };
	const char *why = sshsig_open(armored, len, &s);
	int key;

	if (why)
		return why;
	describe_key(c->root, s.key_blob, out);
	key = find_in_role(c->root, c->role, s.key_blob);
	out->in_role = key >= 0;
	out->key_type = s.key.type->name;
	why = sshsig_check_bytes(&s, c->name_space, m, &marks);
	if (why)
		return why;
	describe_marks(&s, &marks, out);
	if (sshsig_is_untouched(&s, &marks))
		return "nobody touched the token for this signature";
	out->sound = true;
	c->sound++;
	if (key < 0)
		return "the root document does not list this key for this role";
	c->in_role++;
	why = check_demands(c->role, marks.flags);
	if (why)
		return why;
	if (c->seen[key])
		return "this key has signed already: it counts once";
	c->seen[key] = true;
	c->counted++;
	out->counted = true;
	return NULL;
}

static enum bundle_answer sum_up(const struct count *c)
{
	/*
	 * A role without threshold cannot be parsed; should one come here, nobody is enough for it.
	 */
	if (c->counted > 0 && c->counted >= c->role->threshold)
		return BUNDLE_OK;
	if (c->in_role > 0)
		return BUNDLE_E_THRESHOLD;
	return c->sound > 0 ? BUNDLE_E_KEY : BUNDLE_E_SIGNATURE;
}

enum bundle_answer container_verify(const struct container *c, const struct root *root,
				    struct verify_report *report)
{
	struct message m = { .bytes = { c->payload, c->payload_len } };
	struct verify_report found = { .n = c->n_signatures };
	struct count count = {
		.root = root,
		.role = &root->roles[c->type],
		.name_space = bundle_namespace(c->type),
	};

	for (size_t i = 0; i < c->n_signatures; i++) {
		struct signature_report *one = &found.signatures[i];

		one->why = count_one(&count, c->signatures[i], c->signature_len[i], &m, one);
	}
	found.counted = count.counted;
	found.threshold = count.role->threshold;
	if (report)
		*report = found;
	return c->n_signatures ? sum_up(&count) : BUNDLE_E_UNSIGNED;
}
