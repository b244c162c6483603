/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of facts. */
#include "compile/writer.h"

void write_facts(struct writer *w, const struct compilation *c)
{
	struct postern_annex annex = { .facts = (uint32_t)c->facts.n };

	annex.facts_line = writer_bytes(w, c->facts.fact, c->facts.n * sizeof(*c->facts.fact));
	if (!w->err)
		memcpy(writer_at(w, POSTERN_ANNEX_LINE), &annex, sizeof(annex));
}
