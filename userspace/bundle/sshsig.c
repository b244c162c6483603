/* SPDX-License-Identifier: BSD-2-Clause */
/* SSH signatures: reading the blob, and verifying it by its key's type. */
#include "bundle/sshsig.h"

#include <string.h>

#include "bundle/bundle.h"

static const char magic[6] = "SSHSIG";

static const char *read_fields(struct slice blob, struct sshsig *ret)
{
	struct ssh_reader r = ssh_reader(blob);
	struct slice start = ssh_bytes(&r, sizeof(magic));
	uint32_t version = ssh_u32(&r);
	struct slice reserved;

	ret->key_blob = ssh_string(&r);
	ret->name_space = ssh_string(&r);
	reserved = ssh_string(&r);
	ret->hash = ssh_string(&r);
	ret->signature = ssh_string(&r);
	if (!ssh_done(&r))
		return "the signature is cut off, or more follows it";
	if (memcmp(start.p, magic, sizeof(magic)) != 0 || version != SSHSIG_VERSION)
		return "not an SSH signature of version 1";
	if (ret->name_space.n == 0 || ret->name_space.n > NAMESPACE_MAX)
		return "the signature's namespace must have 1 to 128 bytes";
	if (reserved.n != 0)
		return "the signature's reserved field must be empty";
	if (!slice_is(ret->hash, "sha256") && !slice_is(ret->hash, "sha512"))
		return "the signature's hash must be sha256 or sha512";
	return NULL;
}

const char *sshsig_open(const char *armored, size_t len, struct sshsig *ret)
{
	size_t n = 0;
	const char *why;

	if (armor_open(armored, len, ret->blob, &n) < 0)
		return "the signature's armor is damaged";
	why = read_fields((struct slice){ ret->blob, n }, ret);
	return why ? why : key_fields_read(ret->key_blob, &ret->key);
}

void sshsig_put_signed(const char *name_space, struct slice hash, struct slice digest,
		       struct buf *out)
{
	buf_put(out, magic, sizeof(magic));
	ssh_put_string(out, name_space, strlen(name_space));
	ssh_put_string(out, "", 0);
	ssh_put_string(out, hash.p, hash.n);
	ssh_put_string(out, digest.p, digest.n);
}

const char *sshsig_check(const struct sshsig *s, const char *name_space, struct message *m,
			 uint8_t *ret_flags)
{
	struct ssh_reader r = ssh_reader(s->signature);
	_cleanup_buf_ struct buf covered = BUF_INIT;
	struct slice digest;

	if (!slice_is(s->name_space, name_space))
		return "the signature was made for another purpose (namespace)";
	if (!slice_is(ssh_string(&r), s->key.type->name))
		return "the signature is not of its key's type";
	if (!message_digest(m, s->hash, &digest))
		return "libcrypto cannot compute the digest";
	sshsig_put_signed(name_space, s->hash, digest, &covered);
	if (buf_error(&covered) < 0)
		return "out of memory";
	return s->key.type->verify(
		&s->key, &r, (struct slice){ (uint8_t *)covered.data, covered.len }, ret_flags);
}

enum bundle_answer sshsig_verify(const char *armored, size_t len, const char *name_space,
				 const void *message, size_t message_len,
				 struct public_key *ret_key)
{
	struct message m = { .bytes = { message, message_len } };
	struct sshsig s;
	uint8_t flags;

	if (sshsig_open(armored, len, &s) != NULL || s.key_blob.n > KEY_BLOB_MAX)
		return BUNDLE_E_FORMAT;
	if (sshsig_check(&s, name_space, &m, &flags) != NULL)
		return BUNDLE_E_SIGNATURE;
	memset(ret_key, 0, sizeof(*ret_key));
	memcpy(ret_key->blob, s.key_blob.p, s.key_blob.n);
	ret_key->blob_len = s.key_blob.n;
	return BUNDLE_OK;
}
