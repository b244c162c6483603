/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A root document from its container. It vouches for itself: whoever installs it has to know that
 * it is the right one.
 */
#include "bundle/refusal.h"

#include <errno.h>

/*
 * The one payload that is parsed before it is verified, since the keys are in it; hence its small
 * limit.
 */
enum { ROOT_PAYLOAD_MAX = 256 << 10 };

int root_container(const uint8_t *bytes, size_t len, struct diags *d, struct container *ret)
{
	struct container c;
	enum bundle_answer a = container_open(bytes, len, &c);

	if (a != BUNDLE_OK)
		return refusal_of_container(d, a, NULL);
	if (c.type != BUNDLE_ROOT)
		return refusal(d, BUNDLE_E_TYPE, "this is a %s document, not a root document",
			       bundle_type_name(c.type));
	if (c.payload_len > ROOT_PAYLOAD_MAX)
		return refusal(d, BUNDLE_E_SIZE, "a root document has at most %d KiB",
			       ROOT_PAYLOAD_MAX >> 10);
	*ret = c;
	return BUNDLE_OK;
}

int root_open(const uint8_t *bytes, size_t len, struct diags *d, struct root *ret,
	      char ret_digest[65])
{
	_cleanup_free_ struct root *root = calloc(1, sizeof(*root));
	struct verify_report report;
	enum bundle_answer a;
	struct container c;
	int r;

	if (!root)
		return -ENOMEM;
	r = root_container(bytes, len, d, &c);
	if (r == BUNDLE_OK)
		r = root_parse((const char *)c.payload, c.payload_len, d, root);
	if (r != 0)
		return r == -EBADMSG ? BUNDLE_E_PAYLOAD : r;
	a = container_verify(&c, root, &report);
	if (a != BUNDLE_OK)
		return refusal_of_container(d, a, &report);
	r = digest_hex(c.payload, c.payload_len, ret_digest);
	if (r < 0)
		return r;
	*ret = *root;
	return BUNDLE_OK;
}
