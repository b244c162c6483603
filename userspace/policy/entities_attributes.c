/* SPDX-License-Identifier: BSD-2-Clause */
/* Attributes of entities, as the schema has them: all required, no others. */
#include <errno.h>
#include <string.h>

#include "policy/entities.h"

static bool is_base64(struct text t)
{
	size_t n = t.len, padding = 0;

	while (n > 0 && t.s[n - 1] == '=' && padding < 2) {
		padding++;
		n--;
	}
	for (size_t i = 0; i < n; i++) {
		char c = t.s[i];

		if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
		      c == '+' || c == '/'))
			return false;
	}
	return n > 0 && t.len % 4 == 0;
}

/*
 * What is wrong with "type base64", or NULL. The blob begins with its own type (RFC 4253 §6.6), so
 * its first characters are known; the rest of it is checked where signatures are.
 */
static const char *key_fault(struct text t)
{
	static const struct {
		const char *type, *start;
	} types[] = {
		{ "ssh-ed25519 ", "AAAAC3NzaC1lZDI1NTE5" },
		{ "sk-ssh-ed25519@openssh.com ", "AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29t" },
		{ "sk-ecdsa-sha2-nistp256@openssh.com ",
		  "AAAAInNrLWVjZHNhLXNoYTItbmlzdHAyNTZAb3BlbnNzaC5jb2" },
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		size_t skip = strlen(types[i].type), known = strlen(types[i].start);

		if (t.len < skip || memcmp(t.s, types[i].type, skip) != 0)
			continue;
		if (!is_base64((struct text){ t.s + skip, t.len - skip }))
			return "is not \"type base64\": no comment, no other spaces";
		if (t.len - skip <= known || memcmp(t.s + skip, types[i].start, known) != 0)
			return "says one type and holds another";
		return NULL;
	}
	return "is not of type ssh-ed25519, sk-ssh-ed25519@openssh.com or "
	       "sk-ecdsa-sha2-nistp256@openssh.com";
}

/* A required attribute: `present` is what its read answered. */
static void require(struct reader *r, const json_t *attrs, const char *key, bool present)
{
	if (!present && !json_object_get(attrs, key))
		reader_error(r, r->codes->missing, "attrs", NULL, "%s needs \"%s\"", r->what, key);
}

void entity_read_identity(struct entity_parse *p, const json_t *attrs, struct entity *e)
{
	struct reader *r = &p->reader;

	require(r, attrs, "user", read_text(r, attrs, "user", &e->user));
	require(r, attrs, "requireVerified",
		read_bool(r, attrs, "requireVerified", &e->require_verified));
	require(r, attrs, "keys", read_texts(r, attrs, "keys", &e->keys, &e->n_keys));
	for (size_t i = 0; i < e->n_keys && !reader_tired(r); i++) {
		const char *fault = key_fault(e->keys[i]);

		if (fault)
			reader_error(r, "entity-key", e->keys[i].s,
				     "copy the first two words of the .pub file",
				     "%s: key \"%.40s…\" %s", r->what, e->keys[i].s, fault);
	}
}

static void read_service(struct entity_parse *p, const json_t *attrs, struct entity *e)
{
	struct reader *r = &p->reader;
	struct text *texts = NULL;
	size_t n = 0;

	require(r, attrs, "endpoints", read_texts(r, attrs, "endpoints", &texts, &n));
	e->endpoints = arena_array_of(r->arena, struct endpoint_set, n);
	if (!e->endpoints) {
		reader_no_memory(r);
		return;
	}
	e->n_endpoints = n;
	for (size_t i = 0; i < n && !reader_tired(r); i++) {
		const char *why;

		if (endpoint_set_parse(texts[i], &e->endpoints[i], &why) < 0)
			reader_error(r, "entity-endpoint", texts[i].s,
				     "as in \"tcp 10.20.0.0/24:5432\", \"udp [fd00::]/8:53\"",
				     "%s: endpoint \"%s\" %s", r->what, texts[i].s, why);
	}
}

void entity_read_attributes(struct entity_parse *p, const json_t *attrs, struct entity *e)
{
	static const char *const keys[ENTITY_KINDS][3] = {
		[ENTITY_SERVICE] = { "endpoints" },
		[ENTITY_ZONE] = { "prefixes" },
		[ENTITY_IDENTITY] = { "user", "keys", "requireVerified" },
	};
	static const size_t n_keys[ENTITY_KINDS] = {
		[ENTITY_SERVICE] = 1,
		[ENTITY_ZONE] = 1,
		[ENTITY_IDENTITY] = 3,
	};

	if (!read_object(&p->reader, attrs, "attrs"))
		return;
	read_keys(&p->reader, attrs, keys[e->kind], n_keys[e->kind]);
	if (e->kind == ENTITY_SERVICE)
		read_service(p, attrs, e);
	else if (e->kind == ENTITY_ZONE)
		entity_read_zone(p, attrs, e);
	else if (e->kind == ENTITY_IDENTITY)
		entity_read_identity(p, attrs, e);
}
