/* SPDX-License-Identifier: BSD-2-Clause */
/* As much of io_uring as the attempts need, by its system calls. */
#pragma once

#include <linux/io_uring.h>
#include <stdbool.h>

struct uring {
	int fd;
	bool polls; /* the kernel's own thread takes what is submitted */
	unsigned *sq_tail, *sq_mask, *sq_array, *sq_flags;
	unsigned *cq_head, *cq_tail, *cq_mask;
	struct io_uring_sqe *sqes;
	struct io_uring_cqe *cqes;
};

/* 0 or errno. `flags`: IORING_SETUP_… */
int uring_open(struct uring *u, unsigned flags);

/* Submits one entry and waits up to a second for its answer: what the operation gave, or -errno. */
int uring_do(struct uring *u, const struct io_uring_sqe *sqe);

/* Registers the present credentials: a personality, or -errno. */
int uring_personality(const struct uring *u);
