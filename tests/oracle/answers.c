/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What every engine says of the same requests by each of several bundles, from one process: the engine in the kernel is
 * loaded once. One line of JSON for a bundle, with its answers as "verdict policy reason", and what is enforced and what
 * is reported of it as Cedar text, for the official engine to decide by too:
 *   {"enforced":"…","reported":"…","reference":["deny p1 forbid",…],"image":[…],"kernel":[…]}
 * usage: answers REQUESTS.jsonl|- BUNDLE...    - for no requests: the texts alone
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/vec.h"
#include "bundle/bundle.h"
#include "compile/compile.h"
#include "loader/loader.h"

/* The requests, and what the engines of all bundles share. */
struct asked {
	struct arena *arena;
	VEC(struct request) requests;
	struct request_binding *binding;
	struct loader *loader;
};

/* One bundle. */
struct answering {
	struct asked *asked;
	struct ruleset rules;
	struct image *image;
	uint32_t slot;
	struct diags diags;
};

static int read_request(struct asked *a, const char *text, size_t len, struct diags *d)
{
	const struct source line = { "requests.jsonl", text, len };
	_cleanup_json_ json_t *json = NULL;
	struct request req;
	int r = json_parse(&line, d, &json);

	if (r == 0)
		r = request_parse(json, &line, clock_real_ms(), a->arena, d, &req);
	return r == 0 ? vec_push(&a->requests, req) : r;
}

static int read_requests(struct asked *a, const char *path, struct diags *d)
{
	_cleanup_free_ char *text = NULL;
	size_t len;
	int r = file_read(AT_FDCWD, path, 1u << 30, &text, &len);

	if (r == 0)
		r = arena_new(&a->arena);
	for (const char *at = text; r == 0 && *at;) {
		size_t n = strcspn(at, "\n");

		r = n > 0 ? read_request(a, at, n, d) : 0;
		at += n + (at[n] == '\n');
	}
	return r ?: request_binding_new(a->requests.items, a->requests.n, &a->binding);
}

static int load_rules(struct answering *b, const char *dir)
{
	_cleanup_bundle_ struct bundle *bundle = NULL;
	struct ruleset_sources src;
	int r = bundle_read_dir(dir, &b->diags, &bundle);

	if (r < 0)
		return r;
	src = (struct ruleset_sources){
		.policies = bundle->policies,
		.n_policies = bundle->n_policies,
		.files = bundle->files,
		.n_files = bundle->n_files,
		.entities = bundle->entities,
		.tests = bundle->tests,
		.not_after_ms = bundle->not_after_ms,
		.rollout = { bundle->observe ? MODE_OBSERVE : MODE_ENFORCE, bundle->phases },
	};
	return ruleset_load(&src, 0, &b->diags, &b->rules);
}

/* The image, in C and in a slot of the kernel's. */
static int load_image(struct answering *b)
{
	static const struct loader_config offline = { .event_bytes = 4096 };
	struct asked *a = b->asked;
	int r = image_compile(b->rules.views, request_binding_get(a->binding), &b->diags,
			      &b->image);

	if (r == 0 && !a->loader)
		r = loader_open(&offline, &b->diags, &a->loader);
	return r == 0 ? loader_stage(a->loader, b->image, &b->diags, &b->slot) : r;
}

static int say(json_t *list, enum verdict verdict, struct text policy, const char *reason)
{
	return json_array_append_new(list, json_sprintf("%s %.*s %s", verdict_name(verdict),
							(int)policy.len, policy.s, reason))
		       ? -ENOMEM
		       : 0;
}

static int by_decision(json_t *list, int r, const struct decision *d)
{
	const struct text none = { "", 0 };

	return r < 0 ? r : say(list, d->verdict, d->policy ? d->policy->id : none, d->reason);
}

static int by_reference(struct answering *b, const struct request *req, json_t *list)
{
	struct decision d;
	int r = decide_reference(b->rules.views, req, &d);

	return by_decision(list, r, &d);
}

