/* SPDX-License-Identifier: BSD-2-Clause */
/* The other end of what actors do: this very process, which no hook governs. */
#pragma once

#include <stdint.h>

#include "scratch.h"

/* Connects from an address of this host to another's port, which may take ten seconds: 0 or an errno. */
int stranger_connect(const char *from, const char *to, uint16_t port);
/* The same for a moment only: ETIMEDOUT is what a dropped first packet looks like. */
int stranger_knock(const char *from, const char *to, uint16_t port);

/* A datagram socket at that address and some port, which goes to *ret_port. */
int stranger_socket(const char *at, uint16_t *ret_port);
/* Sends a byte; receives one: 0 or ETIMEDOUT after a moment. */
void stranger_send(int fd, const char *to, uint16_t port);
int stranger_receive(int fd);

/* Waits until an actor has written its port (step `port`), and forgets the file. */
uint16_t stranger_port(struct scratch *s, const char *name);
