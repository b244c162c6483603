/* SPDX-License-Identifier: BSD-2-Clause */
/* Cedar's decimal("…"): digits, a point, one to four digits, as a multiple of 1/10000. */
#pragma once

#include "policy/policy.h"

/* 0 or -EINVAL. */
int value_decimal_parse(struct text t, int64_t *ret);
