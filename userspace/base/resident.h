/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory that this process holds and does not need while it waits. */
#pragma once

/*
 * Gives back what nothing points at: freed memory of the heap, and the pages of programs and libraries that are never
 * written to. Those come from the page cache again when they are run or read, so this costs a few hundred short faults.
 */
void resident_drop(void);
