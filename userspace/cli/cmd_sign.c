/* SPDX-License-Identifier: BSD-2-Clause */
/* postern sign: adds a signature to a container, made here or by ssh-keygen. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "cli/command.h"
#include "cli/opened.h"
#include "cli/output.h"

/* The armored block: from a file that ssh-keygen wrote, or made with an unencrypted key file. An exit_status. */
static int armored(const struct invocation *inv, const struct container *c, struct buf *ret)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_free_ char *text = NULL;
	const char *key = flag_value(inv, "key"), *ready = flag_value(inv, "signature");
	size_t len;
	int r;

	if (!key == !ready) {
		complain("--key KEY, or --signature FILE that ssh-keygen -Y sign wrote",
			 "sign: give exactly one of --key and --signature");
		return EXIT_USAGE;
	}
	if (ready) {
		r = opened_file(ready, &text, &len);
		if (r == EXIT_YES)
			buf_put(ret, text, len);
		return r;
	}
	r = bundle_sign_with_file(key, bundle_namespace(c->type), c->payload, c->payload_len, &d,
				  ret);
	complain_diags(&d);
	if (r == 0)
		return EXIT_YES;
	if (d.errors == 0)
		complain(NULL, "cannot sign with %s: %s", key, strerror(-r));
	return EXIT_USAGE;
}

static int run(const struct invocation *inv)
{
	_cleanup_buf_ struct buf block = BUF_INIT, out = BUF_INIT;
	_cleanup_free_ char *bytes = NULL;
	const char *path = inv->arguments[0], *to = flag_value(inv, "output");
	struct container c;
	size_t len;
	int r;

	r = opened_container(path, BUNDLE_TYPES, &bytes, &len, &c);
	if (r != EXIT_YES)
		return r;
	r = armored(inv, &c, &block);
	if (r != EXIT_YES)
		return r;
	r = container_add_signature((const uint8_t *)bytes, len, block.data ? block.data : "",
				    &out);
	if (r == 0)
		r = file_write_atomic(AT_FDCWD, to ? to : path, out.data, out.len, 0644);
	if (r < 0) {
		complain(NULL, "cannot add the signature to %s: %s", to ? to : path, strerror(-r));
		return r == -EBADMSG || r == -E2BIG ? EXIT_TRUST : EXIT_USAGE;
	}
	(void)fprintf(stderr, "%s: %zu signature%s\n", to ? to : path, c.n_signatures + 1,
		      c.n_signatures ? "s" : "");
	return EXIT_YES;
}

static const struct flag flags[] = {
	{ "key", 'k', "FILE", "private key (ssh-ed25519, without a passphrase)" },
	{ "signature", 's', "FILE", "a signature made with ssh-keygen -Y sign" },
	{ "output", 'o', "FILE", "write here instead of into the bundle" },
	{ 0 },
};

const struct command command_sign = {
	.name = "sign",
	.arguments = "BUNDLE",
	.min_arguments = 1,
	.max_arguments = 1,
	.summary = "add a signature to a bundle or a root document",
	.examples =
		"  postern sign shop.postern --key ~/.ssh/id_ed25519\n"
		"  postern sign shop.postern --signature payload.sig    # any key, FIDO2 touch included\n",
	.flags = flags,
	.run = run,
};
