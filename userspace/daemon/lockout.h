/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whom a bundle would lock out: asked before it is in force, of what people reach and run this host by.
 * That is the connections that sshd has accepted and the next one of the same kind, its listeners, the
 * DHCP client, and the name servers as seen by whoever pushes. Only what is in the governed cgroup counts.
 * Asked at a push and at going back to an older bundle; not at the end of a trial, which nobody can stop: what is
 * gone back to then is what its pusher came by.
 */
#pragma once

#include "daemon/controller.h"

/*
 * Refuses, naming each connection and what denies it, or what could not be told. `pusher` is who pushes, 0
 * for nobody. A process that has ended meanwhile refuses nothing.
 */
struct refusal lockout_check(const struct controller *c, struct deployment *dep, pid_t pusher,
			     struct diags *d);
