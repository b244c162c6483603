/* SPDX-License-Identifier: BSD-2-Clause */
/* Protocols of endpoints: what the files of policy/ know about them beyond their names. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* Whether its endpoints have port numbers (tcp, udp, udplite, sctp, dccp). */
bool protocol_has_ports(uint8_t protocol);
