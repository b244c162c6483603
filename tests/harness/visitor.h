/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A process with a login session of its own that connects when it is told: what is asked of one and the same session
 * at different times. It lives in the scratch cgroup and ends with visitor_close().
 */
#pragma once

#include "scratch.h"

struct visitor {
	pid_t pid;
	int fd;
	uint32_t session; /* audit session id */
};

/* Starts it with a fresh session, or in none. Fails the test when the kernel keeps no sessions. */
void visitor_open(struct visitor *v, struct scratch *s, bool session);
void visitor_close(struct visitor *v);

/* Connects to this host's TCP port as a user: 0 or an errno. From `from` as its own port, 0 for any. */
int visitor_connect(struct visitor *v, uint32_t uid, uint16_t port, uint16_t from);

/* Writes another loginuid; the errno, and the session that it is in afterwards. */
int visitor_claim(struct visitor *v, uint32_t loginuid, uint32_t *ret_session);
