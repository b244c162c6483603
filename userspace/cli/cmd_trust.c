/* SPDX-License-Identifier: BSD-2-Clause */
/* postern trust: a root document from public keys, and the first one on a host. */
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
#include "cli/rootfile.h"

/* NAME=FILE.pub into a name and the key's text without its comment. 0 or an exit_status. */
static int add_key(json_t *keys, json_t *names, const char *word)
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
	words = strcspn(text, " \n");
	words += strspn(text + words, " ");
	words += strcspn(text + words, " \n");
	text[words] = '\0';
	if (json_object_set_new(keys, name, json_string(text)) < 0 ||
	    json_array_append_new(names, json_string(name)) < 0)
		return EXIT_USAGE;
	return EXIT_YES;
}

static json_t *role(int threshold, json_t *names)
{
	return json_pack("{s:i, s:O}", "threshold", threshold, "keys", names);
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
		complain(NULL, "cannot make the root document %s: %s", path, strerror(-r));
		return EXIT_USAGE;
	}
	(void)fprintf(stderr, "%s: %zu keys, not signed yet\n  next: postern sign %s --key KEY\n",
		      path, parsed.n_keys, path);
	return EXIT_YES;
}

/* A number of 1 or more; 0 is what is none. */
static int threshold_of(const char *text)
{
	char *end = NULL;
	long n;

	if (!text)
		return 1;
	n = strtol(text, &end, 10);
	return *end == '\0' && n > 0 && n <= INT_MAX ? (int)n : 0;
}

static int run_new(const struct invocation *inv)
{
	_cleanup_json_ json_t *keys = json_object(), *names = json_array(), *document = NULL;
	const char *out = flag_value(inv, "output"), *m = flag_value(inv, "threshold");
	const char *const *given;
	size_t i, n = flag_values(inv, "key", &given);
	int threshold = threshold_of(m), r;

	if (!out || n == 0 || threshold < 1) {
		complain(
			"postern trust new --key alice=alice.pub -o root.postern",
			"trust new: needs --key NAME=FILE.pub, --output FILE and a threshold of 1 or more");
		return EXIT_USAGE;
	}
	for (i = 0; i < n; i++) {
		r = add_key(keys, names, given[i]);
		if (r != EXIT_YES)
			return r;
	}
	document = json_pack("{s:i, s:i, s:O, s:{s:o, s:o, s:o}}", "format", 1, "version", 1,
			     "keys", keys, "roles", "root", role(threshold, names), "policy",
			     role(threshold, names), "revoke", role(1, names));
	return document ? write_root(out, document) : EXIT_USAGE;
}

static int run_init(const struct invocation *inv)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_free_ char *bytes = NULL;
	const char *state = flag_value(inv, "state") ? flag_value(inv, "state") : STATE_DIR;
	size_t len;
	int r;

	r = opened_file(inv->arguments[0], &bytes, &len);
	if (r != EXIT_YES)
		return r;
	r = dir_make(state, 0700);
	if (r == 0)
		r = trust_init(state, (const uint8_t *)bytes, len, &d);
	complain_diags(&d);
	if (r == BUNDLE_OK) {
		(void)fprintf(stderr, "%s trusts this root now\n  next: postern push BUNDLE\n",
			      state);
		return EXIT_YES;
	}
	if (r > 0) {
		/* Diags that were said already came with the next thing to try. */
		complain(d.errors ? NULL : bundle_answer_hint((enum bundle_answer)r),
			 "%s: refused: %s", inv->arguments[0],
			 bundle_answer_name((enum bundle_answer)r));
		return EXIT_TRUST;
	}
	complain(r == -EACCES || r == -EPERM ? "run it as root" : NULL,
		 "cannot install a root into %s: %s", state, strerror(-r));
	return EXIT_CONTROLLER;
}

static const struct flag new_flags[] = {
	{ "key", 'k', "NAME=FILE", "a public key file (ssh-keygen's .pub); may be repeated" },
	{ "threshold", 'm', "N", "so many distinct keys must sign (default 1)" },
	{ "output", 'o', "FILE", "where to write the root document" },
	{ 0 },
};

static const struct flag init_flags[] = {
	{ "state", 0, "DIR", "state directory (default /var/lib/postern)" },
	{ 0 },
};

const struct command command_trust_new = {
	.name = "trust new",
	.arguments = "",
	.summary = "make a root document from public keys",
	.examples =
		"  postern trust new --key alice=alice.pub --key bob=bob.pub --threshold 2 -o root.postern\n",
	.flags = new_flags,
	.run = run_new,
};

const struct command command_trust_init = {
	.name = "trust init",
	.arguments = "ROOT",
	.min_arguments = 1,
	.max_arguments = 1,
	.summary = "install the first root document on this host",
	.examples = "  postern trust init root.postern\n",
	.flags = init_flags,
	.run = run_init,
};
