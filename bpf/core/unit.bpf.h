/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * In which named units a cgroup lies. Slices and the first component that is none are units by their
 * own name, as long as root owns what is above; what is deeper is one only by its full path, since whoever
 * owns a cgroup names its children.
 */
#pragma once

#include "core/container.bpf.h"
#include "core/force.bpf.h"
#include "core/text.bpf.h"
#include "maps/processes.bpf.h"
#include "read/cgroup.bpf.h"

struct unit_walk {
	struct cgroup *cgroup;
	struct postern_units *units;
	__u32 n; /* of them found */
	__u32 levels;
	__u32 node; /* of the full path so far */
	__u32 reason;
	__u32 slot; /* of the image */
};

/* 0, or -1 where there is no room. */
static __always_inline int unit_add(struct unit_walk *w, __u32 unit)
{
	if (!postern_add_unit(w->units, &w->n, unit))
		return 0;
	w->reason = POSTERN_R_CGROUP_TOO_DEEP;
	return -1;
}

/* The name at a level, 1 being the highest. -1 ends the walk. */
static __always_inline int unit_part(struct unit_walk *w, __u32 level, struct postern_text *ret)
{
	if (level > w->levels)
		return -1;
	if (!cgroup_name(w->cgroup, level, ret))
		return 0;
	w->reason = POSTERN_R_NO_CGROUP;
	return -1;
}

POSTERN_BODY unit_by_name(__u32 i, void *ctx)
{
	struct unit_walk *w = ctx;
	struct postern_text name;
	__u32 unit;

	if (!cgroup_is_of_system(w->cgroup, i) || unit_part(w, i + 1, &name))
		return 1;
	unit = (__u32)text_value(w->slot, POSTERN_STRING_UNIT, 0, name.addr, name.len);
	if (unit != POSTERN_NONE && unit_add(w, unit))
		return 1;
	return !cgroup_name_is_slice(&name);
}

POSTERN_BODY unit_by_path(__u32 i, void *ctx)
{
	struct unit_walk *w = ctx;
	struct postern_text name;
	__u32 step;

	if (unit_part(w, i + 1, &name))
		return 1;
	step = (__u32)text_value(w->slot, POSTERN_STRING_UNIT_STEP, w->node, name.addr, name.len);
	if (step == POSTERN_NONE)
		return 1; /* no named unit begins so */
	if (POSTERN_STEP_UNIT(step) && unit_add(w, POSTERN_STEP_UNIT(step) - 1))
		return 1;
	w->node = POSTERN_STEP_NODE(step);
	return 0;
}

/*
 * Adds to `units`. 0, or the reason why they could not be found. Two walks, not one: the verifier
 * follows either one's few states instead of their product.
 */
POSTERN_FRAME __u32 unit_find(const struct force *f, struct cgroup *c, struct postern_units *units)
{
	struct unit_walk w = { .slot = f->slot, .cgroup = c, .units = units };

	w.levels = cgroup_level(c);
	if (w.levels > POSTERN_CGROUP_DEPTH_MAX)
		return POSTERN_R_CGROUP_TOO_DEEP;
	/* Linux 6.1 follows the body of a loop once, with what it begins with: there would always be room */
	postern_unknown(&w.n);
	postern_unknown(&w.node);
	bpf_loop(POSTERN_CGROUP_DEPTH_MAX, unit_by_name, &w, 0);
	bpf_loop(POSTERN_CGROUP_DEPTH_MAX, unit_by_path, &w, 0);
	return w.reason;
}

static __always_inline void unit_key(struct postern_cgroup_key *ret, __u64 id, __u32 image_id)
{
	ret->cgroup_id = id;
	ret->image_id = image_id;
	ret->pad = 0;
}

/* 0 and the answer, or -1 when it is not known yet. */
POSTERN_FRAME int unit_recall(__u64 id, __u32 image_id, struct postern_cgroup *ret)
{
	const struct postern_cgroup *known;
	struct postern_cgroup_key key;

	unit_key(&key, id, image_id);
	known = bpf_map_lookup_elem(&cgroups, &key);
	if (!known)
		return -1;
	*ret = *known;
	return 0;
}

/* A full map costs time, not truth: the next decision walks again. */
POSTERN_FRAME int unit_remember(__u64 id, __u32 image_id, const struct postern_cgroup *found)
{
	struct postern_cgroup_key key;

	unit_key(&key, id, image_id);
	return bpf_map_update_elem(&cgroups, &key, found, BPF_NOEXIST);
}

/* Class of the cgroup's container. POSTERN_NONE when the image is broken. */
POSTERN_FRAME __u32 unit_container(const struct force *f, struct cgroup *c)
{
	struct postern_text id;

	container_find(c, &id);
	return (__u32)text_class(f->slot, POSTERN_DIM_CONTAINER, id.addr, id.len);
}

static __always_inline void unit_look(const struct force *f, struct cgroup *c,
				      struct postern_cgroup *ret)
{
	ret->reason = unit_find(f, c, &ret->units);
	if (ret->reason)
		return;
	ret->container = unit_container(f, c);
	if (ret->container == POSTERN_NONE)
		ret->reason = POSTERN_R_IMAGE_BROKEN;
}

/*
 * The units and the container of a cgroup, and in ret->reason why they could not be found. Nothing is
 * looked at when the bundle names none.
 */
static __always_inline void unit_of_cgroup(const struct force *f, struct cgroup *c,
					   struct postern_cgroup *ret)
{
	const struct postern_directory *dir = postern_directory(f->image);
	const struct postern_dimension *d =
		(const void *)postern_line(f->image, POSTERN_DIMENSION_LINE(POSTERN_DIM_CONTAINER));

	if (!dir || !d) {
		ret->reason = POSTERN_R_IMAGE_BROKEN;
		return;
	}
	ret->container = d->empty_class;
	if ((!dir->units && d->classes < 2) || !unit_recall(cgroup_id(c), f->image_id, ret))
		return;
	unit_look(f, c, ret);
	unit_remember(cgroup_id(c), f->image_id, ret);
}

static __always_inline void unit_of(const struct force *f, struct task_struct *t,
				    struct postern_cgroup *ret)
{
	unit_of_cgroup(f, cgroup_of(t), ret);
}

struct unit_naming {
	struct cgroup *cgroup;
	__u32 levels;
	__u32 pad;
	struct postern_text name;
};

POSTERN_BODY unit_naming_step(__u32 i, void *ctx)
{
	struct unit_naming *n = ctx;

	if (i >= n->levels || !cgroup_is_of_system(n->cgroup, i) ||
	    cgroup_name(n->cgroup, i + 1, &n->name))
		return 1;
	return !cgroup_name_is_slice(&n->name);
}

/*
 * Address of the name that people know the unit by: the first that is no slice, else the last, as far as
 * root names them.
 */
POSTERN_FRAME __u64 unit_name(struct cgroup *c)
{
	struct unit_naming n = { .cgroup = c };

	n.levels = cgroup_level(c);
	bpf_loop(POSTERN_CGROUP_DEPTH_MAX, unit_naming_step, &n, 0);
	return n.name.addr;
}
