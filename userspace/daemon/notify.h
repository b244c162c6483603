/* SPDX-License-Identifier: BSD-2-Clause */
/* What systemd is told: sd_notify(3) by its documented datagram, without its library. */
#pragma once

/* "READY=1\nSTATUS=enforcing". Does nothing without NOTIFY_SOCKET. 0 or -errno. */
int notify(const char *message);

/* Milliseconds between WATCHDOG=1 messages that systemd expects of this process; 0: none. */
unsigned notify_watchdog_ms(void);
