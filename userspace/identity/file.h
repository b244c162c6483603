/* SPDX-License-Identifier: BSD-2-Clause */
/* Files by what they are, inside identity/. */
#pragma once

#include "identity/identity.h"

/*
 * Device of the superblock, in the kernel's own encoding, and inode number of an open file, which may be
 * opened with O_PATH. Asks no file server. 0 or -errno.
 */
int file_device(int fd, uint64_t *ret_dev, uint64_t *ret_ino);
