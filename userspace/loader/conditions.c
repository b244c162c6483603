/* SPDX-License-Identifier: BSD-2-Clause */
/* The epoch word: one store tells the kernel side of another world outside packets. */
#include <errno.h>
#include <string.h>

#include "loader/object.h"

static int word_read(const struct loader *l, uint32_t *ret)
{
	uint32_t zero = 0;

	return bpf_map_lookup_elem(map_fd(l, MAP_EPOCH), &zero, ret);
}

/* What the word stands for; all zeros while nothing was told. */
static int conditions_read(const struct loader *l, uint32_t word, struct postern_conditions *ret)
{
	uint32_t index = word % POSTERN_EPOCHS;

	*ret = (struct postern_conditions){ 0 };
	if (!word)
		return 0;
	return bpf_map_lookup_elem(map_fd(l, MAP_CONDITIONS), &index, ret);
}

/* A program that read an older word still finds what that stood for: places are reused last. */
static int conditions_store(const struct loader *l, uint32_t word,
			    const struct postern_conditions *c)
{
	uint32_t zero = 0, next = word + 1 ? word + 1 : 1, index = next % POSTERN_EPOCHS;
	int r = bpf_map_update_elem(map_fd(l, MAP_CONDITIONS), &index, c, BPF_ANY);

	return r < 0 ? r : bpf_map_update_elem(map_fd(l, MAP_EPOCH), &zero, &next, BPF_ANY);
}

int loader_conditions(struct loader *l, const struct postern_conditions *c)
{
	uint32_t word;
	int r;

	if (c->zones == 0 || c->zones > POSTERN_ZONES)
		return -EINVAL;
	r = word_read(l, &word);
	return r < 0 ? r : conditions_store(l, word, c);
}

int loader_conditions_now(struct loader *l, struct postern_conditions *ret)
{
	struct postern_conditions c;
	uint32_t word;
	int r = word_read(l, &word);

	if (r == 0)
		r = conditions_read(l, word, &c);
	if (r == 0 && c.zones == 0)
		r = -ENOENT;
	if (r == 0)
		*ret = c;
	return r;
}

int epoch_move(const struct loader *l)
{
	struct postern_conditions same;
	uint32_t word;
	int r = word_read(l, &word);

	if (r == 0)
		r = conditions_read(l, word, &same);
	return r < 0 ? r : conditions_store(l, word, &same);
}
