/* SPDX-License-Identifier: BSD-2-Clause */
/* Facts of an image in memory, decided as the kernel side decides them. */
#pragma once

#include "compile/compile.h"

#include <postern/context.h>

/* The facts that hold, by their bits. 0, or -EINVAL on a broken image. */
int facts_decide(postern_image_t image, const struct postern_context *c, __u64 *ret);
