/* SPDX-License-Identifier: BSD-2-Clause */
/* The trust state: as it comes, and with a checksum that fits, which a fuzzer does not find. */
#include "bundle/bundle.h"

#include "bundle/state.h"
#include "rig/fuzz.h"

static void parse(const char *text, size_t len)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_free_ char *again = NULL;
	struct remembered one, two;
	int r = state_parse(text, len, &d, &one);

	fuzz_answer(r, &d);
	if (r < 0)
		return;
	again = state_text(&one);
	must(again && state_parse(again, strlen(again), &d, &two) == 0);
	must(one.root_version == two.root_version && one.policy_version == two.policy_version);
	must(strcmp(one.root_digest, two.root_digest) == 0);
	must(strcmp(one.policy_digest, two.policy_digest) == 0);
	must(one.revoke_version == two.revoke_version);
	must(strcmp(one.revoke_digest, two.revoke_digest) == 0);
	must((one.revoke_version == 0) == (one.revoke_digest[0] == '\0'));
	must(one.time_floor_ms == two.time_floor_ms);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct source src = { "fuzz", (const char *)data, size };
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_json_ json_t *j = NULL;
	_cleanup_free_ char *text = NULL, *whole = NULL;
	char digest[65];

	parse(src.text, src.len);
	if (json_parse(&src, &d, &j) < 0 || !json_is_object(j))
		return 0;
	(void)json_object_del(j, "checksum");
	text = json_text(j);
	must(text && digest_hex(text, strlen(text), digest) == 0);
	must(json_object_set_new(j, "checksum", json_string(digest)) == 0);
	whole = json_text(j);
	must(whole != NULL);
	parse(whole, strlen(whole));
	return 0;
}
