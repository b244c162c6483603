/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the kernel side is told of the clock, the time zone and the device: published at start, before
 * and after each image, when the clock is stepped, when posture changes, and often enough that the
 * lease of the device facts never ends while the controller lives.
 */
#pragma once

#include "daemon/controller.h"

/* Publishes what is known now. Failures become the controller's problem. */
void conditions_publish(struct controller *c);
