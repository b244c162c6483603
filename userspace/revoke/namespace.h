/* SPDX-License-Identifier: BSD-2-Clause */
/* A network namespace by its inode number. */
#pragma once

#include <stdint.h>
#include <sys/types.h>

/*
 * A descriptor of the namespace: that of process `first` if it lies there, else of any process, else
 * one that is bound below /run/netns. The descriptor, -ENOENT when nobody holds it, -errno.
 */
int namespace_open(uint32_t inode, pid_t first);
