/* SPDX-License-Identifier: BSD-2-Clause */
/* The frame of questions and answers, and the descriptors that a worker begins with. */
#pragma once

#include <stdint.h>

enum worker_question {
	ASK_OPEN,
	ASK_LOAD,
	ASK_COMPILE,
	ASK_EXPLAIN,
	ASK_REMEDY,
	ASK_DECIDE,
	ASK_KINDS
};

/* One packet. `len` bytes from the start of the memory file of the direction are its body. */
struct worker_head {
	uint32_t magic;
	uint32_t question; /* asked, or answered */
	uint64_t len;
};

#define WORKER_MAGIC 0x506b7257u

/* Seconds without a question after which a worker keeps no memory that it does not use. */
enum { WORKER_REST_S = 60 };

enum { WORKER_SOCKET = 3, WORKER_IN = 4, WORKER_OUT = 5 };

/* Exit statuses of a worker that could not confine itself, or was asked nonsense. */
enum {
	WORKER_EXIT_LIMITS = 81,
	WORKER_EXIT_CAPABILITIES,
	WORKER_EXIT_LANDLOCK,
	WORKER_EXIT_SECCOMP,
	WORKER_EXIT_QUESTION,
	WORKER_EXIT_EXEC
};
