/* SPDX-License-Identifier: BSD-2-Clause */
/* Medians, the table, and what must be. */
#include "compare.h"

#include <stdio.h>
#include <string.h>

#include "measure.h"

double median_of(const struct variant *v, enum op_id op, size_t rounds)
{
	double copy[ROUNDS_MAX];

	memcpy(copy, v->took[op], rounds * sizeof(copy[0]));
	return measure_median(copy, rounds);
}

double ratio_to(const struct variant *v, const struct variant *base, enum op_id op, size_t rounds)
{
	double all[ROUNDS_MAX];

	for (size_t i = 0; i < rounds; i++)
		all[i] = base->took[op][i] > 0 ? v->took[op][i] / base->took[op][i] : 0;
	return measure_median(all, rounds);
}

double added_to(const struct variant *v, const struct variant *base, enum op_id op, size_t rounds)
{
	double all[ROUNDS_MAX];

	for (size_t i = 0; i < rounds; i++)
		all[i] = v->took[op][i] - base->took[op][i];
	return measure_median(all, rounds);
}

static void table_of(enum op_id op, size_t rounds)
{
	(void)printf("\n%s\n", op_names[op]);
	for (size_t i = 0; i < n_variants; i++) {
		const struct variant *v = &variants[i];

		(void)printf("  %-32s %10.0f ns  %+9.0f ns  ratio %.3f\n", v->name,
			     median_of(v, op, rounds), added_to(v, &variants[0], op, rounds),
			     ratio_to(v, &variants[0], op, rounds));
	}
}

static void costs(void)
{
	(void)printf("\nin force, and what the kernel keeps for it\n");
	for (size_t i = 1; i < n_variants; i++) {
		const struct variant *v = &variants[i];

		(void)printf("  %-32s %8.0f ms  %9.1f MiB", v->name, v->apply_ms,
			     (double)v->kernel_bytes / (1 << 20));
		if (v->map_bytes)
			(void)printf(", of it maps %.1f MiB", (double)v->map_bytes / (1 << 20));
		(void)printf("\n");
	}
}

void report_table(size_t rounds)
{
	const struct variant *v = variant_named("postern 1M");

	(void)printf("medians over %zu rounds; ratios and differences within a round, to none\n",
		     rounds);
	for (enum op_id op = 0; op < OPS; op++)
		table_of(op, rounds);
	costs();
	(void)printf(
		"\ndenials in a flood of a second: %llu; events taken %llu, counted as lost %llu\n",
		(unsigned long long)v->floods, (unsigned long long)v->told,
		(unsigned long long)v->lost);
}

/* A ratio that must not be exceeded. */
struct must {
	const char *what;
	const char *variant, *base;
	enum op_id op, base_op;
	double most;
	bool added; /* of what is added to none, not of the whole */
};

static const struct must musts[] = {
	{ "1M, all hooks: TCP connect", "postern 1M", "none", OP_CONNECT_HOT, OP_CONNECT_HOT, 1.12,
	  false },
	{ "1M, all hooks: UDP connect", "postern 1M", "none", OP_UDP_HOT, OP_UDP_HOT, 1.18, false },
	{ "1M, all hooks: socket, connect, close", "postern 1M", "none", OP_WHOLE, OP_WHOLE, 1.18,
	  false },
	{ "1M, all hooks: TCP connect, server elsewhere", "postern 1M", "none", OP_OUT, OP_OUT,
	  1.12, false },
	{ "1M, all hooks: socket, connect, close, elsewhere", "postern 1M", "none", OP_OUT_WHOLE,
	  OP_OUT_WHOLE, 1.18, false },
	{ "1M, address hooks: TCP connect", "postern, address hooks 1M", "none", OP_CONNECT_HOT,
	  OP_CONNECT_HOT, 1.05, false },
	{ "1M, address hooks: UDP connect", "postern, address hooks 1M", "none", OP_UDP_HOT,
	  OP_UDP_HOT, 1.12, false },
	{ "1M, address hooks: socket, connect, close", "postern, address hooks 1M", "none",
	  OP_WHOLE, OP_WHOLE, 1.08, false },
	{ "1M to 10, hot: TCP connect", "postern 1M", "postern 10", OP_CONNECT_HOT, OP_CONNECT_HOT,
	  1.03, false },
	{ "1M to 10, hot: UDP connect", "postern 1M", "postern 10", OP_UDP_HOT, OP_UDP_HOT, 1.03,
	  false },
	{ "1M to 10, 1,024 addresses: TCP connect", "postern 1M", "postern 10", OP_CONNECT_WARM,
	  OP_CONNECT_WARM, 1.12, false },
	{ "1M, 1 byte to and fro", "postern 1M", "none", OP_PING_PONG, OP_PING_PONG, 1.08, false },
	{ "1M, established bulk", "postern 1M", "none", OP_BULK, OP_BULK, 1.02, false },
	{ "a denial with its event, to a refusal", "postern 1M", "none", OP_REFUSED, OP_REFUSED,
	  0.10, false },
	{ "added at 1M, to nft map 1M", "postern 1M", "nft map 1M", OP_CONNECT_HOT, OP_CONNECT_HOT,
	  0.1, true },
	{ "added at 1M, to nft concatenated set 100k", "postern 1M", "nft concatenated set 100k",
	  OP_CONNECT_HOT, OP_CONNECT_HOT, 0.05, true },
	{ "spawn, exec, exit", "postern 1M", "none", OP_SPAWN, OP_SPAWN, 1.01, false },
};

int report_judge(size_t rounds)
{
	int missed = 0;

	(void)printf("\nwhat must be\n");
	for (size_t i = 0; i < sizeof(musts) / sizeof(musts[0]); i++) {
		const struct must *m = &musts[i];
		const struct variant *v = variant_named(m->variant), *b = variant_named(m->base);
		double x;

		if (!v || !b)
			continue;
		x = m->added ? added_to(v, &variants[0], m->op, rounds) /
				       added_to(b, &variants[0], m->op, rounds)
			     : ratio_to(v, b, m->op, rounds);
		(void)printf("  %-46s %.3f of at most %.2f%s\n", m->what, x, m->most,
			     x <= m->most ? "" : "  MISSED");
		missed += x > m->most;
	}
	return missed;
}
