/* SPDX-License-Identifier: BSD-2-Clause */
/* An engine that cannot run is an error, never a silent stand-in by another one. */
#include "cli/engine.h"

#include <errno.h>
#include <string.h>

#include "cli/command.h"
#include "cli/output.h"
#include "compile/compile.h"
#include "loader/loader.h"

enum engine_kind { ENGINE_REFERENCE, ENGINE_IMAGE, ENGINE_KERNEL, ENGINES };

struct engine {
	enum engine_kind kind;
	const struct opened *opened;
	struct request_binding *binding; /* owned */
	struct image *image; /* owned */
	struct loader *loader; /* owned */
	uint32_t slot;
};

void engine_close(struct engine **e)
{
	if (!*e)
		return;
	loader_close(&(*e)->loader);
	image_free(&(*e)->image);
	request_binding_free(&(*e)->binding);
	free(*e);
	*e = NULL;
}

static int kind_of(const char *name, enum engine_kind *ret)
{
	static const char *const names[ENGINES] = { "reference", "image", "kernel" };
	int i;

	for (i = 0; i < ENGINES; i++) {
		if (strcmp(name, names[i]) == 0) {
			*ret = (enum engine_kind)i;
			return EXIT_YES;
		}
	}
	complain("--engine reference, image or kernel", "no such engine: %s", name);
	return EXIT_USAGE;
}

static int compile(struct engine *e, const struct request *reqs, size_t n)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	const struct opened *o = e->opened;
	int r;

	r = request_binding_new(reqs, n, &e->binding);
	if (r == 0)
		r = image_compile(o->rules.views, request_binding_get(e->binding), &d, &e->image);
	complain_diags(&d);
	if (r == 0)
		return EXIT_YES;
	if (d.errors == 0)
		complain(NULL, "cannot compile the bundle: %s", strerror(-r));
	return EXIT_POLICY;
}

/* No pin directory: nothing is attached, nothing outlives this process. */
static int load(struct engine *e)
{
	static const struct loader_config offline = { .event_bytes = 4096 };
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	int r;

	r = loader_open(&offline, &d, &e->loader);
	if (r == 0)
		r = loader_stage(e->loader, e->image, &d, &e->slot);
	complain_diags(&d);
	if (r == 0)
		return EXIT_YES;
	complain(r == -EPERM || r == -EACCES ? "run it as root" : "postern doctor",
		 "the kernel engine cannot run: %s", strerror(-r));
	return EXIT_CONTROLLER;
}

int engine_open(const char *name, const struct opened *o, const struct request *reqs, size_t n,
		struct engine **ret)
{
	_cleanup_engine_ struct engine *e = calloc(1, sizeof(*e));
	int r;

	if (!e)
		return EXIT_CONTROLLER;
	e->opened = o;
	r = kind_of(name, &e->kind);
	if (r == EXIT_YES && e->kind != ENGINE_REFERENCE)
		r = compile(e, reqs, n);
	if (r == EXIT_YES && e->kind == ENGINE_KERNEL)
		r = load(e);
	if (r != EXIT_YES)
		return r;
	*ret = TAKE_PTR(e);
	return EXIT_YES;
}

static int ask_kernel(struct engine *e, const struct request *req, enum verdict *ret_verdict,
		      struct text *ret_policy, const char **ret_reason)
{
	struct text texts[POSTERN_ASK_TEXTS];
	struct postern_ask ask;
	int r;

	r = image_ask(e->image, e->binding, req, &ask, texts);
	if (r < 0)
		return r;
	ask.slot = e->slot;
	r = loader_ask(e->loader, &ask, texts);
	if (r < 0)
		return r;
	*ret_verdict = verdict_from_abi(ask.verdict);
	*ret_policy = image_policy_id(e->image, ask.policy);
	*ret_reason = reason_name(ask.reason);
	return 0;
}

int engine_decide(struct engine *e, const struct request *req, enum verdict *ret_verdict,
		  struct text *ret_policy, const char **ret_reason)
{
	const struct opened *o = e->opened;
	struct decision decision;
	int r;

	if (e->kind == ENGINE_KERNEL)
		return ask_kernel(e, req, ret_verdict, ret_policy, ret_reason);
	if (e->kind == ENGINE_IMAGE)
		r = image_decide(e->image, e->binding, req, &decision);
	else
		r = decide_reference(o->rules.views, req, &decision);
	if (r < 0)
		return r;
	*ret_verdict = decision.verdict;
	*ret_policy = decision.policy ? decision.policy->id : (struct text){ "", 0 };
	*ret_reason = decision.reason;
	return 0;
}
