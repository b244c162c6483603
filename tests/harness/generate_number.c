/* SPDX-License-Identifier: BSD-2-Clause */
/* Seeds and sizes of a run, from its environment. */
#include <stdlib.h>

#include "generate.h"

uint64_t generate_number(const char *variable, uint64_t otherwise)
{
	const char *text = getenv(variable);

	return text ? strtoull(text, NULL, 0) : otherwise;
}
