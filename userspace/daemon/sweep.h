/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Live connections whose permission was withdrawn are cut: the kernel side drops their next packet by
 * itself, and the sweep destroys the socket, so that the application learns of it.
 */
#pragma once

#include "daemon/controller.h"

/*
 * Something was withdrawn or may have been (a bundle, a session, a posture fact, a revoke document):
 * sweeps as soon as the caller has returned to the loop.
 */
void sweep_soon(struct controller *c);
