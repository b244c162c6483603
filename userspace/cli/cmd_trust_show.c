/* SPDX-License-Identifier: BSD-2-Clause */
/* postern trust show, export-allowed-signers: whom a host believes, for people and for ssh-keygen. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/base64.h"
#include "base/rfc3339.h"
#include "cli/command.h"
#include "cli/output.h"
#include "cli/rootfile.h"

/* The root document that was named, or this host's. 0 or an exit_status. */
static int load(const struct invocation *inv, struct trust *ret, bool *ret_host)
{
	return rootfile_read(inv->n_arguments ? inv->arguments[0] : NULL, flag_value(inv, "state"),
			     ret, ret_host);
}

/* "ssh-ed25519" out of the blob: its first field. */
static void type_of(const struct public_key *k, char ret[64])
{
	size_t n = k->blob_len > 4 ? k->blob[3] : 0; /* key types are shorter than 64 bytes */

	(void)snprintf(ret, 64, "%.*s", (int)(n < 64 && 4 + n <= k->blob_len ? n : 0),
		       (const char *)k->blob + 4);
}

static bool has_key(const struct role *r, size_t key)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->key[i] == key)
			return true;
	return false;
}

static void time_text(int64_t ms, const char *none, char ret[RFC3339_SIZE])
{
	if (ms == 0 || rfc3339_format(ms, ret) < 0)
		(void)snprintf(ret, RFC3339_SIZE, "%s", none);
}

static void say_role(const struct root *root, enum bundle_type t)
{
	const struct role *r = &root->roles[t];

	(void)printf("%-8s %u of %zu%s%s  ", bundle_type_name(t), r->threshold, r->n,
		     r->touch ? ", touch" : "", r->verify ? ", verify" : "");
	for (size_t i = 0; i < r->n; i++)
		(void)printf("%s%s", i ? ", " : "", root->keys[r->key[i]].name);
	(void)putchar('\n');
}

static void say_key(const struct public_key *k)
{
	char type[64], print[64] = "?";

	type_of(k, type);
	(void)public_key_fingerprint(k, print);
	(void)printf("%-16s %-34s %s\n", k->name, type, print);
}

static void say_accepted(const char *what, uint64_t version, const char *digest)
{
	if (version == 0)
		(void)printf("%s: none accepted yet\n", what);
	else
		(void)printf("%s: version %llu accepted, sha256 %.16s\n", what,
			     (unsigned long long)version, digest);
}

static void say(const struct trust *t, bool host)
{
	char end[RFC3339_SIZE], floor[RFC3339_SIZE];

	time_text(t->root.not_after_ms, "for ever", end);
	(void)printf("root document %llu, %s%s\n", (unsigned long long)t->root.version,
		     t->root.not_after_ms ? "until " : "", end);
	for (int i = 0; i < BUNDLE_TYPES; i++)
		say_role(&t->root, (enum bundle_type)i);
	for (size_t i = 0; i < t->root.n_keys; i++)
		say_key(&t->root.keys[i]);
	if (!host)
		return;
	say_accepted("bundle", t->policy_version, t->policy_digest);
	say_accepted("revoke document", t->revoke_version, t->revoke_digest);
	time_text(t->time_floor_ms, "none", floor);
	(void)printf("latest time known: %s\n", floor);
}

static json_t *key_json(const struct root *root, size_t key)
{
	char type[64], print[64] = "";
	json_t *roles = json_array();

	type_of(&root->keys[key], type);
	(void)public_key_fingerprint(&root->keys[key], print);
	for (int t = 0; t < BUNDLE_TYPES; t++)
		if (has_key(&root->roles[t], key))
			(void)json_array_append_new(
				roles, json_string(bundle_type_name((enum bundle_type)t)));
	return json_pack("{s:s, s:s, s:s, s:o}", "name", root->keys[key].name, "type", type,
			 "fingerprint", print, "roles", roles);
}

static json_t *role_json(const struct role *r)
{
	return json_pack("{s:i, s:i, s:b, s:b}", "threshold", (int)r->threshold, "keys", (int)r->n,
			 "touch", r->touch, "verify", r->verify);
}

