/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A bundle from the directory that people edit:
 *   bundle.json  policies/NAME.cedar  entities.json  NAME.txt  tests.json
 * A name that could be a slip is refused: a misspelt file that is left out silently could be a forbid.
 */
#include "bundle/bundle.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/suggest.h"
#include "bundle/folder.h"
#include "bundle/manifest.h"

struct reading {
	struct folder_at top;
	struct diags *d;
	struct bundle *b;
	texts_t policy_texts, file_texts;
	bool failed; /* a diagnostic was added; the rest is still read, to report it all at once */
};

static int note(struct reading *g, int r)
{
	g->failed = g->failed || r == -EBADMSG;
	return r == -EBADMSG ? 0 : r;
}

static int add_file(struct reading *g, const struct folder_at *at, const char *name,
		    const char *prefix, texts_t *texts)
{
	char *text = NULL;
	size_t len = 0;
	int r = folder_read(at, name, g->d, &text, &len);

	if (r < 0)
		return note(g, r);
	if (texts->n == TEXTS_MAX) {
		free(text);
		return note(g, folder_refuse(at, name, g->d, "join files", "too many files"));
	}
	return texts_add(texts, prefix, name, text, len);
}

static int read_policy(struct reading *g, const struct folder_at *policies, const char *name)
{
	if (text_name_ok(name, POLICY_SUFFIX))
		return add_file(g, policies, name, POLICY_FOLDER, &g->policy_texts);
	return note(
		g,
		folder_refuse(
			policies, name, g->d,
			"name it NAME.cedar, with letters, digits, and any of . _ -; or move it away",
			"not a policy file"));
}

static int read_policies(struct reading *g)
{
	_cleanup_close_ int fd = folder_open(&g->top, "policies", g->d);
	_cleanup_(names_free) names_t names = { 0 };
	_cleanup_free_ char *path = NULL;
	struct folder_at policies;
	int r = fd;

	if (fd < 0)
		return note(g, r);
	if (asprintf(&path, "%s/policies", g->top.path) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	policies = (struct folder_at){ fd, path };
	r = folder_names(&policies, &names);
	for (size_t i = 0; i < names.n && r == 0; i++)
		r = read_policy(g, &policies, names.items[i]);
	return r;
}

static int read_one(struct reading *g, const char *name, struct source *ret)
{
	texts_t one = { 0 };
	int r = add_file(g, &g->top, name, "", &one);

	if (r == 0 && one.n == 1)
		*ret = one.items[0];
	free(one.items);
	return r;
}

static int read_manifest(struct reading *g)
{
	_cleanup_(text_free) struct source text = { 0 };
	const struct document doc = { &text, g->d, NULL };
	_cleanup_json_ json_t *object = NULL;
	int r = read_one(g, "bundle.json", &text);

	if (r < 0 || !text.text)
		return r;
	r = json_parse(&text, g->d, &object);
	if (r == 0)
		r = document_members(&doc, "bundle.json", object, bundle_members, MANIFEST_MEMBERS);
	if (r == 0)
		r = manifest_read(&doc, object, g->b);
	return note(g, r);
}

static bool ends_in(const char *name, const char *suffix)
{
	size_t n = strlen(name), k = strlen(suffix);

	return n > k && strcmp(name + n - k, suffix) == 0;
}

/* A slip of a name that would be read is refused; what could not be meant is left out, and said. */
static int refuse_unknown(struct reading *g, const char *name)
{
	static const char *const known[] = { "bundle.json", "policies", "entities.json",
					     "tests.json" };
	const char *near = suggest(name, known, sizeof(known) / sizeof(known[0]));
	char hint[160];

	if (!near && !ends_in(name, POLICY_SUFFIX) && !ends_in(name, ".json")) {
		diag_warning(g->d, "bundle-file-left-out",
			     ((struct span){ .src = &(struct source){ .name = name } }),
			     "move it out of the directory if it is not part of it",
			     "not a file of a bundle: left out");
		return 0;
	}
	(void)snprintf(hint, sizeof(hint), "%s%s",
		       near ? "rename it: "
			    : "policies go into policies/NAME.cedar, prefix lists into NAME.txt; "
			      "move other files away",
		       near ? near : "");
	return folder_refuse(&g->top, name, g->d, hint, "not a file of a bundle");
}

static int read_entry(struct reading *g, const char *name)
{
	if (strcmp(name, "bundle.json") == 0)
		return read_manifest(g);
	if (strcmp(name, "policies") == 0)
		return read_policies(g);
	if (strcmp(name, "entities.json") == 0)
		return read_one(g, name, &g->b->entities);
	if (strcmp(name, "tests.json") == 0)
		return read_one(g, name, &g->b->tests);
	if (text_name_ok(name, PREFIXES_SUFFIX))
		return add_file(g, &g->top, name, "", &g->file_texts);
	return note(g, refuse_unknown(g, name));
}

static int check_complete(struct reading *g)
{
	if (!g->b->name && !g->failed)
		return folder_refuse(
			&g->top, "bundle.json", g->d,
			"write {\"format\":1,\"name\":…,\"version\":1,\"audience\":[],\"mode\":\"enforce\","
			"\"phases\":{…}}",
			"there is none: not the directory of a bundle");
	if (g->policy_texts.n == 0 && !g->failed)
		return folder_refuse(&g->top, "policies", g->d, "write policies/NAME.cedar",
				     "there is no policy file");
	if (g->b->name && g->b->not_after_ms == 0)
		diag_warning(
			g->d, "bundle-never-expires",
			((struct span){ .src = &(struct source){ .name = "bundle.json" } }),
			"add \"notAfter\", so that an old bundle cannot be kept in force for ever",
			"the bundle never expires");
	return 0;
}

static int read_all(struct reading *g)
{
	_cleanup_(names_free) names_t names = { 0 };
	int r = folder_names(&g->top, &names);

	for (size_t i = 0; i < names.n && r == 0; i++)
		r = read_entry(g, names.items[i]);
	if (r == 0)
		r = check_complete(g);
	if (r < 0 || g->failed)
		return r < 0 ? r : -EBADMSG;
	g->b->n_policies = g->policy_texts.n;
	g->b->policies = TAKE_PTR(g->policy_texts.items);
	g->b->n_files = g->file_texts.n;
	g->b->files = TAKE_PTR(g->file_texts.items);
	g->policy_texts.n = g->file_texts.n = 0;
	return 0;
}

static int open_top(const char *path, struct diags *d)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r = fd < 0 ? -errno : fd;

	if (r < 0)
		diag_error(d, "bundle-directory",
			   ((struct span){ .src = &(struct source){ .name = path } }),
			   "give the directory that has bundle.json and policies/",
			   "cannot open the directory: %s", strerror(-r));
	return r < 0 ? -EBADMSG : r;
}

int bundle_read_dir(const char *path, struct diags *d, struct bundle **ret)
{
	_cleanup_bundle_ struct bundle *b = calloc(1, sizeof(*b));
	_cleanup_close_ int fd = open_top(path, d);
	struct reading g = { .top = { fd, path }, .d = d, .b = b };
	int r;

	if (!b)
		return -ENOMEM;
	r = fd < 0 ? fd : read_all(&g);
	texts_free(&g.policy_texts);
	texts_free(&g.file_texts);
	if (r < 0)
		return r;
	*ret = TAKE_PTR(b);
	return 0;
}
