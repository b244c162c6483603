/* SPDX-License-Identifier: BSD-2-Clause */
/* Revoke documents, after their signatures. */
#include "bundle/bundle.h"

#include "rig/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_revocation_ struct revocation *v = NULL;
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	int r = revocation_parse(data, size, &d, &v);

	must(r == BUNDLE_OK || r == BUNDLE_E_PAYLOAD);
	must((r == BUNDLE_OK) == (v != NULL) && (r != BUNDLE_OK) == (d.errors > 0));
	fuzz_render(&d);
	if (!v)
		return 0;
	must(v->version >= 1 && v->reason && strlen(v->digest) == 64);
	for (size_t i = 0; i < v->n_identities; i++)
		must(*v->identities[i]);
	for (size_t i = 0; i < v->n_keys; i++) {
		uint8_t again[KEY_DIGEST];
		char text[64];

		must(fingerprint_of_digest(v->keys[i], text) == 0);
		must(fingerprint_parse(text, again) == 0);
		must(memcmp(again, v->keys[i], sizeof(again)) == 0);
	}
	for (size_t i = 0; i < v->n_sessions; i++)
		must(strlen(v->sessions[i].boot) == 36);
	return 0;
}
