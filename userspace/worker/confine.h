/* SPDX-License-Identifier: BSD-2-Clause */
/* Giving up everything that reading texts does not need. */
#pragma once

#include <stdint.h>

/* Bytes of one answer: the largest image, and what is said beside it. */
#define WORKER_ANSWER_MAX ((UINT64_C(1) << 30) + (UINT64_C(64) << 20))

/* Between fork and exec: no new privileges, limits, first victim of a host that is short of memory. 0 or -errno. */
int confine_limits(void);

/*
 * In the new program: no capabilities, no file system, none but the system calls of memory and of
 * the descriptors that are open. 0, or one of WORKER_EXIT_….
 */
int confine(void);
