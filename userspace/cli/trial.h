/* SPDX-License-Identifier: BSD-2-Clause */
/* Waiting for what becomes of a bundle on trial. */
#pragma once

#include <stdint.h>

/*
 * Waits until the bundle of that digest is confirmed, or gone back from; asks once a second over a new
 * connection. An exit_status, and it is said.
 */
int trial_wait(const char *digest, int64_t left_ms);
