// SPDX-License-Identifier: BSD-2-Clause
/* See scene.h: the list of marks that arrived, in memory that all processes of a round share. */
#include "scene.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define ENTRIES 4096

struct entry {
	char mark[96];
	char wire[64]; /* "PROTOCOL ADDRESS PORT" of the packet that had it */
};

struct ledger {
	atomic_uint used;
	struct entry entry[ENTRIES];
};

int ledger_make(void)
{
	int fd = memfd_create("ledger", 0);

	if (fd < 0 || ftruncate(fd, sizeof(struct ledger)) || dup2(fd, FD_LEDGER) < 0)
		return -1;
	return fd == FD_LEDGER ? 0 : close(fd);
}

static struct ledger *ledger(void)
{
	static struct ledger *l;

	if (!l)
		l = mmap(NULL, sizeof(*l), PROT_READ | PROT_WRITE, MAP_SHARED, FD_LEDGER, 0);
	return l == MAP_FAILED ? NULL : l;
}

void ledger_note(const char *mark, const char *wire)
{
	struct ledger *l = ledger();
	unsigned n;

	if (!l)
		return;
	n = atomic_fetch_add(&l->used, 1);
	if (n >= ENTRIES)
		return;
	(void)snprintf(l->entry[n].wire, sizeof(l->entry[n].wire), "%s", wire);
	(void)snprintf(l->entry[n].mark, sizeof(l->entry[n].mark), "%s", mark);
}

bool ledger_has(const char *mark, size_t len)
{
	struct ledger *l = ledger();
	unsigned used = l ? atomic_load(&l->used) : 0;

	for (unsigned i = 0; i < used && i < ENTRIES; i++)
		if (strncmp(l->entry[i].mark, mark, len) == 0)
			return true;
	return false;
}

void ledger_print(void)
{
	struct ledger *l = ledger();
	unsigned used = l ? atomic_load(&l->used) : 0;

	for (unsigned i = 0; i < used && i < ENTRIES; i++)
		(void)printf("wire %s %s\n", l->entry[i].mark, l->entry[i].wire);
}
