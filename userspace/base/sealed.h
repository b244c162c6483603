/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Bytes that go from one process to another as a descriptor: a memory file that nobody can change,
 * shorten or lengthen any more, whoever else has it (memfd_create(2), F_ADD_SEALS of fcntl(2)).
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* One of these bytes, owned by the caller; `name` is for people who look at /proc. An fd or -errno. */
int sealed_new(const char *name, const void *bytes, size_t len);

/*
 * A copy of all its bytes in *ret, owned by the caller: what the other end does meanwhile, or with its
 * mappings, changes nothing. -EPERM when it is none, or lacks a seal; -EFBIG when it has more than `max`;
 * or another -errno.
 */
int sealed_read(int fd, size_t max, uint8_t **ret, size_t *ret_len);
