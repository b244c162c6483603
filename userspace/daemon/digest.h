/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Executables are read and hashed when the bundle in force asks for digests, a slice at a time between
 * whatever else there is to do. Nobody waits for it: until its digest is known a program has none, and
 * what is granted by digest is denied. That takes a fraction of a second for a program of usual size.
 */
#pragma once

#include "daemon/controller.h"

struct digests;

/* Begins to look, on the controller's loop. 0 or -errno. */
int digests_start(struct controller *c);
/* Every round: wakes up when the image in force asks for digests. */
void digests_look(struct controller *c);
void digests_stop(struct digests **d);
