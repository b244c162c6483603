/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading frames: the mark that one carries, and where its outermost header says that it goes. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* The first "postern:…;" in the frame. */
bool wire_mark(const unsigned char *frame, size_t n, char *ret, size_t size);

/* "PROTOCOL ADDRESS PORT" of an Ethernet frame; PROTOCOL is the number, PORT 0 where there is none. */
void wire_destination(const unsigned char *frame, size_t n, char *ret, size_t size);