static void say_json(const struct trust *t, bool host)
{
	json_t *keys = json_array(), *roles = json_object(), *all;
	char end[RFC3339_SIZE], floor[RFC3339_SIZE];

	for (size_t i = 0; i < t->root.n_keys; i++)
		(void)json_array_append_new(keys, key_json(&t->root, i));
	for (int i = 0; i < BUNDLE_TYPES; i++)
		(void)json_object_set_new(roles, bundle_type_name((enum bundle_type)i),
					  role_json(&t->root.roles[i]));
	time_text(t->root.not_after_ms, "", end);
	time_text(t->time_floor_ms, "", floor);
	all = json_pack("{s:I, s:s, s:o, s:o}", "version", (json_int_t)t->root.version, "notAfter",
			end, "keys", keys, "roles", roles);
	if (host)
		(void)json_object_update_new(
			all,
			json_pack("{s:s, s:I, s:s, s:I, s:s, s:s}", "digest", t->root_digest,
				  "policyVersion", (json_int_t)t->policy_version, "policyDigest",
				  t->policy_digest, "revokeVersion", (json_int_t)t->revoke_version,
				  "revokeDigest", t->revoke_digest, "timeFloor", floor));
	output_json(all);
}

static int run_show(const struct invocation *inv)
{
	struct trust t;
	bool host;
	int r = load(inv, &t, &host);

	if (r != EXIT_YES)
		return r;
	if (output_form() == OUTPUT_JSON)
		say_json(&t, host);
	else
		say(&t, host);
	return EXIT_YES;
}

/* A key's line: name namespaces="…" type base64. Which roles it has are its namespaces. */
static void put_signer(const struct root *root, size_t key, struct buf *out)
{
	const struct public_key *k = &root->keys[key];
	const char *comma = "";
	char type[64];

	type_of(k, type);
	buf_printf(out, "%s namespaces=\"", k->name);
	for (int t = 0; t < BUNDLE_TYPES; t++) {
		if (!has_key(&root->roles[t], key))
			continue;
		buf_printf(out, "%s%s", comma, bundle_namespace((enum bundle_type)t));
		comma = ",";
	}
	buf_printf(out, "\" %s ", type);
	base64_encode(k->blob, k->blob_len, 0, out);
	buf_putc(out, '\n');
}

static bool has_role(const struct root *root, size_t key)
{
	for (int t = 0; t < BUNDLE_TYPES; t++)
		if (has_key(&root->roles[t], key))
			return true;
	return false;
}

static int run_export(const struct invocation *inv)
{
	_cleanup_buf_ struct buf out = BUF_INIT;
	struct trust t;
	bool host;
	int r = load(inv, &t, &host);

	if (r != EXIT_YES)
		return r;
	buf_puts(
		&out,
		"# Thresholds, and the touch of a token, are not asked by ssh-keygen: postern verify does.\n");
	for (size_t i = 0; i < t.root.n_keys; i++)
		if (has_role(&t.root, i))
			put_signer(&t.root, i, &out);
	if (buf_error(&out) < 0) {
		complain(NULL, "out of memory");
		return EXIT_USAGE;
	}
	(void)fwrite(out.data, 1, out.len, stdout);
	return EXIT_YES;
}

static const struct flag flags[] = {
	{ "state", 0, "DIR", "state directory of this host (default /var/lib/postern)" },
	{ 0 },
};

const struct command command_trust_show = {
	.name = "trust show",
	.arguments = "[ROOT]",
	.max_arguments = 1,
	.summary = "whom this host believes and what it accepted, or what a root document says",
	.examples = "  postern trust show\n  postern trust show root.postern\n",
	.flags = flags,
	.run = run_show,
};

const struct command command_trust_export = {
	.name = "trust export-allowed-signers",
	.arguments = "[ROOT]",
	.max_arguments = 1,
	.summary = "the keys as allowed_signers, for ssh-keygen -Y verify",
	.examples =
		"  postern trust export-allowed-signers root.postern > allowed_signers\n"
		"  ssh-keygen -Y verify -f allowed_signers -I alice -n policy@postern -s shop.sig < payload\n",
	.flags = flags,
	.run = run_export,
};
