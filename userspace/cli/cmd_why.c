/* SPDX-License-Identifier: BSD-2-Clause */
/* postern why: one decision explained by the bundle that made it. */
#include <stdio.h>

#include "cli/command.h"
#include "cli/connection.h"
#include "cli/eventline.h"
#include "cli/output.h"

static int run(const struct invocation *inv)
{
	_cleanup_json_ json_t *reply = NULL;
	const char *id = inv->n_arguments ? inv->arguments[0] : "last", *text;
	int r;

	r = connection_call(WIRE_INTERFACE ".Why", json_pack("{s:s}", "id", id), &reply);
	if (r != EXIT_YES)
		return r;
	if (output_form() == OUTPUT_JSON) {
		output_json(TAKE_PTR(reply));
		return EXIT_YES;
	}
	eventline_heading();
	eventline(json_object_get(reply, "event"));
	text = json_string_value(json_object_get(reply, "explanation"));
	(void)printf("\n%s", text ? text : "");
	return EXIT_YES;
}

const struct command command_why = {
	.name = "why",
	.arguments = "[ID|last]",
	.max_arguments = 1,
	.summary = "explain one denial: which condition failed, what would satisfy it",
	.examples = "  postern why last\n  postern why 9f31c2\n",
	.run = run,
};
