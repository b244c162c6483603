/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The attempts: each has a name, which is also that of a program, and a function that runs as that
 * program inside the governed cgroup. Grouped by subject; table.txt says what is expected of each.
 */
#pragma once

#include "scene.h"

typedef int attempt_fn(struct scene *s);

struct attempt {
	const char *name;
	attempt_fn *inside;
	attempt_fn *outside; /* its other half, in a process that is not governed; or NULL */
	int uid; /* 0: root */
	bool early; /* starts before the policy; its inside waits with take_word() */
};

extern const struct attempt attempts_stream[], attempts_datagram[], attempts_mptcp[],
	attempts_kind[], attempts_address[], attempts_route[], attempts_source[],
	attempts_inbound[], attempts_link[], attempts_unix[], attempts_passed[], attempts_ring[],
	attempts_thread[], attempts_exec[], attempts_file[], attempts_cgroup[], attempts_enforcer[];

/* By name, or NULL; or the n-th of all. */
const struct attempt *attempt_named(const char *name);
const struct attempt *attempt_at(size_t n);
