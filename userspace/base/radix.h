/* SPDX-License-Identifier: BSD-2-Clause */
/* Sorting words by some of their bits, in time that grows with their number alone. Equal ones keep their order. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* By the bits from `low` up to but not `high`, at most 64. Takes as much memory again meanwhile. 0 or -ENOMEM. */
int radix_sort(uint64_t *words, size_t n, unsigned low, unsigned high);
