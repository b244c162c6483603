/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel's own tries of prefixes. */
#include "compare.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "lpm.skel.h"
#include "measure.h"

enum { BATCH = 4096 };

struct key {
	uint32_t bits, addr;
};

static void fill(int fd, const struct rules *r)
{
	static struct key keys[BATCH];
	static uint64_t values[BATCH];
	LIBBPF_OPTS(bpf_map_batch_opts, opts);

	for (size_t i = 0; i < r->n;) {
		uint32_t n = 0;

		for (; n < BATCH && i < r->n; n++, i++)
			keys[n] = (struct key){ r->items[i].bits, htonl(r->items[i].addr) };
		if (bpf_map_update_batch(fd, keys, values, &n, &opts) < 0)
			die("filling a trie");
	}
}

static void attach(const struct variant *v, const struct bpf_program *p)
{
	int cgroup = open(v->cgroup, O_RDONLY | O_CLOEXEC);

	if (cgroup < 0 || !bpf_program__attach_cgroup(p, cgroup)) /* until this process ends */
		die("attaching a trie");
	(void)close(cgroup);
}

static void set_up(struct variant *v)
{
	uint64_t began = measure_now_ns();
	struct lpm_bpf *skel = lpm_bpf__open();

	if (!skel || bpf_map__set_max_entries(skel->maps.allowed, (uint32_t)v->rules) < 0 ||
	    lpm_bpf__load(skel) < 0)
		die("loading a trie");
	fill(bpf_map__fd(skel->maps.allowed), rules_of(v->rules));
	attach(v, skel->progs.lpm_egress);
	attach(v, skel->progs.lpm_ingress);
	v->own = skel;
	v->apply_ms = (double)(measure_now_ns() - began) / 1e6;
}

static void tear_down(struct variant *v)
{
	lpm_bpf__destroy(v->own);
}

void lpm_variants(void)
{
	static const size_t sizes[] = { 10, 1000, 100000, 1000000 };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct variant *v = variant_add("LPM trie on packets", sizes[i]);

		v->set_up = set_up;
		v->tear_down = tear_down;
	}
}
