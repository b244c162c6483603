/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A request as an object { principal, action, resource, context }. What it does not say is taken
 * at its worst, so a request that forgets a fact is never answered too kindly.
 */
#include "policy/request.h"

#include <errno.h>
#include <stdio.h>

#include "base/suggest.h"

const struct reader_codes request_codes = {
	.unknown = "request-unknown-key",
	.missing = "request-missing",
	.type = "request-value",
};

static bool read_action(struct reader *r, const json_t *j, enum action *ret)
{
	const char *names[ACTIONS], *near;
	char hint[64];
	struct text t;

	if (!read_text(r, j, "action", &t)) {
		if (!json_object_get(j, "action"))
			reader_error(r, request_codes.missing, "", NULL,
				     "a request needs \"action\"");
		return false;
	}
	if (action_from_name(t, ret) == 0)
		return true;
	for (int a = 0; a < ACTIONS; a++)
		names[a] = action_name((enum action)a);
	near = suggest(t.s, names, ACTIONS);
	(void)snprintf(hint, sizeof(hint), "did you mean \"%s\"?", near ? near : "");
	reader_error(r, "request-action", t.s,
		     near ? hint : "one of connect, send, listen, accept, create",
		     "a request is about one action, not \"%s\"", t.s);
	return false;
}

void request_read(struct reader *r, const json_t *j, int64_t now_ms, struct request *ret)
{
	const json_t *resource = json_object_get(j, "resource");

	request_read_principal(r, json_object_get(j, "principal"), &ret->principal);
	request_read_context(r, json_object_get(j, "context"), now_ms, &ret->context);
	if (!read_action(r, j, &ret->action))
		return;
	r->what = "resource";
	if (!resource)
		reader_error(r, request_codes.missing, "", "as in \"tcp 10.20.0.5:5432\"",
			     "a request needs \"resource\"");
	else
		request_read_resource(r, resource, ret->action, &ret->resource);
}

int request_parse(const json_t *json, const struct source *src, int64_t now_ms, struct arena *arena,
		  struct diags *d, struct request *ret)
{
	static const char *const keys[] = { "principal", "action", "resource", "context" };
	struct reader r = {
		.codes = &request_codes,
		.arena = arena,
		.diags = d,
		.whole = place_whole(src),
		.element = ELEMENT_NONE,
		.what = "a request",
	};
	struct request request = { 0 };

	if (!json_is_object(json)) {
		reader_error(&r, request_codes.type, "", NULL, "a request must be an object");
		return r.err;
	}
	read_keys(&r, json, keys, 4);
	request_read(&r, json, now_ms, &request);
	if (r.err < 0)
		return r.err;
	*ret = request;
	return 0;
}
