/* SPDX-License-Identifier: BSD-2-Clause */
/* Clocks by name, in the units that the callers use. */
#pragma once

#include <stdint.h>

int64_t clock_real_ms(void); /* CLOCK_REALTIME, milliseconds since 1970 */
uint64_t clock_boot_ns(void); /* CLOCK_BOOTTIME, nanoseconds: what eBPF programs compare with */
