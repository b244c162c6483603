/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whoever asks about their own login session: which it is, by the kernel's word about the process that
 * connected, and what they are told of it.
 */
#pragma once

#include "control/control.h"
#include "daemon/controller.h"

/* The asker of a call. 0; -ESRCH when that process is gone; -errno. */
int asker_of(struct control_call *call, struct login_asker *ret);

/* Ends the call with the error LoginRefused and the answer's words. */
void asker_refuse(struct control_call *call, enum session_answer a);
/* Ends the call with the error Failed: something that the asker did not cause. */
void asker_fail(struct control_call *call, int r);

/* A Session of the interface; `s` NULL: nothing is known of it. NULL for lack of memory. */
json_t *asker_session_json(uint32_t id, const struct postern_session *s);
