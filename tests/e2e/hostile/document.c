/* SPDX-License-Identifier: BSD-2-Clause */
/* Root and revoke documents. */
#include "hostile/hostile.h"

#include <string.h>

static const enum person two[] = { ALICE, BOB, 0 };

static void replace(const struct buf *text, const char *from, const char *to, struct buf *out)
{
	const char *at = from ? strstr(text->data, from) : text->data;

	must(at != NULL, from);
	buf_put(out, text->data, (size_t)(at - text->data));
	buf_puts(out, from ? to : "");
	buf_puts(out, at + (from ? strlen(from) : 0));
}

void root_payload(unsigned long long version, const char *from, const char *to, struct buf *out)
{
	static const char *const names[PERSONS] = {
		[ALICE] = "alice", [BOB] = "bob", [CAROL] = "carol", [DAVE] = "dave"
	};
	_cleanup_buf_ struct buf text = BUF_INIT;

	buf_printf(
		&text,
		"{\"format\":1,\"version\":%llu,\"notAfter\":\"2099-01-01T00:00:00Z\",\"keys\":{",
		version);
	for (int p = ALICE; p <= DAVE; p++) {
		buf_printf(&text, "%s\"%s\":\"", p == ALICE ? "" : ",", names[p]);
		person_line((enum person)p, &text);
		buf_putc(&text, '"');
	}
	buf_puts(&text,
		 "},\"roles\":{"
		 "\"root\":{\"threshold\":2,\"keys\":[\"alice\",\"bob\",\"carol\"]},"
		 "\"policy\":{\"threshold\":2,\"keys\":[\"alice\",\"bob\",\"carol\"]},"
		 "\"revoke\":{\"threshold\":1,\"keys\":[\"bob\",\"carol\"],\"verify\":true}}}");
	replace(&text, from, to, out);
}

static void root_by(const char *name, const struct buf *payload, const enum person *by,
		    const char *words)
{
	_cleanup_buf_ struct buf out = BUF_INIT;

	container_signed("root", payload, by, &out);
	case_put(name, "rotate", 4, words, &out);
}

/* Version 3, signed by enough of the old and the new, with one place changed. */
static void root_changed(const char *name, const char *from, const char *to, const char *words)
{
	_cleanup_buf_ struct buf payload = BUF_INIT;

	root_payload(3, from, to, &payload);
	root_by(name, &payload, two, words);
}

static void root_version(const char *name, unsigned long long version, const char *from,
			 const char *to, const char *words)
{
	_cleanup_buf_ struct buf payload = BUF_INIT;

	root_payload(version, from, to, &payload);
	root_by(name, &payload, two, words);
}

static void root_signers(const char *name, const char *from, const char *to, const enum person *by,
			 const char *words)
{
	_cleanup_buf_ struct buf payload = BUF_INIT;

	root_payload(3, from, to, &payload);
	root_by(name, &payload, by, words);
}

/* A 65th key. */
static void too_many_keys(void)
{
	_cleanup_buf_ struct buf payload = BUF_INIT, more = BUF_INIT;

	buf_puts(&more, "\"keys\":{");
	for (int i = 0; i < 61; i++) {
		struct token t = token_make(TOKEN_PLAIN, (uint8_t)(100 + i));

		buf_printf(&more, "\"k%d\":\"", i);
		must(token_public(&t, &more) == 0, "a key");
		buf_puts(&more, "\",");
	}
	root_payload(3, "\"keys\":{", more.data, &payload);
	root_by("root-with-65-keys", &payload, two, "more than 64 keys");
}

static void too_large(void)
{
	_cleanup_buf_ struct buf payload = BUF_INIT;

	root_payload(3, NULL, NULL, &payload);
	while (payload.len <= (256 << 10))
		buf_putc(&payload, ' ');
	root_by("root-of-256-KiB", &payload, two, "refused: size");
}

/* A plain key's line, to be put where another stands. */
static void same_key_twice(void)
{
	_cleanup_buf_ struct buf payload = BUF_INIT, twice = BUF_INIT;

	buf_puts(&twice, "\"keys\":{\"eve\":\"");
	person_line(ALICE, &twice);
	buf_puts(&twice, "\",");
	root_payload(3, "\"keys\":{", twice.data, &payload);
	root_by("root-key-under-two-names", &payload, two, "are the same key");
}

