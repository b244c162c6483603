/* SPDX-License-Identifier: BSD-2-Clause */
/* To take away must always work: neither the bundle nor the root need be in their time. */
#include "daemon/revoked.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"

#define REVOKED_FILE "revoke.postern"

/* Verifies by what the host trusts. */
static int examine(const struct store *s, const struct container_bytes *in, struct diags *d,
		   struct revocation **ret, struct trust *ret_next, bool *ret_already)
{
	const struct signed_file f = { in->bytes, in->len };
	struct trust trust;
	int r = trust_load(s->dir, d, &trust);

	if (r != BUNDLE_OK)
		return r;
	r = in->stored ? trust_take_up_revocation(&trust, &f, d, ret) : -ENOENT;
	if (r == -ENOENT)
		return trust_accept_revocation(&trust, f.bytes, f.len, clock_real_ms(), d, ret,
					       ret_next, ret_already);
	if (r == BUNDLE_OK) {
		*ret_next = trust;
		*ret_already = true;
	}
	return r;
}

int revoked_accept(const struct store *s, const struct container_bytes *in, bool dry,
		   struct diags *d, struct revocation **ret)
{
	_cleanup_revocation_ struct revocation *found = NULL;
	struct trust next;
	bool already;
	int r = examine(s, in, d, &found, &next, &already);

	if (r != BUNDLE_OK)
		return r;
	if (!dry)
		r = store_write_text(s, REVOKED_FILE, in->bytes, in->len);
	if (!dry && r == 0)
		r = trust_store(s->dir, &next);
	if (r < 0) {
		diag_error(d, "state", NOWHERE, "make room in the state directory, then push again",
			   "%s/%s cannot be written: %s", s->dir, REVOKED_FILE, strerror(-r));
		return r;
	}
	*ret = TAKE_PTR(found);
	return BUNDLE_OK;
}

/* No document is there: right, unless one was accepted. */
static int check_none(const struct store *s, struct diags *d)
{
	_cleanup_diags_ struct diags unsaid = DIAGS_INIT; /* push_resume() says it */
	struct trust trust;
	int r = trust_load(s->dir, &unsaid, &trust);

	if (r != BUNDLE_OK || trust.revoke_version == 0)
		return r < 0 ? r : 0;
	diag_error(d, "state", NOWHERE, "push the newest revoke document again",
		   "%s/%s is missing, and version %llu was accepted", s->dir, REVOKED_FILE,
		   (unsigned long long)trust.revoke_version);
	return -EBADMSG;
}

int revoked_load(const struct store *s, struct diags *d, struct revocation **ret)
{
	_cleanup_revocation_ struct revocation *found = NULL;
	_cleanup_free_ char *bytes = NULL;
	struct container_bytes in = { .stored = true };
	struct trust next;
	bool already;
	int r = store_read_text(s, REVOKED_FILE, &bytes, &in.len);

	*ret = NULL;
	if (r == -ENOENT)
		return check_none(s, d);
	in.bytes = bytes;
	if (r == 0)
		r = examine(s, &in, d, &found, &next, &already);
	if (r == BUNDLE_OK && !already)
		r = trust_store(s->dir, &next);
	if (r == BUNDLE_OK) {
		*ret = TAKE_PTR(found);
		return 0;
	}
	diag_error(d, "state", NOWHERE, "push the newest revoke document again",
		   "%s/%s is not the document that was accepted: %s", s->dir, REVOKED_FILE,
		   r > 0 ? bundle_answer_name((enum bundle_answer)r) : strerror(-r));
	return r > 0 ? -EBADMSG : r;
}
