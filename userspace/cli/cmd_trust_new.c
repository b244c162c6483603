/* SPDX-License-Identifier: BSD-2-Clause */
/* postern trust new: a root document from public keys, or the one that follows another. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "cli/command.h"
#include "cli/opened.h"
#include "cli/output.h"

/* The members of a root document while it is put together; new references. */
struct draft {
	json_t *document, *keys, *roles;
};

static void draft_free(struct draft *dr)
{
	json_decref(dr->document);
}

static const char *const role_names[] = { "root", "policy", "revoke" };

enum { ROLES = 3 };

/* NAME=FILE.pub into the keys, without the comment. 0 or an exit_status. */
static int add_key(struct draft *dr, const char *word)
{
	const char *equals = strchr(word, '=');
	_cleanup_free_ char *text = NULL, *name = NULL;
	size_t len, words;
	int r;

	if (!equals || equals == word) {
		complain("--key alice=alice.pub", "trust new: --key %s names no file", word);
		return EXIT_USAGE;
	}
	name = strndup(word, (size_t)(equals - word));
	r = opened_file(equals + 1, &text, &len);
	if (r != EXIT_YES || !name)
		return r != EXIT_YES ? r : EXIT_USAGE;
	if (json_object_get(dr->keys, name)) {
		complain("--remove it first", "trust new: there is a key \"%s\" already", name);
		return EXIT_USAGE;
	}
	words = strcspn(text, " \n");
	words += strspn(text + words, " ");
	words += strcspn(text + words, " \n");
	text[words] = '\0';
	if (json_object_set_new(dr->keys, name, json_string(text)) < 0)
		return EXIT_USAGE;
	for (int i = 0; i < ROLES; i++)
		(void)json_array_append_new(
			json_object_get(json_object_get(dr->roles, role_names[i]), "keys"),
			json_string(name));
	return EXIT_YES;
}

/* Takes a key out of the document and of its roles. 0 or an exit_status. */
static int remove_key(struct draft *dr, const char *name)
{
	if (json_object_del(dr->keys, name) < 0) {
		complain("postern trust show ROOT lists them", "trust new: there is no key \"%s\"",
			 name);
		return EXIT_USAGE;
	}
	for (int i = 0; i < ROLES; i++) {
		json_t *names = json_object_get(json_object_get(dr->roles, role_names[i]), "keys");

		for (size_t k = json_array_size(names); k > 0; k--) {
			const char *other = json_string_value(json_array_get(names, k - 1));

			if (other && strcmp(other, name) == 0)
				(void)json_array_remove(names, k - 1);
		}
	}
	return EXIT_YES;
}

/* A number of 1 or more; 0 is what is none. */
static int number_of(const char *text)
{
	char *end = NULL;
	long n = text ? strtol(text, &end, 10) : 0;

	return text && *text && *end == '\0' && n > 0 && n <= INT_MAX ? (int)n : 0;
}

/* "alice,bob" as a list; "*" is every key. */
static json_t *list_of(const struct draft *dr, char *words)
{
	json_t *names = json_array();
	char *rest = words, *word;
	const char *name;
	json_t *value;

	if (strcmp(words, "*") == 0) {
		json_object_foreach(dr->keys, name, value)
			(void)json_array_append_new(names, json_string(name));
		return names;
	}
	while ((word = strsep(&rest, ",")) != NULL)
		(void)json_array_append_new(names, json_string(word));
	return names;
}

static int role_slip(const char *word)
{
	complain("--role policy=2:alice,bob or --role root=2:alice,bob,carol:verify",
		 "trust new: --role %s is not ROLE=N:KEY,...[:touch|verify]", word);
	return EXIT_USAGE;
}

/* ROLE=N:KEY,KEY[:touch|verify]; what the names are is asked when the document is read. */
static int set_role(struct draft *dr, const char *word)
{
	_cleanup_free_ char *copy = strdup(word);
	char *rest = copy, *role = strsep(&rest, "="), *count = strsep(&rest, ":");
	char *names = strsep(&rest, ":");
	json_t *object;

	if (!copy || !names || !json_object_get(dr->roles, role) || number_of(count) == 0 ||
	    (rest && strcmp(rest, "touch") != 0 && strcmp(rest, "verify") != 0))
		return role_slip(word);
	object = json_pack("{s:i, s:o}", "threshold", number_of(count), "keys", list_of(dr, names));
	if (rest)
		(void)json_object_set_new(object, rest, json_true());
	return json_object_set_new(dr->roles, role, object) < 0 ? EXIT_USAGE : EXIT_YES;
}

static int each(const struct invocation *inv, const char *flag, struct draft *dr,
		int (*one)(struct draft *dr, const char *word))
{
	const char *const *given;
	size_t n = flag_values(inv, flag, &given);
	int r = EXIT_YES;

	for (size_t i = 0; i < n && r == EXIT_YES; i++)
		r = one(dr, given[i]);
	return r;
}

static int begin_empty(struct draft *dr)
{
	dr->document = json_pack(
		"{s:i, s:i, s:{}, s:{s:{s:i, s:[]}, s:{s:i, s:[]}, s:{s:i, s:[]}}}", "format", 1,
		"version", 1, "keys", "roles", "root", "threshold", 1, "keys", "policy",
		"threshold", 1, "keys", "revoke", "threshold", 1, "keys");
	return dr->document ? EXIT_YES : EXIT_USAGE;
}