static void untouched(void)
{
	_cleanup_buf_ struct buf payload = BUF_INIT, out = BUF_INIT;
	struct buf blocks[2] = { BUF_INIT, BUF_INIT };
	struct token t = person_token(BOB);

	t.flags = 0;
	root_payload(3, NULL, NULL, &payload);
	must(token_sign(&t, "root@postern", payload.data, payload.len, &blocks[0]) == 0,
	     "a signature");
	person_sign(ALICE, "root", &payload, &blocks[1]);
	container_put("root", &payload, blocks, 2, &out);
	case_put("root-by-an-untouched-token", "rotate", 4, "nobody touched the token", &out);
	buf_free(&blocks[0]);
	buf_free(&blocks[1]);
}

/* Signed as bundles are. */
static void wrong_purpose(void)
{
	_cleanup_buf_ struct buf payload = BUF_INIT, out = BUF_INIT;
	struct buf blocks[2] = { BUF_INIT, BUF_INIT };

	root_payload(3, NULL, NULL, &payload);
	person_sign(ALICE, "policy", &payload, &blocks[0]);
	person_sign(BOB, "policy", &payload, &blocks[1]);
	container_put("root", &payload, blocks, 2, &out);
	case_put("root-signed-as-a-bundle", "rotate", 4, "refused: bad-signature", &out);
	buf_free(&blocks[0]);
	buf_free(&blocks[1]);
}

static void bundle_as_root(void)
{
	_cleanup_buf_ struct buf payload = BUF_INIT, out = BUF_INIT, root = BUF_INIT,
				 third = BUF_INIT;

	bundle_payload(6, NULL, NULL, &payload);
	container_signed("policy", &payload, two, &out);
	case_put("bundle-as-a-root", "rotate", 4, "refused: type", &out);
	root_payload(3, NULL, NULL, &root);
	container_signed("root", &root, two, &third);
	case_put("root-as-a-bundle", "push", 4, "refused: type", &third);
	case_put("root-installed-again", "init", 4, "already has a root document", &third);
}

static void root_cases(void)
{
	static const char alone[] = "\"root\":{\"threshold\":1,\"keys\":[\"dave\"]}";
	static const char root_role[] =
		"\"root\":{\"threshold\":2,\"keys\":[\"alice\",\"bob\",\"carol\"]}";

	root_signers("root-unsigned", NULL, NULL, (const enum person[]){ 0 }, "refused: unsigned");
	root_signers("root-by-strangers", NULL, NULL, (const enum person[]){ MALLORY, DAVE, 0 },
		     "refused: unknown-key");
	root_signers("root-by-one-of-two", NULL, NULL, (const enum person[]){ CAROL, 0 },
		     "refused: threshold");
	root_signers("root-by-one-twice", NULL, NULL, (const enum person[]){ ALICE, ALICE, 0 },
		     "refused: threshold");
	root_signers("root-by-the-new-alone", root_role, alone, (const enum person[]){ DAVE, 0 },
		     "version 2, demands");
	root_signers("root-by-the-old-alone", root_role, alone, two, "version 3, demands");
	root_version("root-one-left-out", 4, NULL, NULL, "refused: version-gap");
	root_version("root-fast-forward", 9223372036854775807ull, NULL, NULL,
		     "refused: version-gap");
	root_version("root-rollback", 1, NULL, NULL, "refused: rollback");
	root_version("root-equivocation", 2, "2099-01-01", "2098-01-01", "refused: equivocation");
	root_changed("root-expired", "2099-01-01", "2020-01-01", "refused: expired");
	root_changed("root-threshold-zero", "\"threshold\":2", "\"threshold\":0",
		     "must be at least 1");
	root_changed("root-threshold-never-met", "\"threshold\":2", "\"threshold\":4",
		     "can never be met");
	root_changed("root-role-of-nobody", "[\"alice\",\"bob\",\"carol\"]", "[]",
		     "can never be met");
	root_changed("root-role-key-unknown", "[\"alice\",", "[\"alise\",", "alise");
	root_changed("root-role-key-twice", "[\"alice\",", "[\"bob\",",
		     "names the key \"bob\" twice");
	root_changed("root-touch-of-a-plain-key", "\"keys\":[\"alice\",\"bob\",\"carol\"]",
		     "\"touch\":true,\"keys\":[\"alice\",\"bob\",\"carol\"]", "is not in a token");
	root_changed("root-role-missing", "\"revoke\"", "\"revoce\"", "revoce");
	root_changed("root-member-unknown", "\"format\":1", "\"format\":1,\"moon\":1", "moon");
	root_changed("root-member-twice", "\"format\":1", "\"format\":1,\"format\":1",
		     "refused: payload");
	root_changed("root-format-two", "\"format\":1", "\"format\":2", "format 1");
	root_changed("root-version-text", "\"version\":3", "\"version\":\"3\"", "version");
	root_changed("root-key-name", "\"dave\":", "\"da ve\":", "cannot name a key");
	root_changed("root-key-rsa", "\"dave\":\"ssh-ed25519", "\"dave\":\"ssh-rsa",
		     "of this type are not accepted");
	root_changed("root-key-of-small-order", "\"keys\":{",
		     "\"keys\":{\"eve\":\"ssh-ed25519 "
		     "AAAAC3NzaC1lZDI1NTE5AAAAIAEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\",",
		     "small order");
	root_changed("root-not-json", "{\"format\"", "\"format\"", "refused: payload");
	too_many_keys();
	too_large();
	same_key_twice();
	untouched();
	wrong_purpose();
	bundle_as_root();
}

