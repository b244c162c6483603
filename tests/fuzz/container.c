/* SPDX-License-Identifier: BSD-2-Clause */
/* Containers: one reading of a file, inside its bytes, and no key's signature that it did not make. */
#include "bundle/bundle.h"

#include <postern/limits.h>

#include "rig/fuzz.h"

/* Of the corpus: one key for all roles. */
static const char root_text[] =
	"{\"format\":1,\"version\":1,\"keys\":{\"k\":\"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICql91hKkfHHi490OerYQAX41qg5FNepao+gSI71DsWi\"},\"roles\":{"
	"\"root\":{\"threshold\":1,\"keys\":[\"k\"]},\"policy\":{\"threshold\":1,\"keys\":[\"k\"]},"
	"\"revoke\":{\"threshold\":1,\"keys\":[\"k\"]}}}";

static const struct root *fixed_root(void)
{
	static struct root root;
	_cleanup_diags_ struct diags d = DIAGS_INIT;

	if (root.n_keys == 0)
		must(root_parse(root_text, sizeof(root_text) - 1, &d, &root) == 0);
	return &root;
}

/* Its parts make the very same bytes again. */
static void rebuild(const struct container *c, const uint8_t *data, size_t size)
{
	char *armored[POSTERN_SIGNATURES_MAX];
	_cleanup_buf_ struct buf out = BUF_INIT;

	must(c->n_signatures <= POSTERN_SIGNATURES_MAX);
	for (size_t i = 0; i < c->n_signatures; i++)
		must((armored[i] = strndup(c->signatures[i], c->signature_len[i])) != NULL);
	must(container_build(c->type, c->payload, c->payload_len, (const char *const *)armored,
			     c->n_signatures, &out) == 0);
	must(out.len == size && memcmp(out.data, data, size) == 0);
	for (size_t i = 0; i < c->n_signatures; i++)
		free(armored[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct verify_report report = { 0 };
	struct container c;
	enum bundle_answer a = container_open(data, size, &c);

	must(a == BUNDLE_OK || a == BUNDLE_E_FORMAT || a == BUNDLE_E_SIZE);
	if (a != BUNDLE_OK)
		return 0;
	a = container_verify(&c, fixed_root(), &report);
	must((unsigned)a < BUNDLE_ANSWERS && report.n == c.n_signatures);
	must((a == BUNDLE_OK) == (report.counted >= report.threshold));
	if (memchr(data, '\0', size) == NULL)
		rebuild(&c, data, size);
	return 0;
}
