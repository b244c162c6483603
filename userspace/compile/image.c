/* SPDX-License-Identifier: BSD-2-Clause */
/* The compiler from end to end, and what an image says of itself. */
#include "compile/image.h"

#include <sys/random.h>

#include "compile/any_host.h"
#include "compile/memory.h"
#include "compile/walk.h"
#include "compile/writer.h"

void image_free(struct image **i)
{
	if (!*i)
		return;
	free((*i)->lines);
	free(*i);
	*i = NULL;
}

void write_names(struct writer *w, const struct policy_views *views)
{
	_cleanup_buf_ struct buf names = BUF_INIT;
	struct postern_header *h;
	uint32_t line;

	for (size_t i = 0; i < views->n; i++) {
		buf_putc(&names, (char)views->numbered[i]->id.len);
		buf_put(&names, views->numbered[i]->id.s, views->numbered[i]->id.len);
	}
	if (!w->err)
		w->err = buf_error(&names);
	line = writer_bytes(w, names.data, names.len);
	if (w->err)
		return;
	h = writer_at(w, 0);
	h->names_line = line;
	h->names_lines = (uint32_t)w->lines.n - line;
}

static int too_many(struct compilation *c, const char *what, size_t n, size_t most)
{
	if (n <= most)
		return 0;
	diag_error(c->d, "image-limit", NOWHERE, "split the bundle, or say it with fewer of them",
		   "the policies name %zu distinct %s; at most %zu fit into one image", n, what,
		   most);
	return -E2BIG;
}

static int check_limits(struct compilation *c)
{
	int r = too_many(c, "conditions on context and on this end", c->facts.n, POSTERN_FACTS_MAX);

	if (too_many(c, "groups", intern_count(c->groups), POSTERN_GROUPS_MAX))
		r = -E2BIG;
	if (too_many(c, "units", intern_count(c->units), POSTERN_UNITS_MAX))
		r = -E2BIG;
	if (too_many(c, "policies", c->views->n, POSTERN_POLICIES_MAX))
		r = -E2BIG;
	return r;
}

static void write_header(struct writer *w, const struct policy_views *views)
{
	struct postern_header *h = writer_at(w, 0);

	h->magic = POSTERN_IMAGE_MAGIC;
	h->version = POSTERN_ABI_VERSION;
	h->lines = (uint32_t)w->lines.n;
	h->mode = views->rollout.mode == MODE_OBSERVE ? POSTERN_MODE_OBSERVE : POSTERN_MODE_ENFORCE;
	h->policies = (uint32_t)views->n;
}

static int take_image(struct compilation *c, struct writer *w, struct image **ret)
{
	struct image *i;

	if (w->err)
		return w->err;
	i = calloc(1, sizeof(*i));
	if (!i)
		return -ENOMEM;
	i->n = (uint32_t)w->lines.n;
	i->lines = TAKE_PTR(w->lines.items);
	i->policies = c->views->numbered;
	i->facts = c->facts;
	*ret = i;
	return 0;
}

/* For the next run. Without memory for that it begins from nothing. */
static void remember(struct compilation *c, struct grid *g, struct image_memory **memory)
{
	image_memory_free(memory);
	c->memory = NULL;
	(void)memory_take(c, g, memory);
}

static int write_image(struct compilation *c, const struct image_options *o,
		       const struct classes *k, struct image **ret)
{
	struct writer w = { 0 };
	struct grid g = { 0 };
	int r = grid_make(c, &g);

	if (r == 0)
		r = writer_init(&w, o->seed);
	if (r == 0) {
		write_destinations(&w, &g);
		write_principals(&w, c, k, &g);
		write_units(&w, c);
		write_facts(&w, c);
		writer_strings(&w);
		write_names(&w, c->views);
		write_header(&w, c->views);
		r = take_image(c, &w, ret);
	}
	if (r == 0 && o->memory)
		remember(c, &g, o->memory);
	writer_deinit(&w);
	grid_deinit(&g);
	return r;
}

/* A limit that no message named yet is that of the whole. */
static void say_too_big(struct diags *d, size_t errors_before)
{
	if (d->errors == errors_before)
		diag_error(
			d, "image-size", NOWHERE,
			"split the bundle, or use fewer distinct destinations and names",
			"the image would need more than %u lines of 64 bytes, or %u classes of subjects",
			POSTERN_IMAGE_LINES_MAX, POSTERN_CLASSES_MAX);
}

int image_compile_with(const struct policy_views *views, const struct image_options *o,
		       struct diags *d, struct image **ret)
{
	struct compilation c = {
		.views = views,
		.entities = views->entities,
		.binding = o->binding,
		.memory = o->memory ? *o->memory : NULL,
		.d = d,
	};
	struct classes k = { 0 };
	struct binding any;
	size_t errors = d->errors;
	int r = compilation_init(&c);

	if (r == 0)
		r = walk_policies(&c);
	if (r == 0 && !c.binding) {
		r = any_host_make(&c, &any);
		c.binding = &any;
	}
	if (r == 0)
		r = check_limits(&c);
	if (r == 0)
		r = classes_make(&c, &k);
	if (r == 0)
		r = write_image(&c, o, &k, ret);
	if (r == -E2BIG)
		say_too_big(d, errors);
	classes_deinit(&k);
	compilation_deinit(&c);
	return r;
}

int image_compile_next(const struct policy_views *views, const struct binding *binding,
		       struct image_memory **memory, struct diags *d, struct image **ret)
{
	struct image_options o = { .binding = binding, .memory = memory };

	/* The seed keeps hostile names from piling up in one place of the table; 0 only costs speed. */
	if (getrandom(&o.seed, sizeof(o.seed), GRND_NONBLOCK) != sizeof(o.seed))
		o.seed = 0;
	return image_compile_with(views, &o, d, ret);
}

int image_compile(const struct policy_views *views, const struct binding *binding, struct diags *d,
		  struct image **ret)
{
	return image_compile_next(views, binding, NULL, d, ret);
}

struct text image_policy_id(const struct image *i, uint32_t policy)
{
	const struct postern_header *h = (const struct postern_header *)i->lines;
	const unsigned char *at = (const unsigned char *)&i->lines[h->names_line];

	if (policy >= h->policies || !h->names_line)
		return (struct text){ "", 0 };
	while (policy-- > 0)
		at += *at + 1;
	return (struct text){ (const char *)at + 1, *at };
}

void image_measure(const struct image *i, struct image_size *ret)
{
	const struct postern_header *h = (const struct postern_header *)i->lines;
	const struct postern_directory *dir = (const struct postern_directory *)&i->lines[1];
	const struct postern_string *places =
		(const struct postern_string *)&i->lines[h->strings_line];
	size_t strings = 0;

	for (size_t k = 0; k < ((size_t)h->strings_mask + 1) * 4; k++)
		strings += places[k].line != 0;
	*ret = (struct image_size){
		.bytes = (size_t)i->n * POSTERN_LINE,
		.policies = h->policies,
		.rows = h->rows,
		.door_classes = dir->door_classes,
		.cells = dir->cells,
		.alternatives = dir->alternatives,
		.strings = strings,
		.facts = i->facts.n,
	};
}
