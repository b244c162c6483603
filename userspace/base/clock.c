/* SPDX-License-Identifier: BSD-2-Clause */
/* Clocks: both of these are always present on Linux, so reading them cannot fail. */
#include "base/clock.h"

#include <time.h>

int64_t clock_real_ms(void)
{
	struct timespec now = { 0 };

	(void)clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

uint64_t clock_boot_ns(void)
{
	struct timespec now = { 0 };

	(void)clock_gettime(CLOCK_BOOTTIME, &now);
	return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}
