/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Policy payloads: gzip as it comes, or JSON that is packed here first (a fuzzer finds no checksums).
 * What parses packs to what parses to the same bytes; and its texts load or are refused.
 */
#include "bundle/bundle.h"

#include "bundle/gzip.h"
#include "policy/policy.h"
#include "rig/fuzz.h"

static void load(const struct bundle *b)
{
	const struct ruleset_sources src = {
		.policies = b->policies,
		.n_policies = b->n_policies,
		.files = b->files,
		.n_files = b->n_files,
		.entities = b->entities,
		.tests = b->tests,
		.not_after_ms = b->not_after_ms,
	};
	_cleanup_ruleset_ struct ruleset rules = RULESET_INIT;
	_cleanup_diags_ struct diags d = DIAGS_INIT;

	fuzz_answer(ruleset_load(&src, 0, &d, &rules), &d);
}

static void round_trip(const struct bundle *b)
{
	_cleanup_buf_ struct buf once = BUF_INIT, twice = BUF_INIT;
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_bundle_ struct bundle *again = NULL;

	must(bundle_pack(b, &d, &once) == 0);
	must(bundle_parse((const uint8_t *)once.data, once.len, &d, &again) == BUNDLE_OK);
	must(bundle_pack(again, &d, &twice) == 0);
	must(once.len == twice.len && memcmp(once.data, twice.data, once.len) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_buf_ struct buf packed = BUF_INIT;
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_bundle_ struct bundle *b = NULL;
	int r;

	if (size > 0 && data[0] == 0x1f)
		buf_put(&packed, data, size);
	else
		must(gzip_pack(data, size, NULL, &packed) == 0);
	must(buf_error(&packed) == 0);
	r = bundle_parse((const uint8_t *)packed.data, packed.len, &d, &b);
	must(r == BUNDLE_OK || r == BUNDLE_E_SIZE || r == BUNDLE_E_PAYLOAD);
	must((r != BUNDLE_OK) == (d.errors > 0));
	fuzz_render(&d);
	if (r != BUNDLE_OK)
		return 0;
	(void)bundle_for_host(b, "web-1.example");
	round_trip(b);
	load(b);
	return 0;
}