void revoke_payload(unsigned long long version, const char *from, const char *to, struct buf *out)
{
	_cleanup_buf_ struct buf text = BUF_INIT;

	buf_printf(&text,
		   "{\"format\":1,\"version\":%llu,\"issued\":\"2026-01-01T00:00:00Z\","
		   "\"identities\":[\"mallory\"],\"keys\":[],\"sessions\":[]}",
		   version);
	replace(&text, from, to, out);
}

struct expected {
	int status;
	const char *words;
};

static void revoke_by(const char *name, const struct buf *payload, struct token t,
		      const char *name_space, struct expected e)
{
	_cleanup_buf_ struct buf block = BUF_INIT, out = BUF_INIT;

	must(token_sign(&t, name_space, payload->data, payload->len, &block) == 0, name);
	container_put("revoke", payload, &block, 1, &out);
	case_put(name, "push", e.status, e.words, &out);
}

static void revoke_changed(const char *name, unsigned long long version, const char *from,
			   const char *to, const char *words)
{
	_cleanup_buf_ struct buf payload = BUF_INIT;
	int status = strncmp(words, "refused: ", 9) == 0 && strcmp(words, "refused: payload") != 0
			     ? 4
			     : 3;

	revoke_payload(version, from, to, &payload);
	revoke_by(name, &payload, person_token(CAROL), "revoke@postern",
		  (struct expected){ status, words });
}

static void revoke_cases(void)
{
	_cleanup_buf_ struct buf payload = BUF_INIT, out = BUF_INIT;
	struct token t = person_token(BOB);

	revoke_payload(6, NULL, NULL, &payload);
	container_put("revoke", &payload, NULL, 0, &out);
	case_put("revoke-unsigned", "push", 4, "refused: unsigned", &out);
	revoke_by("revoke-by-a-plain-key", &payload, person_token(ALICE), "revoke@postern",
		  (struct expected){ 4, "refused: unknown-key" });
	revoke_by("revoke-signed-as-a-bundle", &payload, t, "policy@postern",
		  (struct expected){ 4, "refused: bad-signature" });
	t.flags = 1;
	revoke_by("revoke-without-the-pin", &payload, t, "revoke@postern",
		  (struct expected){ 4, "demands a PIN or fingerprint" });
	t.flags = 4;
	revoke_by("revoke-without-the-touch", &payload, t, "revoke@postern",
		  (struct expected){ 4, "nobody touched the token" });
	revoke_changed("revoke-rollback", 4, NULL, NULL, "refused: rollback");
	revoke_changed("revoke-equivocation", 5, "mallory", "mallori", "refused: equivocation");
	revoke_changed("revoke-fast-forward", 1000006, NULL, NULL, "refused: version-jump");
	revoke_changed("revoke-version-zero", 0, NULL, NULL, "must be at least 1");
	revoke_changed("revoke-member-unknown", 6, "\"format\":1", "\"format\":1,\"moon\":1",
		       "moon");
	revoke_changed("revoke-key-that-is-none", 6, "\"keys\":[]", "\"keys\":[\"SHA256:short\"]",
		       "this is no key");
	revoke_changed("revoke-session-of-no-boot", 6, "\"sessions\":[]",
		       "\"sessions\":[{\"boot\":\"now\",\"session\":1}]", "no session of a boot");
	revoke_changed("revoke-not-json", 6, "{", "", "refused: payload");
}

void document_cases(void)
{
	root_cases();
	revoke_cases();
}
