/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading and writing bundle.json's members. What is left out has the strictest meaning: enforce, in every phase. */
#include "bundle/manifest.h"

#include <errno.h>
#include <string.h>

#include "base/rfc3339.h"

enum { NAME_MOST = 64, AUDIENCE_MOST = 256, HOST_MOST = 253 };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const struct member bundle_members[BUNDLE_MEMBERS] = {
	{ "format", JSON_INTEGER, false },  { "name", JSON_STRING, false },
	{ "version", JSON_INTEGER, false }, { "issued", JSON_STRING, true },
	{ "notAfter", JSON_STRING, true },  { "audience", JSON_ARRAY, true },
	{ "mode", JSON_STRING, true },	    { "phases", JSON_OBJECT, true },
	{ "policies", JSON_OBJECT, false }, { "entities", JSON_ARRAY, true },
	{ "files", JSON_OBJECT, true },	    { "tests", JSON_ARRAY, true },
};

static const char *const modes[] = { "enforce", "observe" };

static const char *const phase_states[] = {
	[POSTERN_PHASE_OFF] = "off",
	[POSTERN_PHASE_OBSERVE] = "observe",
	[POSTERN_PHASE_ENFORCE] = "enforce",
};

const char *bundle_phase_name(enum postern_phase phase)
{
	return phase_states[phase];
}

static const struct member phase_members[] = {
	{ "identity", JSON_STRING, false },
	{ "device", JSON_STRING, false },
	{ "network", JSON_STRING, false },
};

static int read_name(const struct document *doc, const json_t *object, struct bundle *b)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				      "0123456789._-";
	const char *name = json_string_value(json_object_get(object, "name"));
	size_t n = strlen(name);

	if (n == 0 || n > NAME_MOST || strspn(name, allowed) != n)
		return document_refuse(doc, "member-value", "name",
				       "use 1 to 64 letters, digits, and any of . _ -",
				       "\"%s\" cannot name a bundle", name);
	b->name = strdup(name);
	return b->name ? 0 : -ENOMEM;
}

static int check_host(const struct document *doc, const json_t *value)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				      "0123456789._-*?";
	const char *host = json_string_value(value);

	if (!host)
		return document_refuse(doc, "member-type", "audience",
				       "write host names, with * for any characters",
				       "\"audience\" must hold strings");
	if (*host == '\0' || strlen(host) > HOST_MOST || strspn(host, allowed) != strlen(host))
		return document_refuse(doc, "member-value", host,
				       "write host names like \"web-*.example.com\"",
				       "\"%s\" cannot match a host name", host);
	return 0;
}

static int read_audience(const struct document *doc, const json_t *object, struct bundle *b)
{
	const json_t *list = json_object_get(object, "audience"), *value;
	size_t n = json_array_size(list), i;

	if (n > AUDIENCE_MOST)
		return document_refuse(doc, "member-value", "audience",
				       "name groups of hosts with *", "more than %d host names",
				       AUDIENCE_MOST);
	b->audience = calloc(n ? n : 1, sizeof(b->audience[0]));
	if (!b->audience)
		return -ENOMEM;
	json_array_foreach(list, i, value) {
		int r = check_host(doc, value);

		if (r < 0)
			return r;
		b->audience[i] = strdup(json_string_value(value));
		if (!b->audience[i])
			return -ENOMEM;
		b->n_audience++;
	}
	return 0;
}

static int read_mode(const struct document *doc, const json_t *object, struct bundle *b)
{
	const char *given = json_string_value(json_object_get(object, "mode"));
	const char *word = given ? given : modes[0];
	int mode = document_choice(doc, "\"mode\"", word, modes, COUNT(modes));

	b->observe = mode != 0;
	return mode < 0 ? mode : 0;
}

static int read_phases(const struct document *doc, const json_t *object, struct bundle *b)
{
	enum postern_phase *const states[] = { &b->phases.identity, &b->phases.device,
					       &b->phases.network };
	const json_t *phases = json_object_get(object, "phases");
	int r;

	b->phases = POSTERN_PHASES_ENFORCED;
	if (!phases)
		return 0;
	r = document_members(doc, "\"phases\"", phases, phase_members, COUNT(phase_members));

	for (size_t i = 0; i < COUNT(states) && r >= 0; i++) {
		const json_t *word = json_object_get(phases, phase_members[i].name);

		r = document_choice(doc, "a phase", json_string_value(word), phase_states,
				    COUNT(phase_states));
		if (r >= 0)
			*states[i] = (enum postern_phase)r;
	}
	return r < 0 ? r : 0;
}

static int read_times(const struct document *doc, const json_t *object, struct bundle *b)
{
	int r = document_time(doc, object, "issued", &b->issued_ms);

	if (r == 0)
		r = document_time(doc, object, "notAfter", &b->not_after_ms);
	if (r == 0 && b->not_after_ms && b->not_after_ms <= b->issued_ms)
		r = document_refuse(doc, "member-value", "notAfter", "set a later notAfter",
				    "the bundle expires before it is issued");
	return r;
}

int manifest_read(const struct document *doc, const json_t *object, struct bundle *b)
{
	static int (*const steps[])(const struct document *, const json_t *, struct bundle *) = {
		read_name, read_times, read_audience, read_mode, read_phases,
	};
	int r = 0;

	if (json_integer_value(json_object_get(object, "format")) != BUNDLE_FORMAT)
		return document_refuse(doc, "format-version", "format",
				       "write \"format\": 1, or update postern",
				       "this version of postern reads bundles of format 1");
	r = document_number(doc, object, "version", 1, &b->version);
	for (size_t i = 0; i < COUNT(steps); i++) {
		int one = steps[i](doc, object, b);

		if (one < 0)
			r = one;
		if (r == -ENOMEM)
			return r;
	}
	return r;
}

static int write_time(json_t *object, const char *name, int64_t ms)
{
	char text[RFC3339_SIZE];

	if (ms == 0)
		return 0;
	if (rfc3339_format(ms, text) < 0)
		return -ERANGE;
	return json_object_set_new(object, name, json_string(text)) < 0 ? -ENOMEM : 0;
}

static json_t *make_audience(const struct bundle *b)
{
	_cleanup_json_ json_t *list = json_array();

	for (size_t i = 0; i < b->n_audience; i++)
		if (json_array_append_new(list, json_string(b->audience[i])) < 0)
			return NULL;
	return TAKE_PTR(list);
}

static json_t *make_phases(const struct bundle *b)
{
	return json_pack("{s:s,s:s,s:s}", "identity", bundle_phase_name(b->phases.identity),
			 "device", bundle_phase_name(b->phases.device), "network",
			 bundle_phase_name(b->phases.network));
}

int manifest_write(const struct bundle *b, json_t *object)
{
	int r;

	/* A NULL value makes the setter fail, so allocation is checked there. */
	if (json_object_set_new(object, "format", json_integer(BUNDLE_FORMAT)) < 0 ||
	    json_object_set_new(object, "name", json_string(b->name)) < 0 ||
	    json_object_set_new(object, "version", json_integer((json_int_t)b->version)) < 0)
		return -ENOMEM;
	r = write_time(object, "issued", b->issued_ms);
	if (r == 0)
		r = write_time(object, "notAfter", b->not_after_ms);
	if (r < 0)
		return r;
	if (json_object_set_new(object, "audience", make_audience(b)) < 0 ||
	    json_object_set_new(object, "mode", json_string(modes[b->observe])) < 0 ||
	    json_object_set_new(object, "phases", make_phases(b)) < 0)
		return -ENOMEM;
	return 0;
}
