/* SPDX-License-Identifier: BSD-2-Clause */
/* postern revoke build: a document that says who may not prove anything any more. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/file.h"
#include "cli/command.h"
#include "cli/opened.h"
#include "cli/output.h"

/* A fingerprint, a key, or a .pub file. An exit_status. */
static int add_key(json_t *keys, const char *word)
{
	_cleanup_free_ char *text = NULL;
	size_t len;
	int r;

	if (strncmp(word, "SHA256:", 7) == 0 || strchr(word, ' '))
		return json_array_append_new(keys, json_string(word)) < 0 ? EXIT_USAGE : EXIT_YES;
	r = opened_file(word, &text, &len);
	if (r != EXIT_YES)
		return r;
	text[strcspn(text, "\n")] = '\0';
	return json_array_append_new(keys, json_string(text)) < 0 ? EXIT_USAGE : EXIT_YES;
}

/* BOOT:NUMBER. An exit_status. */
static int add_session(json_t *sessions, const char *word)
{
	const char *colon = strrchr(word, ':');
	char *end = NULL;
	long long id = colon ? strtoll(colon + 1, &end, 10) : -1;

	if (id < 0 || !end || *end || end == colon + 1 ||
	    json_array_append_new(sessions,
				  json_pack("{s:s%, s:I}", "boot", word, (size_t)(colon - word),
					    "session", (json_int_t)id)) < 0) {
		complain(
			"--session BOOT-ID:NUMBER; the boot id is in /proc/sys/kernel/random/boot_id",
			"revoke build: --session %s is none", word);
		return EXIT_USAGE;
	}
	return EXIT_YES;
}

static int add_all(const struct invocation *inv, const char *flag, json_t *list,
		   int (*add)(json_t *list, const char *word))
{
	const char *const *given;
	size_t n = flag_values(inv, flag, &given);
	int r = EXIT_YES;

	for (size_t i = 0; i < n && r == EXIT_YES; i++)
		r = add(list, given[i]);
	return r;
}

static int add_identity(json_t *identities, const char *word)
{
	return json_array_append_new(identities, json_string(word)) < 0 ? EXIT_USAGE : EXIT_YES;
}

/* Seconds since 1970 rise by themselves, so that nobody has to count documents. 0: not a number. */
static long long version_of(const char *text)
{
	char *end = NULL;
	long long n;

	if (!text)
		return clock_real_ms() / 1000;
	n = strtoll(text, &end, 10);
	return *text && !*end && n > 0 ? n : 0;
}

static json_t *now_text(void)
{
	char text[32];
	time_t t = (time_t)(clock_real_ms() / 1000);
	struct tm tm;

	if (!gmtime_r(&t, &tm) || !strftime(text, sizeof(text), "%FT%TZ", &tm))
		return NULL;
	return json_string(text);
}

static int write_document(const char *path, const json_t *document)
{
	_cleanup_revocation_ struct revocation *parsed = NULL;
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_buf_ struct buf file = BUF_INIT;
	_cleanup_free_ char *text = json_text(document);
	int r;

	if (!text)
		return EXIT_USAGE;
	r = revocation_parse((const uint8_t *)text, strlen(text), &d, &parsed);
	complain_diags(&d);
	if (r != BUNDLE_OK)
		return EXIT_USAGE;
	r = container_build(BUNDLE_REVOKE, (const uint8_t *)text, strlen(text), NULL, 0, &file);
	if (r == 0)
		r = file_write_atomic(AT_FDCWD, path, file.data, file.len, 0644);
	if (r < 0) {
		complain(NULL, "cannot make the revoke document %s: %s", path, strerror(-r));
		return EXIT_USAGE;
	}
	(void)fprintf(
		stderr,
		"%s: version %llu revokes %zu identities, %zu keys, %zu sessions; not signed yet\n"
		"it replaces every earlier one: name all that stay revoked\n"
		"  next: postern sign %s --key KEY, then postern push %s\n",
		path, (unsigned long long)parsed->version, parsed->n_identities, parsed->n_keys,
		parsed->n_sessions, path, path);
	return EXIT_YES;
}

static int run(const struct invocation *inv)
{
	_cleanup_json_ json_t *identities = json_array(), *keys = json_array();
	_cleanup_json_ json_t *sessions = json_array(), *document = NULL;
	const char *out = flag_value(inv, "output"), *reason = flag_value(inv, "reason");
	long long version = version_of(flag_value(inv, "number"));
	int r;

	if (!out || version == 0) {
		complain("postern revoke build --identity alice -o revoke.postern",
			 "revoke build: needs --output FILE, and a --number of 1 or more");
		return EXIT_USAGE;
	}
	r = add_all(inv, "identity", identities, add_identity);
	if (r == EXIT_YES)
		r = add_all(inv, "key", keys, add_key);
	if (r == EXIT_YES)
		r = add_all(inv, "session", sessions, add_session);
	if (r != EXIT_YES)
		return r;
	document = json_pack("{s:i, s:I, s:o, s:s, s:O, s:O, s:O}", "format", 1, "version",
			     (json_int_t)version, "issued", now_text(), "reason",
			     reason ? reason : "", "identities", identities, "keys", keys,
			     "sessions", sessions);
	return document ? write_document(out, document) : EXIT_USAGE;
}

static const struct flag flags[] = {
	{ "identity", 'i', "NAME", "an Identity; may be repeated" },
	{ "key", 'k', "KEY", "a .pub file, a key, or its fingerprint; may be repeated" },
	{ "session", 's', "BOOT:NUMBER", "a login session of one boot; may be repeated" },
	{ "number", 'n', "NUMBER", "version of the document; seconds since 1970 if absent" },
	{ "reason", 'r', "TEXT", "for people" },
	{ "output", 'o', "FILE", "the document" },
	{ 0 },
};

const struct command command_revoke_build = {
	.name = "revoke build",
	.arguments = "",
	.summary = "make a document that revokes identities, keys and sessions",
	.examples = "  postern revoke build --identity alice --key lost.pub -o revoke.postern\n",
	.flags = flags,
	.run = run,
};
