/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ends that attempts send to, none of them governed. What counts as arrived is what a packet
 * socket sees come in (the far end of the veth pair, loopback of the near side), whatever protocol
 * carried it; servers are there so that connections come about.
 */
#pragma once

/* Runs both ends in child processes until the parent ends; returns when they are ready. 0 or errno. */
int receive_start(void);

/* Ends both; their ports are free when it returns. */
void receive_stop(void);
