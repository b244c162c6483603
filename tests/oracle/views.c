/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is enforced and what is reported of a bundle, as Cedar text: the official engine decides by these too.
 *   views BUNDLE     one line of JSON: {"enforced":"…","reported":"…"}
 */
#include <stdio.h>

#include "bundle/bundle.h"
#include "policy/policy.h"

static int load(const struct bundle *b, struct diags *d, struct ruleset *ret)
{
	const struct ruleset_sources src = {
		b->policies,	 b->n_policies,
		b->files,	 b->n_files,
		b->entities,	 b->tests,
		b->not_after_ms, { b->observe ? MODE_OBSERVE : MODE_ENFORCE, b->phases },
	};

	return ruleset_load(&src, 0, d, ret);
}

static int print(const struct policy_views *v)
{
	_cleanup_buf_ struct buf enforced = BUF_INIT, reported = BUF_INIT;
	_cleanup_json_ json_t *both = NULL;

	buf_puts(&enforced, "");
	buf_puts(&reported, "");
	policy_views_print(v, VIEW_ENFORCED, &enforced);
	policy_views_print(v, VIEW_REPORTED, &reported);
	both = json_pack("{s:s, s:s}", "enforced", enforced.data, "reported", reported.data);
	return both && json_dumpf(both, stdout, JSON_COMPACT) == 0 && putchar('\n') != EOF ? 0 : 1;
}

int main(int argc, char **argv)
{
	_cleanup_ruleset_ struct ruleset rules = RULESET_INIT;
	_cleanup_bundle_ struct bundle *b = NULL;
	_cleanup_buf_ struct buf said = BUF_INIT;
	_cleanup_diags_ struct diags d = DIAGS_INIT;

	if (argc != 2) {
		(void)fputs("usage: views BUNDLE\n", stderr);
		return 2;
	}
	if (bundle_read_dir(argv[1], &d, &b) == 0 && load(b, &d, &rules) == 0)
		return print(rules.views);
	diags_render(&d, &said, false);
	(void)fputs(said.data ? said.data : "", stderr);
	return 3;
}
