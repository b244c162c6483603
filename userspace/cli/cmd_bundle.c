/* SPDX-License-Identifier: BSD-2-Clause */
/* postern bundle: packs a directory into a container, and shows what is in one. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/command.h"
#include "cli/opened.h"
#include "cli/output.h"

static int write_out(const char *path, const struct buf *b)
{
	int r = strcmp(path, "-") == 0 ? fd_write_all(STDOUT_FILENO, b->data, b->len)
				       : file_write_atomic(AT_FDCWD, path, b->data, b->len, 0644);

	if (r == 0)
		return EXIT_YES;
	complain(NULL, "cannot write %s: %s", path, strerror(-r));
	return EXIT_USAGE;
}

static int run_build(const struct invocation *inv)
{
	_cleanup_opened_ struct opened o = OPENED_INIT;
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_buf_ struct buf payload = BUF_INIT, file = BUF_INIT;
	const char *out = flag_value(inv, "output");
	char digest[65];
	int r;

	if (!out) {
		complain("postern bundle build DIR -o FILE", "bundle build: no --output");
		return EXIT_USAGE;
	}
	r = opened_load(inv->arguments[0], true, &o);
	if (r != EXIT_YES)
		return r;
	r = bundle_pack(o.bundle, &d, &payload);
	complain_diags(&d);
	if (r == 0)
		r = digest_hex(payload.data, payload.len, digest);
	if (r == 0)
		r = container_build(BUNDLE_POLICY, (const uint8_t *)payload.data, payload.len, NULL,
				    0, &file);
	if (r < 0) {
		complain(NULL, "cannot pack the bundle: %s", strerror(-r));
		return EXIT_POLICY;
	}
	r = write_out(out, &file);
	if (r == EXIT_YES)
		(void)fprintf(stderr,
			      "%s version %llu: %zu bytes, sha256 %s, not signed yet\n"
			      "  next: postern sign %s --key KEY\n",
			      o.bundle->name, (unsigned long long)o.bundle->version, file.len,
			      digest, out);
	return r;
}

static int run_payload(const struct invocation *inv)
{
	_cleanup_free_ char *bytes = NULL;
	struct container c;
	struct buf view;
	size_t len;
	int r;

	r = opened_container(inv->arguments[0], BUNDLE_TYPES, &bytes, &len, &c);
	if (r != EXIT_YES)
		return r;
	view = (struct buf){ (char *)bytes + (c.payload - (uint8_t *)bytes), c.payload_len, 0, 0 };
	return write_out(flag_value(inv, "output") ? flag_value(inv, "output") : "-", &view);
}

static void show_text(const struct bundle *b)
{
	size_t i;

	(void)printf("%s version %llu, mode %s\n", b->name, (unsigned long long)b->version,
		     b->observe ? "observe" : "enforce");
	(void)printf("  sha256    %s\n  audience ", b->digest);
	for (i = 0; i < b->n_audience; i++)
		(void)printf(" %s", b->audience[i]);
	(void)printf("%s\n", b->n_audience ? "" : " every host");
	for (i = 0; i < b->n_policies; i++)
		(void)printf("  policies  %s (%zu bytes)\n", b->policies[i].name,
			     b->policies[i].len);
	for (i = 0; i < b->n_files; i++)
		(void)printf("  list      %s (%zu bytes)\n", b->files[i].name, b->files[i].len);
}

static int run_show(const struct invocation *inv)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_bundle_ struct bundle *b = NULL;
	int r = opened_bundle(inv->arguments[0], &d, &b);

	complain_diags(&d);
	if (r != EXIT_YES)
		return r;
	if (output_form() == OUTPUT_JSON)
		output_json(json_pack("{s:s, s:I, s:s, s:s, s:I}", "name", b->name, "version",
				      (json_int_t)b->version, "mode",
				      b->observe ? "observe" : "enforce", "sha256", b->digest,
				      "policyFiles", (json_int_t)b->n_policies));
	else
		show_text(b);
	return EXIT_YES;
}

static const struct flag output_flag[] = {
	{ "output", 'o', "FILE", "where to write; - is standard output" },
	{ 0 },
};

const struct command command_bundle_build = {
	.name = "bundle build",
	.arguments = "DIR",
	.min_arguments = 1,
	.max_arguments = 1,
	.summary = "pack a checked bundle directory, reproducibly",
	.examples = "  postern bundle build shop/ -o shop.postern\n",
	.flags = output_flag,
	.run = run_build,
};

const struct command command_bundle_show = {
	.name = "bundle show",
	.arguments = "DIR|BUNDLE",
	.min_arguments = 1,
	.max_arguments = 1,
	.summary = "show what a bundle holds, without verifying it",
	.examples = "  postern bundle show shop.postern\n",
	.run = run_show,
};

const struct command command_bundle_payload = {
	.name = "bundle payload",
	.arguments = "BUNDLE",
	.min_arguments = 1,
	.max_arguments = 1,
	.summary = "write the bytes that are signed, for ssh-keygen -Y sign",
	.examples = "  postern bundle payload shop.postern -o payload\n"
		    "  ssh-keygen -Y sign -f KEY -n policy@postern payload\n"
		    "  postern sign shop.postern --signature payload.sig\n",
	.flags = output_flag,
	.run = run_payload,
};
