/* SPDX-License-Identifier: BSD-2-Clause */
/* From hooks, image and bundle to a word, and to what is wrong. */
#include "daemon/state.h"

#include <errno.h>

#include "daemon/controller.h"
#include "daemon/glass.h"
#include "daemon/guard.h"

const char *state_name(enum state s)
{
	static const char *const names[] = {
		[STATE_STARTING] = "starting",	 [STATE_NO_POLICY] = "no-policy",
		[STATE_ENFORCING] = "enforcing", [STATE_OBSERVING] = "observing",
		[STATE_DEGRADED] = "degraded",
	};

	return names[s];
}

/* Whether the kernel has an image; its id. */
static bool has_image(const struct controller *c, uint32_t *ret)
{
	return loader_active(c->loader, NULL, ret) == 0;
}

static size_t missing_hooks(const struct controller *c, struct loader_hook *hooks)
{
	size_t n = loader_hooks(c->loader, hooks, HOOKS_MAX), missing = 0;

	for (size_t i = 0; i < n; i++)
		if (hooks[i].required && !hooks[i].attached)
			hooks[missing++] = hooks[i];
	return missing;
}

/* Whether the kernel's image is the one of our bundle. */
static bool is_ours(const struct controller *c, uint32_t image_id)
{
	const struct deployment *dep = controller_active(c);

	return dep && dep->image_ids[0] == image_id;
}

enum state state_of(const struct controller *c)
{
	struct loader_hook hooks[HOOKS_MAX];
	uint32_t id;

	if (c->rollout.record.glass.boot[0])
		return STATE_DEGRADED;
	if (!has_image(c, &id))
		return controller_active(c) ? STATE_DEGRADED : STATE_NO_POLICY;
	if (!is_ours(c, id) || missing_hooks(c, hooks) > 0 || c->problem || c->rollout.damaged ||
	    c->guard.no_cgroup || c->guard.no_bpffs || storage_is_bad(&c->storage) ||
	    people_are_locked(&c->people))
		return STATE_DEGRADED;
	return controller_active(c)->bundle->observe ? STATE_OBSERVING : STATE_ENFORCING;
}

json_t *state_problems(const struct controller *c)
{
	json_t *all = json_array();
	struct loader_hook hooks[HOOKS_MAX];
	uint32_t id = 0;
	bool image = has_image(c, &id);
	size_t missing = image && !c->guard.no_cgroup ? missing_hooks(c, hooks) : 0;

	if (c->problem)
		(void)json_array_append_new(all, json_string(c->problem));
	storage_problems(&c->storage, all);
	if (c->rollout.damaged)
		(void)json_array_append_new(
			all,
			json_sprintf(
				"no bundle is accepted: %s/rollout.json cannot be read; try: restore it, or "
				"remove it (then what was tried and never confirmed is forgotten), and "
				"restart posternd",
				c->store.dir));
	if (image && !is_ours(c, id))
		(void)json_array_append_new(
			all,
			json_string(
				"the kernel enforces an image that is of no bundle here; try: push the bundle again"));
	if (!image && controller_active(c))
		(void)json_array_append_new(
			all,
			json_string("the kernel has lost its image; try: push the bundle again"));
	for (size_t i = 0; i < missing; i++)
		(void)json_array_append_new(
			all,
			json_sprintf(
				"%s is not attached to %s: somebody detached it; try: systemctl restart posternd",
				hooks[i].name, hooks[i].attach));
	glass_problems(c, all);
	guard_problems(c, all);
	people_problems(c, all);
	return all;
}
