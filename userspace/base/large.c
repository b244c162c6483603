/* SPDX-License-Identifier: BSD-2-Clause */
/* Aligned memory, and what the kernel is told of it. */
#include "base/large.h"

#include <stdlib.h>
#include <sys/mman.h>

enum { LINE = 64, LARGE = 1 << 20, HUGE_PAGE = 2 << 20 };

void *large_alloc(size_t n)
{
	void *p = NULL;

	if (posix_memalign(&p, n < LARGE ? LINE : HUGE_PAGE, n ? n : 1) != 0)
		return NULL;
	if (n >= LARGE)
		(void)madvise(p, n, MADV_HUGEPAGE); /* a wish: there is memory without it, too */
	return p;
}
