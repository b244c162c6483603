/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Decisions of Cedar's own engine (cedar-wasm 4.13.0 with Postern's schema, requests validated) on
 * generated worlds: tests/golden/policy/meaning/NN holds entities, policies and requests, and in
 * answers.txt what that engine said to each: verdict, policy, reason, or "error". These files are
 * never written by this test.
 */
#include "policy/policy.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "cm.h"

enum { FILE_MAX = 1 << 20 };

#define NOW INT64_C(1700000000000) /* what requests without `now` were asked at */

/* A file of one world; the text is owned. */
static struct source load(const char *directory, const char *name)
{
	_cleanup_buf_ struct buf path = BUF_INIT;
	struct source src = { .name = name };
	char *text = NULL;

	buf_printf(&path, "%s/%s", directory, name);
	if (file_read(AT_FDCWD, path.data, FILE_MAX, &text, &src.len) < 0)
		fail_msg("%s cannot be read", path.data);
	src.text = text;
	return src;
}

static void unload(struct source *src)
{
	free((char *)src->text);
}

#define _cleanup_source_ _cleanup_(unload)

static json_t *json_of(const struct source *src)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	json_t *j = NULL;

	if (json_parse(src, &d, &j) < 0)
		fail_msg("%s: %s", src->name, d.items[0].text);
	return j;
}

static struct entity_set *entities_of(const char *directory)
{
	_cleanup_source_ struct source src = load(directory, "entities.json");
	_cleanup_source_ struct source feed = load(directory, "feed.txt");
	struct bundle_files files = { .items = &feed, .n = 1 };
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_json_ json_t *j = json_of(&src);
	struct entity_set *set = NULL;

	if (entities_parse(j, &src, &files, &d, &set) < 0)
		fail_msg("%s: %s", directory, d.items[0].text);
	return set;
}

/* The policies with the bundle's end; *ret_mode is the bundle's mode. */
static struct policy_set *policies_of(const char *directory, enum policy_mode *ret_mode)
{
	_cleanup_source_ struct source src = load(directory, "policies.cedar");
	_cleanup_source_ struct source world = load(directory, "world.json");
	_cleanup_json_ json_t *j = json_of(&world);
	const char *end = json_string_value(json_object_get(j, "notAfter"));
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct policy_set *set = NULL;

	assert_int_equal(policy_set_new(&set), 0);
	if (policy_parse(set, &src, &d) < 0)
		fail_msg("%s: %s", directory, d.items[0].text);
	if (end)
		assert_int_equal(
			datetime_parse((struct text){ end, strlen(end) }, &set->not_after_ms), 0);
	*ret_mode = strcmp(json_string_value(json_object_get(j, "mode")), "observe") == 0
			    ? MODE_OBSERVE
			    : MODE_ENFORCE;
	return set;
}

struct world {
	struct policy_set *policies;
	struct entity_set *entities;
	struct policy_views *views;
};

/* The answer to one request as a line of answers.txt. */
static void answer_one(const struct world *w, struct source line, struct buf *out)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_json_ json_t *j = json_of(&line);
	struct decision decision;
	struct request request;
	int r;

	if (request_parse(j, &line, NOW, w->policies->arena, &d, &request) < 0)
		fail_msg("%.*s: %s", (int)line.len, line.text, d.items[0].text);
	r = decide_reference(w->views, &request, &decision);
	if (r == 0)
		buf_printf(out, "%s\t%s\t%s\n", verdict_name(decision.verdict),
			   decision.policy ? decision.policy->id.s : "", decision.reason);
	else
		buf_puts(out, r == -EINVAL ? "error\n" : "failed\n");
}

/* Number of requests of one world, all answered as the engine did. */
static size_t check_world(const char *directory)
{
	_cleanup_source_ struct source requests = load(directory, "requests.jsonl");
	_cleanup_source_ struct source answers = load(directory, "answers.txt");
	_cleanup_buf_ struct buf out = BUF_INIT;
	struct world w = { .entities = entities_of(directory) };
	struct rollout how = ROLLOUT_ENFORCED;
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	const char *at = requests.text, *newline;
	size_t n = 0;

	w.policies = policies_of(directory, &how.mode);
	assert_int_equal(policy_views_make(w.policies, w.entities, &how, &d, &w.views), 0);
	for (; (newline = strchr(at, '\n')); at = newline + 1, n++)
		answer_one(&w, (struct source){ "requests.jsonl", at, (size_t)(newline - at) },
			   &out);
	assert_string_equal(out.data, answers.text);
	policy_views_free(&w.views);
	policy_set_free(&w.policies);
	entity_set_free(&w.entities);
	return n;
}

static void decides_as_the_official_engine(void **state)
{
	const char *top = getenv("TOP");
	_cleanup_buf_ struct buf pattern = BUF_INIT;
	glob_t found = { 0 };
	size_t n = 0;

	(void)state;
	buf_printf(&pattern, "%s/tests/golden/policy/meaning/[0-9]*", top ? top : ".");
	assert_int_equal(glob(pattern.data, 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++)
		n += check_world(found.gl_pathv[i]);
	globfree(&found);
	assert_int_equal(n, 429);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decides_as_the_official_engine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
