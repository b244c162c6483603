/* SPDX-License-Identifier: BSD-2-Clause */
/* postern check: does a bundle parse, type-check, keep to the profile, and fit into an image? */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/opened.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "compile/compile.h"

static void say(const struct opened *o, const struct image_size *size, int not_applied)
{
	if (output_form() == OUTPUT_JSON) {
		output_json(json_pack(
			"{s:s, s:I, s:I, s:b, s:I, s:I, s:I, s:I}", "bundle", o->bundle->name,
			"version", (json_int_t)o->bundle->version, "policies",
			(json_int_t)o->rules.set->n, "appliable", not_applied == 0, "bytes",
			(json_int_t)size->bytes, "cells", (json_int_t)size->cells, "alternatives",
			(json_int_t)size->alternatives, "facts", (json_int_t)size->facts));
		return;
	}
	(void)printf("%s%s%s version %llu: %zu policies, %zu tests, image %zu KiB\n",
		     tone_on(TONE_GOOD), o->bundle->name, tone_off(),
		     (unsigned long long)o->bundle->version, o->rules.set->n, o->rules.tests->n,
		     (size->bytes + 1023) / 1024);
	if (output_form() == OUTPUT_WIDE)
		(void)printf("  rows %zu, door classes %zu, cells %zu, alternatives %zu, "
			     "strings %zu, facts %zu\n",
			     size->rows, size->door_classes, size->cells, size->alternatives,
			     size->strings, size->facts);
	if (not_applied)
		(void)printf("%scannot be applied yet%s: %d condition%s above need%s what this "
			     "version does not enforce; check, test, explain and decide work\n",
			     tone_on(TONE_DOUBT), tone_off(), not_applied,
			     not_applied == 1 ? "" : "s", not_applied == 1 ? "s" : "");
}

/* What cannot be applied is no fault of the policies: said as warnings here, refused by the controller. */
static int count_not_applied(const struct policy_set *set)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	int n = image_appliable(set, &d);
	size_t i;

	for (i = 0; i < d.n; i++)
		d.items[i].level = d.items[i].level == DIAG_ERROR ? DIAG_WARNING : d.items[i].level;
	complain_diags(&d);
	return n;
}

static int run(const struct invocation *inv)
{
	_cleanup_opened_ struct opened o = OPENED_INIT;
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_image_ struct image *image = NULL;
	struct image_size size = { 0 };
	int r, not_applied;

	r = opened_load(inv->arguments[0], true, &o);
	if (r != EXIT_YES)
		return r;
	not_applied = count_not_applied(o.rules.set);
	progress_begin("compiling");
	r = image_compile(o.rules.views, NULL, &d, &image);
	progress_end();
	/* What the compiler lacks is among what cannot be applied, and was said above. */
	if (r != -EOPNOTSUPP)
		complain_diags(&d);
	if (r < 0 && r != -EOPNOTSUPP) {
		if (d.errors == 0)
			complain(NULL, "cannot compile: %s", strerror(-r));
		return EXIT_POLICY;
	}
	if (image)
		image_measure(image, &size);
	say(&o, &size, not_applied);
	return EXIT_YES;
}

const struct command command_check = {
	.name = "check",
	.arguments = "DIR|BUNDLE",
	.min_arguments = 1,
	.max_arguments = 1,
	.summary = "parse, type-check and compile a bundle, offline",
	.examples =
		"  postern check shop/            every error of one run, with place and remedy\n"
		"  postern check shop.postern     the same for a packed bundle\n",
	.run = run,
};
