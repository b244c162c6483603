/* SPDX-License-Identifier: BSD-2-Clause */
/* What attackers of the control socket have in common: programs that e2e/control.sh runs. */
#pragma once

/* A new connection to the controller; a complaint, and what cannot be used, when there is none. */
int attacker_connect(const char *socket_path);
/* Prints what a sound controller does not do. */
void attacker_complain(const char *attack, const char *got);
/* The exit status: 1 once there was a complaint. */
int attacker_status(void);
