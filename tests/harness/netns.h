/* SPDX-License-Identifier: BSD-2-Clause */
/* A network namespace of the test's own: no other program's ports, and addresses that the host lacks. */
#pragma once

/* Moves the caller into a new one with loopback up and these IPv6 addresses on it; NULL-terminated. Fails the test when it cannot. */
void netns_enter_own(const char *const *addresses);
