/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The revoke document that a host goes by, in its state directory as it came: signatures and all, so
 * that a start verifies it anew.
 */
#pragma once

#include "bundle/bundle.h"
#include "daemon/push.h"
#include "daemon/store.h"

/*
 * Verifies a document and, unless `dry`, writes it down and then its version into trust.json. A crash
 * between the two leaves a document that is newer than its version: the next start takes it. A
 * bundle_answer with diags, or -errno with them.
 */
int revoked_accept(const struct store *s, const struct container_bytes *in, bool dry,
		   struct diags *d, struct revocation **ret);

/*
 * The one that was accepted last; *ret is NULL when none was. 0, or -errno with diags: also when
 * trust.json knows of one that is not there any more.
 */
int revoked_load(const struct store *s, struct diags *d, struct revocation **ret);