/* The document that follows the one in `path`. 0 or an exit_status. */
static int begin_from(struct draft *dr, const char *path)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_free_ char *bytes = NULL;
	struct source src = { .name = path };
	struct root parsed;
	struct container c;
	size_t len;
	int r = opened_container(path, BUNDLE_ROOT, &bytes, &len, &c);

	if (r != EXIT_YES)
		return r;
	src.text = (const char *)c.payload;
	src.len = c.payload_len;
	r = root_parse(src.text, src.len, &d, &parsed);
	if (r == 0)
		r = json_parse(&src, &d, &dr->document);
	complain_diags(&d);
	if (r < 0)
		return EXIT_POLICY;
	(void)json_object_set_new(dr->document, "version",
				  json_integer((json_int_t)parsed.version + 1));
	return EXIT_YES;
}

static int begin(const struct invocation *inv, struct draft *dr)
{
	const char *from = flag_value(inv, "from");
	int r = from ? begin_from(dr, from) : begin_empty(dr);

	if (r != EXIT_YES)
		return r;
	dr->keys = json_object_get(dr->document, "keys");
	dr->roles = json_object_get(dr->document, "roles");
	return EXIT_YES;
}

/* --threshold and --not-after. */
static int set_numbers(const struct invocation *inv, struct draft *dr)
{
	const char *m = flag_value(inv, "threshold"), *end = flag_value(inv, "not-after");
	int n = number_of(m);

	if (m && n == 0) {
		complain("--threshold 2", "trust new: a threshold is a number of 1 or more");
		return EXIT_USAGE;
	}
	for (int i = 0; m && i < 2; i++) /* to take away stays cheap */
		(void)json_object_set_new(json_object_get(dr->roles, role_names[i]), "threshold",
					  json_integer(n));
	if (end)
		(void)json_object_set_new(dr->document, "notAfter", json_string(end));
	return EXIT_YES;
}

static int write_root(const char *path, json_t *document)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_buf_ struct buf file = BUF_INIT;
	_cleanup_free_ char *text = json_text(document);
	struct root parsed;
	int r;

	if (!text)
		return EXIT_USAGE;
	r = root_parse(text, strlen(text), &d, &parsed);
	complain_diags(&d);
	if (r == 0)
		r = container_build(BUNDLE_ROOT, (const uint8_t *)text, strlen(text), NULL, 0,
				    &file);
	if (r == 0)
		r = file_write_atomic(AT_FDCWD, path, file.data, file.len, 0644);
	if (r < 0) {
		complain(NULL, "the root document %s is not made%s%s", path, d.errors ? "" : ": ",
			 d.errors ? "" : strerror(-r));
		return EXIT_USAGE;
	}
	(void)fprintf(
		stderr,
		"%s: version %llu, %zu key%s, not signed yet\n  next: postern sign %s --key KEY\n",
		path, (unsigned long long)parsed.version, parsed.n_keys,
		parsed.n_keys == 1 ? "" : "s", path);
	return EXIT_YES;
}

static int run(const struct invocation *inv)
{
	_cleanup_(draft_free) struct draft dr = { 0 };
	const char *out = flag_value(inv, "output"), *from = flag_value(inv, "from");
	const char *const *given;
	int r;

	if (!out || (!from && flag_values(inv, "key", &given) == 0)) {
		complain("postern trust new --key alice=alice.pub -o root.postern",
			 "trust new: needs --key NAME=FILE.pub or --from ROOT, and --output FILE");
		return EXIT_USAGE;
	}
	r = begin(inv, &dr);
	if (r == EXIT_YES)
		r = each(inv, "remove", &dr, remove_key);
	if (r == EXIT_YES)
		r = each(inv, "key", &dr, add_key);
	if (r == EXIT_YES)
		r = set_numbers(inv, &dr);
	if (r == EXIT_YES)
		r = each(inv, "role", &dr, set_role);
	return r == EXIT_YES ? write_root(out, dr.document) : r;
}

static const struct flag flags[] = {
	{ "key", 'k', "NAME=FILE", "a public key file (ssh-keygen's .pub); may be repeated" },
	{ "threshold", 'm', "N", "so many distinct keys must sign roots and bundles (default 1)" },
	{ "role", 0, "ROLE=N:KEYS", "policy=2:alice,bob:touch; may be repeated" },
	{ "not-after", 0, "TIME", "when it ends: 2028-01-01T00:00:00Z (default: never)" },
	{ "from", 'f', "ROOT", "begin with this document, one version later" },
	{ "remove", 0, "NAME", "without this key of it; may be repeated" },
	{ "output", 'o', "FILE", "where to write the root document" },
	{ 0 },
};

const struct command command_trust_new = {
	.name = "trust new",
	.arguments = "",
	.summary = "make a root document from public keys, or the next one",
	.examples =
		"  postern trust new --key alice=alice.pub --key bob=bob.pub --threshold 2 -o root.postern\n"
		"  postern trust new --from root.postern --remove bob --key eve=eve.pub -o root2.postern\n",
	.flags = flags,
	.run = run,
};