static int by_image(struct answering *b, const struct request *req, json_t *list)
{
	struct decision d;
	int r = image_decide(b->image, b->asked->binding, req, &d);

	return by_decision(list, r, &d);
}

static int by_kernel(struct answering *b, const struct request *req, json_t *list)
{
	struct text texts[POSTERN_ASK_TEXTS];
	struct postern_ask ask;
	int r = image_ask(b->image, b->asked->binding, req, &ask, texts);

	ask.slot = b->slot;
	if (r == 0)
		r = loader_ask(b->asked->loader, &ask, texts);
	return r < 0 ? r
		     : say(list, verdict_from_abi(ask.verdict),
			   image_policy_id(b->image, ask.policy), reason_name(ask.reason));
}

/* Adds the member `name` with one engine's answers. */
static int ask_engine(struct answering *b, json_t *out, const char *name,
		      int (*engine)(struct answering *, const struct request *, json_t *))
{
	json_t *list = json_array();
	int r = json_object_set_new(out, name, list) ? -ENOMEM : 0;

	for (size_t i = 0; i < b->asked->requests.n && r == 0; i++)
		r = engine(b, &b->asked->requests.items[i], list);
	return r;
}

static int ask_engines(struct answering *b, json_t *out)
{
	int r = load_image(b);

	if (r == 0)
		r = ask_engine(b, out, "reference", by_reference);
	if (r == 0)
		r = ask_engine(b, out, "image", by_image);
	if (r == 0)
		r = ask_engine(b, out, "kernel", by_kernel);
	return r;
}

static int put_view(struct answering *b, json_t *out, const char *name, enum policy_view which)
{
	_cleanup_buf_ struct buf text = BUF_INIT;

	buf_puts(&text, "");
	policy_views_print(b->rules.views, which, &text);
	return buf_error(&text)
		       ?: json_object_set_new(out, name, json_string(text.data)) ? -ENOMEM
										 : 0;
}

static int print(struct answering *b)
{
	_cleanup_json_ json_t *out = json_object();
	int r = put_view(b, out, "enforced", VIEW_ENFORCED);

	if (r == 0)
		r = put_view(b, out, "reported", VIEW_REPORTED);
	if (r == 0 && b->asked->binding)
		r = ask_engines(b, out);
	if (r == 0)
		r = json_dumpf(out, stdout, JSON_COMPACT) || putchar('\n') == EOF ? -EIO : 0;
	return r;
}

static int fail(const char *what, const struct diags *d, int r)
{
	_cleanup_buf_ struct buf said = BUF_INIT;

	diags_render(d, &said, false);
	(void)fprintf(stderr, "%s: %s\n%s", what, strerror(-r), said.data ? said.data : "");
	return r;
}

static int answer(struct asked *a, const char *dir)
{
	struct answering b = { .asked = a, .rules = RULESET_INIT, .diags = DIAGS_INIT };
	int r = load_rules(&b, dir);

	if (r == 0)
		r = print(&b);
	if (r < 0)
		r = fail(dir, &b.diags, r);
	image_free(&b.image);
	ruleset_free(&b.rules);
	diags_free(&b.diags);
	return r;
}

int main(int argc, char **argv)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct asked a = { 0 };
	int r;

	if (argc < 3) {
		(void)fputs("usage: answers REQUESTS.jsonl|- BUNDLE...\n", stderr);
		return 2;
	}
	r = strcmp(argv[1], "-") == 0 ? 0 : read_requests(&a, argv[1], &d);
	if (r < 0)
		(void)fail(argv[1], &d, r);
	for (int i = 2; i < argc && r == 0; i++)
		r = answer(&a, argv[i]);
	loader_close(&a.loader);
	request_binding_free(&a.binding);
	free(a.requests.items);
	arena_free(&a.arena);
	return r < 0 ? 3 : 0;
}
