/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What every fuzz target is made of: the entry that libFuzzer or rig/replay.c calls with one input,
 * and how a target says what must never be otherwise. A target that returns has found nothing.
 */
#pragma once

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/diag.h"

/* One target's work on one input. Always 0: libFuzzer wants that. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline _Noreturn void fuzz_broken(const char *what, const char *file, int line)
{
	(void)fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, what);
	abort();
}

/* Something that no input may change. */
#define must(condition)                                                                            \
	do {                                                                                       \
		if (!(condition))                                                                  \
			fuzz_broken(#condition, __FILE__, __LINE__);                               \
	} while (0)

/* What is shown moves no cursor, whatever the text was that it is about. */
static inline void fuzz_render(const struct diags *d)
{
	_cleanup_buf_ struct buf out = BUF_INIT;

	diags_render(d, &out, false);
	must(buf_error(&out) == 0);
	for (size_t i = 0; i < out.len; i++) {
		unsigned char c = (unsigned char)out.data[i];

		must((c >= 0x20 && c != 0x7f) || c == '\n' || c == '\t');
	}
}

/* Refused or not: a refusal of what was written says why, and no other answer has errors. */
static inline void fuzz_answer(int r, const struct diags *d)
{
	must(r == 0 || r == -EBADMSG || r == -E2BIG || r == -EOPNOTSUPP);
	must((r != 0) == (d->errors > 0));
	fuzz_render(d);
}
