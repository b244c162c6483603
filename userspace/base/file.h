/* SPDX-License-Identifier: BSD-2-Clause */
/* Whole files: bounded reads, and writes that are all there after a power cut or not at all. */
#pragma once

#include <stddef.h>
#include <sys/types.h>

/*
 * The whole of a regular file (or pipe) of at most `max` bytes in *ret, owned by the caller, with
 * a NUL after *ret_len bytes. `dirfd` may be AT_FDCWD. -EFBIG when it is larger, -EISDIR for a
 * directory, -EINVAL for a device or socket.
 */
int file_read(int dirfd, const char *path, size_t max, char **ret, size_t *ret_len);

/* The same from an open descriptor. */
int file_read_fd(int fd, size_t max, char **ret, size_t *ret_len);

/*
 * Replaces `path` with the bytes: temporary file in the same directory, fsync, rename, fsync of
 * the directory. On failure the old file stands and no temporary file is left; only when the very
 * last step fails, the fsync of the directory, does the new file stand with an error answered.
 * `mode` is exact: the umask does not change it.
 */
int file_write_atomic(int dirfd, const char *path, const void *bytes, size_t len, mode_t mode);

/*
 * Gives a file another name in the same directory, in place of what has it, durably. 0 or -errno; only
 * when the fsync of the directory fails is it done with an error answered.
 */
int file_move(int dirfd, const char *from, const char *to);

/* Writes all bytes, repeating short writes. 0 or -errno. */
int fd_write_all(int fd, const void *bytes, size_t len);

/* Reads so many bytes from the beginning of a file, wherever it is read from otherwise. 0 or -errno; -EIO when it is shorter. */
int fd_read_start(int fd, void *bytes, size_t len);

/* mkdir -p with `mode` for what it creates. 0 or -errno; -ENOTDIR when a part is something else. */
int dir_make(const char *path, mode_t mode);
