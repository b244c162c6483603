/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The generation word and the descriptor that it stands for: one store puts another image in force, ends
 * a window or begins one. Nothing else ever changes what the kernel side decides by.
 */
#include <errno.h>
#include <stdbool.h>

#include "base/clock.h"
#include "loader/object.h"

/* The word, and if it is not 0 its descriptor. */
int force_read(const struct loader *l, uint32_t *ret_word, struct postern_descriptor *ret)
{
	uint32_t zero = 0, word, index;
	int r = bpf_map_lookup_elem(map_fd(l, MAP_GENERATION), &zero, &word);

	if (r < 0)
		return r;
	index = word % POSTERN_DESCRIPTORS;
	if (word)
		r = bpf_map_lookup_elem(map_fd(l, MAP_DESCRIPTORS), &index, ret);
	if (r == 0)
		*ret_word = word;
	return r;
}

static bool has_come(uint64_t moment)
{
	return moment && clock_boot_ns() >= moment;
}

/* Where the kernel side looks at this moment. */
uint32_t force_slot(const struct postern_descriptor *desc)
{
	return has_come(desc->deadline) ? desc->fallback : desc->slot;
}

int force_restore(const struct loader *l, uint32_t word)
{
	uint32_t zero = 0;

	return bpf_map_update_elem(map_fd(l, MAP_GENERATION), &zero, &word, BPF_ANY);
}

/* *ret_before takes it back with force_restore(). */
int force_store(const struct loader *l, const struct postern_descriptor *desc, uint32_t *ret_before)
{
	struct postern_descriptor before = { 0 };
	uint32_t word = 0, next, index;
	int r = force_read(l, &word, &before);

	if (r < 0)
		return r;
	next = word + 1 ? word + 1 : 1;
	index = next % POSTERN_DESCRIPTORS;
	r = bpf_map_update_elem(map_fd(l, MAP_DESCRIPTORS), &index, desc, BPF_ANY);
	if (r == 0)
		r = force_restore(l, next);
	if (r == 0)
		*ret_before = word;
	return r;
}

static uint32_t image_in(const struct loader *l, uint32_t slot)
{
	return slot < POSTERN_SLOTS ? l->held[slot].image_id : 0;
}

int loader_standing(struct loader *l, struct loader_standing *ret)
{
	struct postern_descriptor desc = { 0 };
	uint32_t word = 0;
	int r = force_read(l, &word, &desc);

	if (r < 0)
		return r;
	*ret = (struct loader_standing){ 0 };
	if (!word)
		return 0;
	ret->open = force_slot(&desc) == POSTERN_OPEN;
	ret->image_id = image_in(l, force_slot(&desc));
	ret->confirmed_id = image_in(l, desc.deadline ? desc.fallback : desc.slot);
	ret->tried_id = desc.deadline ? image_in(l, desc.slot) : 0;
	ret->deadline = desc.deadline;
	ret->observe_until = has_come(desc.observe_until) ? 0 : desc.observe_until;
	return 0;
}

/* The descriptor in force, to be changed. 0, -ENOENT when no image is. */
static int force_current(const struct loader *l, struct postern_descriptor *ret)
{
	uint32_t word = 0;
	int r = force_read(l, &word, ret);

	return r < 0 ? r : word ? 0 : -ENOENT;
}

int loader_confirm(struct loader *l, uint64_t margin_ns)
{
	struct postern_descriptor desc = { 0 };
	uint32_t before;
	int r = force_current(l, &desc);

	if (r < 0)
		return r;
	if (!desc.deadline || clock_boot_ns() + margin_ns >= desc.deadline)
		return -ETIME;
	desc.fallback = desc.slot;
	desc.deadline = 0;
	return force_store(l, &desc, &before);
}

int loader_fall_back(struct loader *l)
{
	struct postern_descriptor desc = { 0 };
	uint32_t before;
	int r = force_current(l, &desc);

	if (r < 0 || !desc.deadline)
		return r;
	if (desc.fallback == POSTERN_OPEN)
		return loader_release(l);
	desc.slot = desc.fallback;
	desc.deadline = 0;
	return force_store(l, &desc, &before);
}

int loader_resume(struct loader *l, const struct loader_trial *trial)
{
	struct postern_descriptor desc = { 0 };
	uint32_t before;
	int r = force_current(l, &desc);

	desc.deadline = trial->deadline;
	if (r == 0)
		r = slot_fallback(l, trial->fallback_id, &desc.fallback);
	return r < 0 ? r : force_store(l, &desc, &before);
}

int loader_observe(struct loader *l, uint64_t until)
{
	struct postern_descriptor desc = { 0 };
	uint32_t before;
	int r = force_current(l, &desc);

	desc.observe_until = until;
	return r < 0 ? r : force_store(l, &desc, &before);
}

int loader_release(struct loader *l)
{
	const struct postern_descriptor open = { .slot = POSTERN_OPEN, .fallback = POSTERN_OPEN };
	bool decides[PROGRAMS];
	uint32_t before;
	int r = force_store(l, &open, &before);

	for (size_t i = 0; i < PROGRAMS; i++)
		decides[i] = programs[i].kind == PROGRAM_DECIDES;
	if (r == 0)
		links_drop(l, decides);
	return r < 0 ? r : force_restore(l, 0);
}
