/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The device is looked at again every half minute, soon after something good was seen for the first
 * time, when a fact of posture.d ends, and at once where a change can be noticed. What then counts goes
 * into the controller's `device` and to the kernel side, and connections that depended on a lost fact
 * are cut.
 */
#pragma once

#include "daemon/controller.h"

struct posture_watch;

/* Reads twice, so that what is good counts from the start. Before any image is told of. 0 or -errno. */
int posture_open(struct controller *c, struct diags *d);
/* Goes on from the controller's loop. 0 or -errno. */
int posture_start(struct controller *c);
void posture_close(struct posture_watch **w);

/* Reads again as soon as the caller has returned to the loop. */
void posture_soon(struct controller *c);

/* What GetPosture answers, or NULL for lack of memory. */
json_t *posture_answer(const struct controller *c);
