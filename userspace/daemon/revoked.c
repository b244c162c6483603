/* SPDX-License-Identifier: BSD-2-Clause */
/* To take away must always work: neither the bundle nor the root need be in their time. */
#include "daemon/revoked.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"

#define REVOKED_FILE "revoke.postern"

/* Verifies by what the host trusts. */
static int examine(const struct store *s, const void *bytes, size_t len, struct diags *d,
		   struct revocation **ret, struct trust *ret_next, bool *ret_already)
{
	struct trust trust;
	int r = trust_load(s->dir, d, &trust);

	if (r != BUNDLE_OK)
		return r;
	return trust_accept_revocation(&trust, bytes, len, clock_real_ms(), d, ret, ret_next,
				       ret_already);
}

int revoked_accept(const struct store *s, const struct container_bytes *in, bool dry,
		   struct diags *d, struct revocation **ret)
{
	_cleanup_revocation_ struct revocation *found = NULL;
	struct trust next;
	bool already;
	int r = examine(s, in->bytes, in->len, d, &found, &next, &already);

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
	struct trust next;
	bool already;
	size_t len;
	int r = store_read_text(s, REVOKED_FILE, &bytes, &len);

	*ret = NULL;
	if (r == -ENOENT)
		return check_none(s, d);
	if (r == 0)
		r = examine(s, bytes, len, d, &found, &next, &already);
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
