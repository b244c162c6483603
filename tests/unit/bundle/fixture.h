/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keys from fixed seeds, and what they sign: a root document of three people, and policy bundles.
 * Everything is the same in every run.
 */
#pragma once

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#include "base/base64.h"
#include "bundle/bundle.h"
#include "bundle/gzip.h"
#include "bundle/sign.h"
#include "cm.h"

enum { ALICE = 1, BOB = 2, CAROL = 3, MALLORY = 66 }; /* seeds */

/* The key pair whose seed is 32 times this byte. */
static inline struct sign_key fixture_key(uint8_t seed)
{
	struct sign_key k;
	size_t n = sizeof(k.public_key);
	EVP_PKEY *key;

	memset(k.seed, seed, sizeof(k.seed));
	key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, k.seed, sizeof(k.seed));
	assert_non_null(key);
	assert_int_equal(EVP_PKEY_get_raw_public_key(key, k.public_key, &n), 1);
	EVP_PKEY_free(key);
	return k;
}

/* SSH's public key blob of a raw Ed25519 key. */
static inline void fixture_blob(const uint8_t key[32], struct buf *out)
{
	ssh_put_string(out, "ssh-ed25519", 11);
	ssh_put_string(out, key, 32);
	assert_int_equal(buf_error(out), 0);
}

/* "ssh-ed25519 AAAA…" */
static inline void fixture_line(const uint8_t key[32], struct buf *out)
{
	_cleanup_buf_ struct buf blob = BUF_INIT;

	fixture_blob(key, &blob);
	buf_puts(out, "ssh-ed25519 ");
	base64_encode(blob.data, blob.len, 0, out);
	assert_int_equal(buf_error(out), 0);
}

static inline void fixture_member(const char *name, uint8_t seed, struct buf *out)
{
	struct sign_key k = fixture_key(seed);

	buf_printf(out, "\"%s\":\"", name);
	fixture_line(k.public_key, out);
	buf_putc(out, '"');
}

/*
 * alice, bob and carol; root: 1 of alice; policy: `threshold` of alice and bob; revoke: 1 of bob.
 */
static inline void fixture_root_json(unsigned threshold, const char *not_after, struct buf *out)
{
	buf_printf(out, "{\"format\":1,\"version\":1,\"notAfter\":\"%s\",\"keys\":{", not_after);
	fixture_member("alice", ALICE, out);
	buf_putc(out, ',');
	fixture_member("bob", BOB, out);
	buf_putc(out, ',');
	fixture_member("carol", CAROL, out);
	buf_printf(out,
		   "},\"roles\":{\"root\":{\"threshold\":1,\"keys\":[\"alice\"]},"
		   "\"policy\":{\"threshold\":%u,\"keys\":[\"alice\",\"bob\"]},"
		   "\"revoke\":{\"threshold\":1,\"keys\":[\"bob\"]}}}",
		   threshold);
	assert_int_equal(buf_error(out), 0);
}

static inline void fixture_root(unsigned threshold, struct root *ret)
{
	_cleanup_buf_ struct buf json = BUF_INIT;
	_cleanup_diags_ struct diags d = DIAGS_INIT;

	fixture_root_json(threshold, "2050-01-01T00:00:00Z", &json);
	assert_int_equal(root_parse(json.data, json.len, &d, ret), 0);
}

/* An armored signature, owned by the caller. */
static inline char *fixture_signature(uint8_t seed, const char *name_space, const void *message,
				      size_t len)
{
	struct sign_key k = fixture_key(seed);
	struct buf out = BUF_INIT;

	assert_int_equal(bundle_sign_message(&k, name_space,
					     (struct slice){ (const uint8_t *)message, len }, &out),
			 0);
	return buf_take(&out);
}

/* A container signed by each of the seeds in turn, up to a 0. */
static inline void fixture_container(enum bundle_type type, const struct buf *payload,
				     const uint8_t *seeds, struct buf *out)
{
	char *armored[16] = { NULL };
	size_t n = 0;

	for (; seeds[n]; n++)
		armored[n] = fixture_signature(seeds[n], bundle_namespace(type), payload->data,
					       payload->len);
	assert_int_equal(container_build(type, (const uint8_t *)payload->data, payload->len,
					 (const char *const *)armored, n, out),
			 0);
	while (n > 0)
		free(armored[--n]);
}

/* Gzip of any text, as a policy payload. */
static inline void fixture_payload(const char *json, struct buf *out)
{
	assert_int_equal(gzip_pack(json, strlen(json), NULL, out), 0);
}

#define FIXTURE_REST                                                                               \
	"\"mode\":\"enforce\",\"phases\":{\"identity\":\"enforce\",\"device\":\"observe\","        \
	"\"network\":\"off\"},\"policies\":{\"base.cedar\":\"permit(principal, action, "           \
	"resource);\"}}"

/* The JSON of a small bundle, for every host. */
static inline void fixture_policy(uint64_t version, const char *not_after, struct buf *out)
{
	char json[1024];

	(void)snprintf(json, sizeof(json),
		       "{\"format\":1,\"name\":\"shop\",\"version\":%llu,\"notAfter\":\"%s\","
		       "\"audience\":[]," FIXTURE_REST,
		       (unsigned long long)version, not_after);
	fixture_payload(json, out);
}
