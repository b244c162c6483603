/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the kernel side is told of the clock, the time zone and the device: published at start, before
 * each image is in force, when the clock is stepped, when posture changes, and often enough that the
 * lease of the device facts never ends while the controller lives.
 */
#pragma once

#include "daemon/controller.h"

/* Publishes from now on; the loop must be there. 0 or -errno. */
int conditions_start(struct controller *c);
void conditions_stop(struct controller *c);

/* Publishes what is known now, and sweeps by it. Failures become the controller's problem. */
void conditions_publish(struct controller *c);

/* The same, with the device's facts for an image of `dep` that is about to be in force. */
void conditions_announce(struct controller *c, const struct deployment *dep, uint32_t image_id);

/* Local time from before `now_ms` on: the zone's shift then, and each later one. How many are used. */
uint32_t conditions_zones(int64_t now_ms, struct postern_zone ret[POSTERN_ZONES]);
