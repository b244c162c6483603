/* SPDX-License-Identifier: BSD-2-Clause */
/* What a sweep would cut under an image that is not in force: the same judging, the same plan. */
#include <errno.h>

#include "daemon/cut.h"
#include "daemon/sweep.h"

enum { PREVIEW_MAX = 1000 }; /* lines */

struct preview {
	struct revoke_plan plan;
	int err;
};

static void take(const struct postern_sighting *seen, void *arg)
{
	struct preview *p = arg;
	int r = revoke_plan_add(&p->plan, seen);

	if (r < 0)
		p->err = r;
}

static int put_line(struct controller *c, const struct revoke_cut *cut, json_t *lines)
{
	_cleanup_buf_ struct buf text = BUF_INIT;

	cut_text(c, cut, &text);
	if (buf_error(&text) < 0 || json_array_append_new(lines, json_string(text.data)) < 0)
		return -ENOMEM;
	return 0;
}

static int put_lines(struct controller *c, const struct revoke_plan *plan, json_t *lines)
{
	size_t n = plan->cuts.n < PREVIEW_MAX ? plan->cuts.n : PREVIEW_MAX;
	int r = lines ? 0 : -ENOMEM;

	for (size_t i = 0; i < n && r == 0; i++)
		r = put_line(c, &plan->cuts.items[i], lines);
	if (r == 0 && n < plan->cuts.n)
		r = json_array_append_new(lines, json_sprintf("and %zu more", plan->cuts.n - n));
	return r < 0 ? -ENOMEM : 0;
}

int sweep_preview(struct controller *c, uint32_t slot, json_t **ret)
{
	struct preview p = { 0 };
	_cleanup_json_ json_t *lines = json_array();
	int r = loader_sweep(c->loader, slot, take, &p);

	r = r < 0 ? r : p.err;
	revoke_plan_sort(&p.plan);
	if (r == 0)
		r = put_lines(c, &p.plan, lines);
	revoke_plan_free(&p.plan);
	if (r == 0)
		*ret = TAKE_PTR(lines);
	return r;
}
