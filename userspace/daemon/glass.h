/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Break glass: enforcement taken back for a while, or altogether, with a reason, by whoever administers
 * the host. It works with a full disk, and its end is the kernel programs' own. While it lasts, the state
 * is degraded.
 */
#pragma once

#include "daemon/refusal.h"

#include "base/json.h"

struct controller;
struct control_peer;

/* Until `until` (boot ns) nothing is denied, but reported. */
struct refusal glass_observe(struct controller *c, uint64_t until, const char *reason,
			     const struct control_peer *who, struct diags *d);
/* Nothing is enforced any more, until glass_mend() or a push; also after restarts, not after a boot. */
struct refusal glass_detach(struct controller *c, const char *reason,
			    const struct control_peer *who, struct diags *d);
/* Ends either: what was selected is enforced. *ret: whether there was anything to end. */
struct refusal glass_mend(struct controller *c, const struct control_peer *who, struct diags *d,
			  bool *ret);

/* When observing ends, boot ns; 0: nobody observes. */
uint64_t glass_deadline(const struct controller *c);
bool glass_is_detached(const struct controller *c);

/* Says that observing has ended. */
void glass_settle(struct controller *c);
/* At a start: what the kernel programs do is what counts. */
void glass_resume(struct controller *c);
/* Adds a sentence while the glass is broken. */
void glass_problems(const struct controller *c, json_t *all);
