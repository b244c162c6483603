/* SPDX-License-Identifier: BSD-2-Clause */
/* From a path on the command line to checked policies. */
#include "cli/opened.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include <postern/limits.h>

#include "base/clock.h"
#include "base/file.h"
#include "cli/command.h"
#include "cli/output.h"
#include "cli/phases.h"

/* A container: the payload and sixteen signatures of at most 24 KiB. */
#define CONTAINER_MAX (POSTERN_BUNDLE_PACKED_MAX + (512u << 10))

void opened_free(struct opened *o)
{
	bundle_free(&o->bundle);
	ruleset_free(&o->rules);
}

int opened_file(const char *path, char **ret, size_t *ret_len)
{
	int r = file_read(AT_FDCWD, path, CONTAINER_MAX, ret, ret_len);

	if (r >= 0)
		return EXIT_YES;
	complain(r == -EFBIG ? "a bundle is at most 32 MiB packed" : NULL, "cannot read %s: %s",
		 path, strerror(-r));
	return r == -ENOENT || r == -EACCES || r == -EISDIR ? EXIT_USAGE : EXIT_POLICY;
}

static int no_container(const char *path, enum bundle_answer a)
{
	complain(bundle_answer_hint(a), "%s cannot be used: %s", path, bundle_answer_name(a));
	return EXIT_POLICY;
}

int opened_container(const char *path, enum bundle_type type, char **ret_bytes, size_t *ret_len,
		     struct container *ret)
{
	_cleanup_free_ char *bytes = NULL;
	enum bundle_answer a;
	size_t len;
	int r;

	r = opened_file(path, &bytes, &len);
	if (r != EXIT_YES)
		return r;
	a = container_open((const uint8_t *)bytes, len, ret);
	if (a == BUNDLE_OK && type != BUNDLE_TYPES && ret->type != type)
		a = BUNDLE_E_TYPE;
	if (a != BUNDLE_OK)
		return no_container(path, a);
	*ret_bytes = TAKE_PTR(bytes);
	*ret_len = len;
	return EXIT_YES;
}

static int from_container(const char *path, struct diags *d, struct bundle **ret)
{
	_cleanup_free_ char *bytes = NULL;
	struct container c;
	size_t len;
	int r;

	r = opened_container(path, BUNDLE_POLICY, &bytes, &len, &c);
	if (r != EXIT_YES)
		return r;
	r = bundle_parse(c.payload, c.payload_len, d, ret);
	if (r == BUNDLE_OK)
		return EXIT_YES;
	if (r > 0)
		return no_container(path, (enum bundle_answer)r);
	complain(NULL, "%s: %s", path, strerror(-r));
	return EXIT_POLICY;
}

int opened_bundle(const char *path, struct diags *d, struct bundle **ret)
{
	struct stat st;
	int r;

	if (stat(path, &st) < 0) {
		complain(NULL, "cannot read %s: %s", path, strerror(errno));
		return EXIT_USAGE;
	}
	if (!S_ISDIR(st.st_mode))
		return from_container(path, d, ret);
	r = bundle_read_dir(path, d, ret);
	if (r == 0)
		return EXIT_YES;
	if (d->errors == 0)
		complain(NULL, "cannot read the bundle in %s%s%s", path, r < 0 ? ": " : "",
			 r < 0 ? strerror(-r) : "");
	return EXIT_POLICY;
}

/* The bundle's policies, checked and in its views. */
static int load_rules(struct opened *o, struct diags *d)
{
	const struct bundle *b = o->bundle;
	const struct ruleset_sources src = {
		.policies = b->policies,
		.n_policies = b->n_policies,
		.files = b->files,
		.n_files = b->n_files,
		.entities = b->entities,
		.tests = b->tests,
		.not_after_ms = b->not_after_ms,
		.rollout = { b->observe ? MODE_OBSERVE : MODE_ENFORCE, b->phases },
	};
	int r = ruleset_load(&src, clock_real_ms(), d, &o->rules);

	if (r == -ENOMEM)
		complain(NULL, "out of memory");
	return r < 0 ? EXIT_POLICY : EXIT_YES;
}

static int load(const char *path, const char *phases, bool warnings, struct opened *ret)
{
	_cleanup_opened_ struct opened made = OPENED_INIT;
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	int r;

	r = opened_bundle(path, &d, &made.bundle);
	if (r == EXIT_YES && phases)
		r = phases_override(phases, &made.bundle->phases);
	if (r == EXIT_YES)
		r = load_rules(&made, &d);
	if (warnings || r != EXIT_YES)
		complain_diags(&d);
	if (r != EXIT_YES)
		return r;
	*ret = made;
	made = OPENED_INIT;
	return EXIT_YES;
}

int opened_load(const char *path, bool warnings, struct opened *ret)
{
	return load(path, NULL, warnings, ret);
}

int opened_load_phases(const char *path, const char *phases, struct opened *ret)
{
	return load(path, phases, false, ret);
}
