/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/resident.h"

#include <link.h>
#include <malloc.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

static bool is_of_file(const ElfW(Phdr) * p)
{
	return p->p_type == PT_LOAD && p->p_filesz > 0 && !(p->p_flags & PF_W);
}

/*
 * Segments that are mapped without PF_W are as their file has them: relocations are all in those with it, also where
 * the dynamic linker has made a part of one read-only afterwards.
 */
static int drop_object(struct dl_phdr_info *object, size_t size, void *arg)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	(void)size;
	(void)arg;
	for (ElfW(Half) i = 0; i < object->dlpi_phnum; i++) {
		const ElfW(Phdr) *p = &object->dlpi_phdr[i];
		uintptr_t from = object->dlpi_addr + p->p_vaddr, to = from + p->p_filesz;

		from = (from + page - 1) / page * page;
		to = to / page * page;
		if (is_of_file(p) && from < to)
			(void)madvise((void *)from, to - from, MADV_DONTNEED);
	}
	return 0;
}

void resident_drop(void)
{
	(void)malloc_trim(0);
	(void)dl_iterate_phdr(drop_object, NULL);
}
