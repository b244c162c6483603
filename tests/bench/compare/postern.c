/* SPDX-License-Identifier: BSD-2-Clause */
/* Postern with every hook, and with those of addresses alone. */
#include "compare.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "cm.h"
#include "compile/image.h"
#include "measure.h"
#include "scratch.h"

/* The first writes down who opened a socket: without it the others let nothing through. */
static const char *const address_hooks[] = { "cgroup/sock_create", "cgroup/connect4",
					     "cgroup/connect6", "cgroup/sendmsg4",
					     "cgroup/sendmsg6" };
enum { ADDRESS_HOOKS = sizeof(address_hooks) / sizeof(address_hooks[0]) };
static struct variant *largest; /* whose programs the one with few hooks takes */

static void show(const struct diags *d)
{
	_cleanup_buf_ struct buf text = BUF_INIT;

	diags_render(d, &text, false);
	(void)fprintf(stderr, "%s\n", text.data ? text.data : "no message");
	exit(EXIT_FAILURE);
}

/* The set's policies; and the bench may go anywhere but to the port that nobody listens on. */
static void put_policies(const struct rules *r, struct buf *out)
{
	char self[256];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	self[n > 0 ? n : 0] = '\0';
	rules_policies(r, out);
	buf_printf(out,
		   "@id(\"bench\") permit(principal in Program::\"%s\", action in "
		   "[Action::\"egress\", Action::\"ingress\"], resource);\n"
		   "@id(\"shut\") forbid(principal, action in Action::\"egress\", resource) when "
		   "{ resource.port == %d };\n",
		   self, SHUT_PORT);
}

static void load_rules(const struct rules *r, struct ruleset *ret)
{
	_cleanup_buf_ struct buf policies = BUF_INIT, entities = BUF_INIT;
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct buf *texts = calloc(r->n_groups, sizeof(*texts));
	struct source *files = calloc(r->n_groups, sizeof(*files));
	char(*names)[32] = calloc(r->n_groups, sizeof(*names));
	struct source text = { .name = "rules.cedar" };
	struct ruleset_sources src = { .policies = &text, .n_policies = 1, .files = files };

	if (!texts || !files || !names)
		die("memory for rules");
	put_policies(r, &policies);
	rules_entities(r, &entities);
	rules_files(r, texts);
	for (size_t i = 0; i < r->n_groups; i++) {
		(void)snprintf(names[i], sizeof(names[i]), "g%zu.txt", i);
		files[i] = (struct source){ names[i], texts[i].data, texts[i].len };
	}
	text.text = policies.data;
	text.len = policies.len;
	src.n_files = r->n_groups;
	src.entities = (struct source){ "entities.json", entities.data, entities.len };
	src.rollout = ROLLOUT_ENFORCED;
	if (ruleset_load(&src, 0, &d, ret) < 0)
		show(&d);
	for (size_t i = 0; i < r->n_groups; i++)
		buf_free(&texts[i]);
	free(texts);
	free(files);
	free(names);
}

/* From texts to enforcing, in this process. */
static void apply(struct scratch *s, const struct rules *r)
{
	static const struct binding nobody;
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_ruleset_ struct ruleset rules = RULESET_INIT;
	_cleanup_image_ struct image *image = NULL;
	uint32_t id;

	load_rules(r, &rules);
	if (image_compile(rules.views, &nobody, &d, &image) < 0 ||
	    loader_apply(s->loader, image, &d, &id) < 0)
		show(&d);
}

static void set_up(struct variant *v)
{
	struct scratch *s = v->own;
	uint64_t began;

	scratch_load(s);
	began = measure_now_ns();
	apply(s, rules_of(v->rules));
	v->apply_ms = (double)(measure_now_ns() - began) / 1e6;
	v->map_bytes = loader_memory(s->loader);
}

static void tear_down(struct variant *v)
{
	scratch_close(v->own);
	free(v->own);
}

static void attach(const struct variant *v, const struct loader_hook *h)
{
	enum bpf_prog_type type;
	enum bpf_attach_type where;
	int prog = bpf_prog_get_fd_by_id(h->prog_id),
	    cgroup = open(v->cgroup, O_RDONLY | O_CLOEXEC);

	if (prog < 0 || cgroup < 0 || libbpf_prog_type_by_name(h->attach, &type, &where) < 0 ||
	    bpf_link_create(prog, cgroup, where, NULL) < 0) /* lives as long as this process */
		die(h->attach);
	(void)close(prog);
	(void)close(cgroup);
}

static void set_up_few(struct variant *v)
{
	struct scratch *s = largest->own;
	struct loader_hook hooks[64];
	size_t n = loader_hooks(s->loader, hooks, 64);

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < ADDRESS_HOOKS; k++)
			if (strcmp(hooks[i].attach, address_hooks[k]) == 0)
				attach(v, &hooks[i]);
}

size_t postern_drain(struct variant *v)
{
	size_t n = scratch_denials(v->own, NULL);

	return n;
}

uint64_t postern_lost(struct variant *v)
{
	struct scratch *s = v->own;

	return loader_counter(s->loader, POSTERN_C_EVENTS_LOST);
}

void postern_variants(void)
{
	static const size_t sizes[] = { 10, 1000, 100000, 1000000 };
	struct variant *v;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct scratch *s = calloc(1, sizeof(*s));
		char name[32];

		if (!s)
			die("memory");
		v = variant_add("postern", sizes[i]);
		(void)snprintf(name, sizeof(name), "compare-%zu", sizes[i]);
		scratch_open(s, name);
		(void)snprintf(v->cgroup, sizeof(v->cgroup), "%.255s", s->cgroup);
		v->own = s;
		v->set_up = set_up;
		v->tear_down = tear_down;
		largest = v;
	}
	v = variant_add("postern, address hooks", largest->rules);
	v->set_up = set_up_few;
}
