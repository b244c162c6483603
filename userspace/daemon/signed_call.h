/* SPDX-License-Identifier: BSD-2-Clause */
/* What the methods that take signed files have in common: their bytes, and how they are refused. */
#pragma once

#include "daemon/controller.h"
#include "daemon/refusal.h"

/* The file out of its base64; *ret is the caller's. 0, -EBADMSG or -ENOMEM. */
int signed_call_bytes(const json_t *text, uint8_t **ret, size_t *ret_len);

/* What people are told: every message, with places and hints. Never NULL but for lack of memory. */
char *signed_call_text(const struct diags *d);

/* Refuses the call, and counts and logs that. */
void signed_call_refuse(struct control_call *call, struct controller *c, struct refusal refused,
			const struct diags *d);

/* The same for a call that may have ended since, NULL then: only the log says it. */
void signed_call_refuse_late(struct control_call *call, struct controller *c,
			     struct refusal refused, unsigned uid, const struct diags *d);
