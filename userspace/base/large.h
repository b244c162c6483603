/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory for what may be many megabytes and is written once from end to end. */
#pragma once

#include <stddef.h>

/*
 * So many bytes, aligned to 64, to be freed with free(). From a megabyte on in the large pages of the host where it has
 * any: thousands of small ones take longer to get than their bytes take to copy. NULL: no memory.
 */
void *large_alloc(size_t n);
