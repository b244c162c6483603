/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What other programs of bin/ do for an attempt, mostly bin/allowed, which the denying policy lets
 * reach PORT_ALLOWED:
 *
 *   send NAME PORT      sends the attempt's mark over TCP
 *   open NAME FD        opens a socket and passes it over the descriptor; connect: a connected one
 *   use NAME FD         takes a socket over it and sends the mark with it; use-fd: the descriptor itself
 *   keep NAME 0         opens a socket and becomes bin/NAME again, with its number in EVASION_KEPT
 *   serve NAME PORT     listens there, TCP and UDP, and shares the port with whoever asks
 *   hold NAME 0         waits
 */
#pragma once

/* An errno or 0; -1 when `word` is none of these. */
int allowed_do(const char *word, const char *name, const char *number);
