/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * postern trust rotate: the next root document. Two ways lead to the state directory, and its lock says
 * which: while posternd runs it holds the lock, and is asked to do it; else it is done here, under the
 * same lock, so that no two writers ever meet.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/file.h"
#include "cli/command.h"
#include "cli/connection.h"
#include "cli/output.h"
#include "cli/rootfile.h"

enum { ROOT_FILE_MAX = 1 << 20 }; /* a payload of 256 KiB and sixteen signatures */

struct chain {
	struct signed_file files[ARGUMENTS_MAX]; /* owned */
	size_t n;
};

static void chain_free(struct chain *ch)
{
	for (size_t i = 0; i < ch->n; i++)
		free((void *)(uintptr_t)ch->files[i].bytes);
}

static int read_chain(const struct invocation *inv, struct chain *ret)
{
	for (size_t i = 0; i < inv->n_arguments; i++) {
		char *bytes = NULL;
		size_t len;
		int r = file_read(AT_FDCWD, inv->arguments[i], ROOT_FILE_MAX, &bytes, &len);

		if (r == -EFBIG) {
			complain("a root document has at most 256 KiB", "%s: refused: %s",
				 inv->arguments[i], bundle_answer_name(BUNDLE_E_SIZE));
			return EXIT_TRUST;
		}
		if (r < 0) {
			complain(NULL, "cannot read %s: %s", inv->arguments[i], strerror(-r));
			return EXIT_USAGE;
		}
		ret->files[ret->n++] = (struct signed_file){ (const uint8_t *)bytes, len };
	}
	return EXIT_YES;
}

static void say(json_t *reply, bool dry)
{
	const char *warnings = json_string_value(json_object_get(reply, "warnings"));
	long long version = json_integer_value(json_object_get(reply, "version"));
	bool already = json_is_true(json_object_get(reply, "already"));

	if (output_form() == OUTPUT_JSON) {
		output_json(json_incref(reply));
		return;
	}
	if (warnings && *warnings)
		(void)fputs(warnings, stderr);
	if (already)
		(void)printf("already in force: root document %lld\n", version);
	else
		(void)printf("%s root document %lld, after %lld%s\n",
			     dry ? "would be in force:" : "in force:", version,
			     (long long)json_integer_value(json_object_get(reply, "previous")),
			     dry ? "; nothing was changed" : "");
}

/* ---- through posternd ------------------------------------------------------------------------ */

static int ask_controller(const struct chain *ch, bool dry)
{
	_cleanup_json_ json_t *reply = NULL;
	json_t *roots = json_array();
	int r;

	for (size_t i = 0; i < ch->n; i++) {
		_cleanup_buf_ struct buf text = BUF_INIT;

		base64_encode(ch->files[i].bytes, ch->files[i].len, 0, &text);
		if (buf_error(&text) < 0 ||
		    json_array_append_new(roots, json_string(text.data ? text.data : "")) < 0) {
			json_decref(roots);
			complain(NULL, "out of memory");
			return EXIT_CONTROLLER;
		}
	}
	r = connection_call(WIRE_INTERFACE ".RotateRoot",
			    json_pack("{s:o, s:b}", "roots", roots, "dryRun", dry), &reply);
	if (r == EXIT_YES)
		say(reply, dry);
	return r;
}

/* ---- by hand --------------------------------------------------------------------------------- */

static int cannot_lock(const char *state, int r)
{
	if (r == -EWOULDBLOCK)
		complain("without --state, so that posternd does it; or once more",
			 "%s is in use by posternd, or by another rotation", state);
	else if (r == -ENOENT)
		complain("postern trust init ROOT", "there is no state directory %s", state);
	else
		complain(r == -EACCES || r == -EPERM ? "run it as root" : NULL,
			 "cannot lock %s: %s", state, strerror(-r));
	return r == -ENOENT ? EXIT_TRUST : EXIT_CONTROLLER;
}

static int refused(int r, const char *state, const struct diags *d)
{
	if (r > 0) {
		complain(d->errors ? NULL : bundle_answer_hint((enum bundle_answer)r),
			 "refused: %s; the root document in force still is",
			 bundle_answer_name((enum bundle_answer)r));
		return EXIT_TRUST;
	}
	complain("make room, or run it as the owner of the directory", "cannot write into %s: %s",
		 state, strerror(-r));
	return EXIT_CONTROLLER;
}

static int rotate(const char *state, const struct chain *ch, bool dry, struct diags *d)
{
	struct trust t, next;
	bool already = false;
	int r = trust_load(state, d, &t);

	if (r == BUNDLE_OK)
		r = trust_accept_roots(&t, ch->files, ch->n, clock_real_ms(), d, &next, &already);
	if (r == BUNDLE_OK && !dry)
		r = trust_store_root(state, &next, &ch->files[ch->n - 1]);
	if (r == BUNDLE_OK) {
		_cleanup_json_ json_t *reply = json_pack("{s:I, s:I, s:s, s:b, s:s}", "version",
							 (json_int_t)next.root.version, "previous",
							 (json_int_t)t.root.version, "digest",
							 next.root_digest, "already", already,
							 "warnings", "");

		say(reply, dry);
	}
	return r;
}

static int by_hand(const char *state, const struct chain *ch, bool dry)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_close_ int lock = trust_lock(state);
	int r;

	if (lock < 0)
		return cannot_lock(state, lock);
	r = rotate(state, ch, dry, &d);
	complain_diags(&d);
	return r == BUNDLE_OK ? EXIT_YES : refused(r, state, &d);
}

static int run(const struct invocation *inv)
{
	_cleanup_(chain_free) struct chain ch = { 0 };
	const char *state = flag_value(inv, "state");
	bool dry = flag_on(inv, "dry-run");
	int r = read_chain(inv, &ch);

	if (r != EXIT_YES)
		return r;
	if (!state && connection_is_dead())
		state = STATE_DIR;
	return state ? by_hand(state, &ch, dry) : ask_controller(&ch, dry);
}

static const struct flag flags[] = {
	{ "dry-run", 'n', NULL, "say whether it would be taken; change nothing" },
	{ "state", 0, "DIR",
	  "do it in this directory, which no posternd may be using (default: posternd does it)" },
	{ 0 },
};

const struct command command_trust_rotate = {
	.name = "trust rotate",
	.arguments = "ROOT...",
	.min_arguments = 1,
	.max_arguments = ARGUMENTS_MAX,
	.summary = "put the next root document in force on this host",
	.examples = "  postern trust rotate root2.postern\n"
		    "  postern trust rotate root2.postern root3.postern   # a host that was away\n",
	.flags = flags,
	.run = run,
};
