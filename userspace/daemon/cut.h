/* SPDX-License-Identifier: BSD-2-Clause */
/* A connection that is, or would be, cut: in words. Its event comes from the kernel side. */
#pragma once

#include "daemon/controller.h"
#include "revoke/revoke.h"

/* One line, without its end. Empty for lack of memory. */
void cut_text(struct controller *c, const struct revoke_cut *cut, struct buf *out);
