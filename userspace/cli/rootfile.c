/* SPDX-License-Identifier: BSD-2-Clause */
/* A root given as a file is trusted because the user named it; it must still be signed by its own root role. */
#include "cli/rootfile.h"

#include <string.h>
#include <unistd.h>

#include "cli/opened.h"
#include "cli/output.h"

static int from_file(const char *path, struct trust *ret)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_free_ char *bytes = NULL;
	char digest[65];
	size_t len;
	int r;

	r = opened_file(path, &bytes, &len);
	if (r != EXIT_YES)
		return r;
	r = root_open((const uint8_t *)bytes, len, &d, &ret->root, digest);
	complain_diags(&d);
	if (r == BUNDLE_OK)
		return EXIT_YES;
	/* Diags came with the next thing to try. */
	complain(r > 0 && d.errors == 0 ? bundle_answer_hint((enum bundle_answer)r) : NULL,
		 "%s is no root document that signs itself: %s", path,
		 r > 0 ? bundle_answer_name((enum bundle_answer)r) : strerror(-r));
	return EXIT_TRUST;
}

int rootfile_load(const struct invocation *inv, struct trust *ret, bool *ret_host_state)
{
	return rootfile_read(flag_value(inv, "root"), flag_value(inv, "state"), ret,
			     ret_host_state);
}

int rootfile_read(const char *file, const char *state, struct trust *ret, bool *ret_host_state)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	int r;

	memset(ret, 0, sizeof(*ret));
	*ret_host_state = !file;
	if (file && state) {
		complain("give one of them", "both a root document and --state");
		return EXIT_USAGE;
	}
	if (file)
		return from_file(file, ret);
	r = trust_load(state ? state : STATE_DIR, &d, ret);
	complain_diags(&d);
	if (r == BUNDLE_OK)
		return EXIT_YES;
	complain("--root FILE, or postern trust init ROOT on a host",
		 "no trust state can be read in %s%s%s", state ? state : STATE_DIR,
		 r < 0 ? ": " : "", r < 0 ? strerror(-r) : "");
	return EXIT_TRUST;
}

const char *rootfile_host(const struct invocation *inv)
{
	static char name[256];

	if (flag_value(inv, "host"))
		return flag_value(inv, "host");
	if (gethostname(name, sizeof(name) - 1) < 0)
		return "";
	return name;
}
