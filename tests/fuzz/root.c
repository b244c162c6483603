/* SPDX-License-Identifier: BSD-2-Clause */
/* Root documents: JSON, or whole containers that must be signed by their own root role. */
#include "bundle/bundle.h"

#include "rig/fuzz.h"

static void check_role(const struct root *root, const struct role *role)
{
	must(role->threshold >= 1 && role->threshold <= role->n && role->n <= ROOT_KEYS_MAX);
	for (size_t i = 0; i < role->n; i++) {
		must(role->key[i] < root->n_keys);
		for (size_t k = 0; k < i; k++)
			must(role->key[i] != role->key[k]);
	}
}

static void check_root(const struct root *root)
{
	char fingerprint[64];

	must(root->version >= 1 && root->n_keys <= ROOT_KEYS_MAX);
	for (size_t i = 0; i < root->n_keys; i++) {
		const struct public_key *key = &root->keys[i];

		must(key->blob_len > 0 && key->blob_len <= KEY_BLOB_MAX);
		must(public_key_fingerprint(key, fingerprint) == 0);
		for (size_t k = 0; k < i; k++)
			must(key->blob_len != root->keys[k].blob_len ||
			     memcmp(key->blob, root->keys[k].blob, key->blob_len) != 0);
	}
	for (int t = 0; t < BUNDLE_TYPES; t++)
		check_role(root, &root->roles[t]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct root root;
	char digest[65];
	int r;

	if (size > 8 && memcmp(data, "postern1", 8) == 0) {
		r = root_open(data, size, &d, &root, digest);
		must(r >= BUNDLE_OK && r < BUNDLE_ANSWERS);
		must((r != 0) == (d.errors > 0));
		fuzz_render(&d);
	} else {
		r = root_parse((const char *)data, size, &d, &root);
		fuzz_answer(r, &d);
	}
	if (r == 0)
		check_root(&root);
	return 0;
}
