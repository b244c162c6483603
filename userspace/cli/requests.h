/* SPDX-License-Identifier: BSD-2-Clause */
/* A file of requests, one JSON object a line. */
#pragma once

#include "policy/policy.h"

struct requests {
	struct arena *arena; /* owned: what the requests point into */
	struct request *items; /* owned */
	size_t n;
};

/*
 * Reads all requests of a file; "-" is standard input; empty lines are passed over. Complains with file and line, and
 * answers an exit_status.
 */
int requests_read(const char *path, struct requests *ret);
void requests_free(struct requests *r);
#define _cleanup_requests_ _cleanup_(requests_free)
