/* SPDX-License-Identifier: BSD-2-Clause */
/* Which files of a bundle are those of the bundle before. */
#pragma once

#include "bundle/bundle.h"

/* Numbers the files that have no number yet, as bundle_parse_next() says. 0 or -ENOMEM. */
int bundle_number(struct bundle *b, const struct bundle *before);
