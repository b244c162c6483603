/* SPDX-License-Identifier: BSD-2-Clause */
/* Another program that signs: what is to be signed on its standard input, the signature on its output. */
#pragma once

#include <stddef.h>

#include "base/buf.h"

/*
 * Runs a program (found in PATH) and waits for it; it keeps standard error and the terminal, for PINs and
 * touches. 0; -ENOENT when there is no such program; -EPERM when it did not end well; -errno.
 */
int signer_run(const char *const *argv, const char *text, size_t len, struct buf *ret);
