/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Live connections whose permission was withdrawn are cut: the kernel side drops their next packet by
 * itself, and the sweep destroys the socket, so that the application learns of it.
 */
#pragma once

#include "daemon/controller.h"
#include "revoke/revoke.h"

/* Gets ready and sweeps once. 0 or -errno. */
int sweep_start(struct controller *c);
void sweep_stop(struct controller *c);

/*
 * Something was withdrawn or may have been (a bundle, a session, a posture fact, a revoke document):
 * sweeps as soon as the caller has returned to the loop.
 */
void sweep_soon(struct controller *c);

/*
 * Connections that were cut since the start, and those that the last sweep could not destroy: of them
 * only the packets are dropped.
 */
void sweep_count(const struct controller *c, uint64_t *ret_cut, uint64_t *ret_left);

/*
 * Which live connections the image in a slot would cut, as texts for people; nothing is changed.
 * 0 or -errno.
 */
int sweep_preview(struct controller *c, uint32_t slot, json_t **ret);
