/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Units: a bit for each name, and for names that are cgroup paths a walk, component by component
 * from the cgroup root (node 0): whoever passes the node of "/a/b" is in /a/b or below.
 */
#include "compile/writer.h"

struct step {
	uint32_t parent, node, unit_plus_1;
	struct text component;
};

struct trie {
	struct intern *edges; /* owned; parent node and component; number: step */
	VEC(struct step) steps;
};

/* The step from `parent` by a component, made if it is new. NULL for lack of memory. */
static struct step *step_to(struct trie *t, uint32_t parent, struct text component)
{
	_cleanup_buf_ struct buf key = BUF_INIT;
	uint32_t id;

	buf_put(&key, &parent, sizeof(parent));
	buf_put(&key, component.s, component.len);
	if (buf_error(&key) || intern_put(t->edges, key.data, key.len, &id))
		return NULL;
	if (id == t->steps.n &&
	    vec_push(&t->steps, ((struct step){ parent, id + 1, 0, component })))
		return NULL;
	return &t->steps.items[id];
}

/* A path that the kernel side can walk: no empty component, and at least one. */
static bool is_path(struct text name)
{
	if (name.len < 2 || name.s[0] != '/' || name.s[name.len - 1] == '/')
		return false;
	return !memmem(name.s, name.len, "//", 2);
}

static int add_path(struct trie *t, struct text path, uint32_t unit)
{
	uint32_t node = 0;
	struct step *s = NULL;

	for (size_t at = 1, end; at < path.len; at = end + 1) {
		const char *slash = memchr(path.s + at, '/', path.len - at);

		end = slash ? (size_t)(slash - path.s) : path.len;
		s = step_to(t, node, (struct text){ path.s + at, end - at });
		if (!s)
			return -ENOMEM;
		node = s->node;
	}
	if (s)
		s->unit_plus_1 = unit + 1;
	return t->steps.n < POSTERN_NODE_MAX ? 0 : -E2BIG;
}

void write_units(struct writer *w, const struct compilation *c)
{
	struct trie t = { 0 };

	if (!w->err)
		w->err = intern_new(&t.edges);
	for (uint32_t i = 0; !w->err && i < intern_count(c->units); i++) {
		struct text name;

		name.s = intern_get(c->units, i, &name.len);
		writer_string(w, POSTERN_STRING_UNIT, 0, name, i);
		if (!w->err && is_path(name))
			w->err = add_path(&t, name, i);
	}
	for (size_t i = 0; !w->err && i < t.steps.n; i++) {
		const struct step *s = &t.steps.items[i];

		writer_string(w, POSTERN_STRING_UNIT_STEP, s->parent, s->component,
			      POSTERN_STEP(s->node, s->unit_plus_1));
	}
	intern_free(&t.edges);
	vec_free(&t.steps);
}
