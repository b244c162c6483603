/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Private key files of OpenSSH (PROTOCOL.key):
 *   "openssh-key-v1\0" string cipher, kdf, kdf options, uint32 keys, string public, string private
 *   private = uint32 check, uint32 check, string type, public, seed+public, comment, 1 2 3 …
 */
#include "bundle/sign.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>

#include "bundle/armor.h"

enum { PRIVATE_BLOB_MAX = 4096, CIPHER_BLOCK = 8, PAIR_LEN = 64 };

static const char begin[] = "-----BEGIN OPENSSH PRIVATE KEY-----\n";
static const char end[] = "-----END OPENSSH PRIVATE KEY-----\n";
static const char magic[] = "openssh-key-v1"; /* with its NUL */

void bundle_sign_key_wipe(struct sign_key *k)
{
	OPENSSL_cleanse(k, sizeof(*k));
}

static bool is_padding(struct slice rest)
{
	if (rest.n >= CIPHER_BLOCK)
		return false;
	for (size_t i = 0; i < rest.n; i++)
		if (rest.p[i] != i + 1)
			return false;
	return true;
}

/*
 * Seed and public half must belong together: a wrong public half would leak the seed through two
 * signatures.
 */
static bool belongs_together(const struct sign_key *k)
{
	uint8_t derived[ED25519_KEY_LEN];
	size_t n = sizeof(derived);
	EVP_PKEY *key =
		EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, k->seed, sizeof(k->seed));
	bool same = key && EVP_PKEY_get_raw_public_key(key, derived, &n) == 1 &&
		    n == sizeof(derived) && memcmp(derived, k->public_key, n) == 0;

	EVP_PKEY_free(key);
	return same;
}

/* The public key stands in the open too; it must be the same one. */
static bool is_public_half(struct slice outer, const struct sign_key *k)
{
	struct key_fields fields;

	return key_fields_read(outer, &fields) == NULL && fields.type == &key_type_ed25519 &&
	       memcmp(fields.point.p, k->public_key, sizeof(k->public_key)) == 0;
}

static const char *read_private(struct slice section, struct sign_key *ret)
{
	struct ssh_reader r = ssh_reader(section);
	uint32_t check = ssh_u32(&r), again = ssh_u32(&r);
	struct slice type = ssh_string(&r);
	struct slice public_half, pair;

	if (r.failed || check != again)
		return "the private key is damaged";
	if (!slice_is(type, key_type_ed25519.name))
		return "only ssh-ed25519 keys are signed with here";
	public_half = ssh_string(&r);
	pair = ssh_string(&r);
	(void)ssh_string(&r); /* comment */
	if (r.failed || section.n % CIPHER_BLOCK || !is_padding(r.rest) ||
	    public_half.n != sizeof(ret->public_key) || pair.n != PAIR_LEN ||
	    memcmp(pair.p + sizeof(ret->seed), public_half.p, public_half.n) != 0)
		return "the private key is damaged";
	memcpy(ret->seed, pair.p, sizeof(ret->seed));
	memcpy(ret->public_key, public_half.p, public_half.n);
	return belongs_together(ret) ? NULL : "the private key is damaged";
}

static const char *read_blob(struct slice blob, struct sign_key *ret)
{
	struct ssh_reader r = ssh_reader(blob);
	struct slice start = ssh_bytes(&r, sizeof(magic));
	struct slice cipher = ssh_string(&r);
	struct slice kdf = ssh_string(&r);
	struct slice options = ssh_string(&r);
	uint32_t keys = ssh_u32(&r);
	struct slice outer = ssh_string(&r);
	struct slice section = ssh_string(&r);
	const char *why;

	if (!ssh_done(&r) || memcmp(start.p, magic, sizeof(magic)) != 0 || keys != 1)
		return "not an OpenSSH private key file of one key";
	if (!slice_is(cipher, "none") || !slice_is(kdf, "none") || options.n != 0)
		return "the private key is encrypted";
	why = read_private(section, ret);
	if (!why && !is_public_half(outer, ret))
		why = "the private key is damaged";
	return why;
}

const char *bundle_sign_key_parse(const char *text, size_t len, struct sign_key *ret)
{
	const size_t begin_len = sizeof(begin) - 1, end_len = sizeof(end) - 1;
	struct sign_key key = { 0 };
	uint8_t blob[PRIVATE_BLOB_MAX];
	const char *why = "not an OpenSSH private key file";
	size_t n = 0;

	if (len > begin_len + end_len && memcmp(text, begin, begin_len) == 0 &&
	    memcmp(text + len - end_len, end, end_len) == 0 &&
	    armor_body(text + begin_len, len - begin_len - end_len, blob, sizeof(blob), &n) == 0)
		why = read_blob((struct slice){ blob, n }, &key);
	if (!why)
		*ret = key;
	OPENSSL_cleanse(blob, sizeof(blob));
	bundle_sign_key_wipe(&key);
	return why;
}
