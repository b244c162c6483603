/* SPDX-License-Identifier: BSD-2-Clause */
/* postern trust init: the first root document on a host. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "cli/command.h"
#include "cli/opened.h"
#include "cli/output.h"
#include "cli/rootfile.h"

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

static const struct flag init_flags[] = {
	{ "state", 0, "DIR", "state directory (default /var/lib/postern)" },
	{ 0 },
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
