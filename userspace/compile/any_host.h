/* SPDX-License-Identifier: BSD-2-Clause */
/* What stands for a host where there is none: `postern check`. */
#pragma once

#include "compile/compilation.h"

/* A binding in the compilation's arena, once the policies are walked. 0 or -ENOMEM. */
int any_host_make(struct compilation *c, struct binding *ret);
