/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The interface description as it lies in the tree, put into the program by the assembler: one
 * text, so that what is answered cannot differ from what is documented. The path is seen from where
 * the build runs, the top of the tree.
 */
#include "wire/wire.h"

#ifndef WIRE_DESCRIPTION_FILE
#define WIRE_DESCRIPTION_FILE "userspace/wire/org.postern.Controller.varlink"
#endif

extern const char wire_description_text[] __attribute__((visibility("hidden")));

__asm__(".pushsection .rodata\n"
	".hidden wire_description_text\n"
	".globl wire_description_text\n"
	"wire_description_text:\n"
	".incbin \"" WIRE_DESCRIPTION_FILE "\"\n"
	".byte 0\n"
	".popsection\n");

const char *wire_description(void)
{
	return wire_description_text;
}
