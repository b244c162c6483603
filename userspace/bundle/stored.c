/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What was accepted before, again from the host's own disk. Its digest was remembered after every check
 * had passed, so nothing else is asked: neither who signed it, which a later root document may judge
 * otherwise, nor for whom and until when it is. To ask again would leave a host without any policy
 * after its next boot, which grants everything.
 */
#include "bundle/bundle.h"

#include <errno.h>
#include <string.h>

int trust_stored(const struct trust *t, enum bundle_type type, const struct signed_file *f,
		 struct container *ret)
{
	const char *accepted = type == BUNDLE_REVOKE ? t->revoke_digest : t->policy_digest;
	struct container c;
	char found[65];
	int r;

	if (container_open(f->bytes, f->len, &c) != BUNDLE_OK || c.type != type)
		return -ENOENT;
	r = digest_hex(c.payload, c.payload_len, found);
	if (r < 0)
		return r;
	if (strcmp(found, accepted) != 0)
		return -ENOENT;
	*ret = c;
	return 0;
}

int trust_take_up(const struct trust *t, const struct signed_file *f, struct diags *d,
		  struct bundle **ret)
{
	struct container c;
	int r = trust_stored(t, BUNDLE_POLICY, f, &c);

	return r < 0 ? r : bundle_parse(c.payload, c.payload_len, d, ret);
}

int trust_take_up_revocation(const struct trust *t, const struct signed_file *f, struct diags *d,
			     struct revocation **ret)
{
	struct container c;
	int r = trust_stored(t, BUNDLE_REVOKE, f, &c);

	return r < 0 ? r : revocation_parse(c.payload, c.payload_len, d, ret);
}
