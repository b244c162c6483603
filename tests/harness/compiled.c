/* SPDX-License-Identifier: BSD-2-Clause */
/* Compiling texts within tests. */
#include "compiled.h"

#include "cm.h"

#include <string.h>

enum { SEED = 7 };

static void show(const struct diags *d)
{
	_cleanup_buf_ struct buf text = BUF_INIT;

	diags_render(d, &text, false);
	print_error("%s\n", text.data ? text.data : "no message");
}

static void read_entities(struct compiled *c, const char *entities)
{
	_cleanup_json_ json_t *json = NULL;
	struct source src = { "entities.json", entities, strlen(entities) };

	if (json_parse(&src, &c->diags, &json) ||
	    entities_parse(json, &src, NULL, &c->diags, &c->entities)) {
		show(&c->diags);
		fail_msg("entities are not sound");
	}
}

static void compile(struct compiled *c, const struct binding *binding)
{
	struct image_options o = { binding, SEED, NULL };
	const char *why = "";

	image_free(&c->image);
	c->err = image_compile_with(c->views, &o, &c->diags, &c->image);
	if (!c->err && image_validate(c->image->lines, c->image->n, &why))
		fail_msg("the image is not valid: %s", why);
}

void compiled_make(struct compiled *c, const char *policies, const char *entities,
		   const struct binding *binding)
{
	static const struct binding nobody;
	struct source src = { "test.cedar", policies, strlen(policies) };

	*c = (struct compiled){ .diags = DIAGS_INIT };
	assert_int_equal(policy_set_new(&c->set), 0);
	assert_int_equal(arena_new(&c->arena), 0);
	read_entities(c, entities ? entities : "[]");
	if (policy_parse(c->set, &src, &c->diags) || policy_check(c->set, c->entities, &c->diags)) {
		show(&c->diags);
		fail_msg("policies are not sound");
	}
	assert_int_equal(
		policy_views_make(c->set, c->entities, &ROLLOUT_ENFORCED, &c->diags, &c->views), 0);
	compile(c, binding ? binding : &nobody);
}

void compiled_free(struct compiled *c)
{
	image_free(&c->image);
	request_binding_free(&c->binding);
	arena_free(&c->arena);
	policy_views_free(&c->views);
	policy_set_free(&c->set);
	entity_set_free(&c->entities);
	diags_free(&c->diags);
}

struct decision compiled_decide(struct compiled *c, const char *request)
{
	_cleanup_json_ json_t *json = NULL;
	struct source src = { "request", request, strlen(request) };
	struct decision ret = { 0 };
	struct request req;

	if (json_parse(&src, &c->diags, &json) ||
	    request_parse(json, &src, 0, c->arena, &c->diags, &req)) {
		show(&c->diags);
		fail_msg("the request is not sound: %s", request);
	}
	request_binding_free(&c->binding);
	assert_int_equal(request_binding_new(&req, 1, &c->binding), 0);
	compile(c, request_binding_get(c->binding));
	assert_int_equal(c->err, 0);
	assert_int_equal(image_decide(c->image, c->binding, &req, &ret), 0);
	return ret;
}

bool compiled_says(const struct compiled *c, const char *code)
{
	for (size_t i = 0; i < c->diags.n; i++)
		if (strcmp(c->diags.items[i].code, code) == 0)
			return true;
	return false;
}
