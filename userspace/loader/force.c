/* SPDX-License-Identifier: BSD-2-Clause */
/* The generation word: one store puts another image in force. */
#include "base/clock.h"
#include "loader/object.h"
#include "postern.skel.h"

/* The word, and if it is not 0 its descriptor. */
int force_read(const struct loader *l, uint32_t *ret_word, struct postern_descriptor *ret)
{
	uint32_t zero = 0, word, index;
	int r = bpf_map_lookup_elem(bpf_map__fd(l->skel->maps.generation), &zero, &word);

	if (r < 0)
		return r;
	index = word % POSTERN_DESCRIPTORS;
	if (word)
		r = bpf_map_lookup_elem(bpf_map__fd(l->skel->maps.descriptors), &index, ret);
	if (r == 0)
		*ret_word = word;
	return r;
}

/* Where the kernel side looks at this moment. */
uint32_t force_slot(const struct postern_descriptor *desc)
{
	return desc->deadline && clock_boot_ns() >= desc->deadline ? desc->fallback : desc->slot;
}

int force_restore(const struct loader *l, uint32_t word)
{
	uint32_t zero = 0;

	return bpf_map_update_elem(bpf_map__fd(l->skel->maps.generation), &zero, &word, BPF_ANY);
}

/* *ret_before takes it back with force_restore(). */
int force_store(const struct loader *l, uint32_t slot, uint32_t *ret_before)
{
	struct postern_descriptor desc = { 0 };
	uint32_t word = 0, next, index;
	int r = force_read(l, &word, &desc);

	if (r < 0)
		return r;
	next = word + 1 ? word + 1 : 1;
	index = next % POSTERN_DESCRIPTORS;
	desc = (struct postern_descriptor){ .slot = slot, .fallback = slot };
	r = bpf_map_update_elem(bpf_map__fd(l->skel->maps.descriptors), &index, &desc, BPF_ANY);
	if (r == 0)
		r = force_restore(l, next);
	if (r == 0)
		*ret_before = word;
	return r;
}
