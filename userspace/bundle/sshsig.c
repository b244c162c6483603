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

const char *sshsig_check_bytes(const struct sshsig *s, const char *name_space, struct message *m,
			       struct signature_marks *ret)
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
	return s->key.type->verify(&s->key, &r,
				   (struct slice){ (uint8_t *)covered.data, covered.len }, ret);
}

bool sshsig_is_untouched(const struct sshsig *s, const struct signature_marks *marks)
{
	return s->key.type->hardware && !(marks->flags & SIGNATURE_TOUCH);
}

const char *sshsig_check(const struct sshsig *s, const char *name_space, struct message *m,
			 struct signature_marks *ret)
{
	struct signature_marks marks;
	const char *why = sshsig_check_bytes(s, name_space, m, &marks);

	if (why)
		return why;
	if (sshsig_is_untouched(s, &marks))
		return "nobody touched the token for this signature";
	*ret = marks;
	return NULL;
}

static void take_key(const struct sshsig *s, struct public_key *ret)
{
	memset(ret, 0, sizeof(*ret));
	memcpy(ret->blob, s->key_blob.p, s->key_blob.n);
	ret->blob_len = s->key_blob.n;
}

enum bundle_answer sshsig_verify(const char *armored, size_t len, const char *name_space,
				 const void *message, size_t message_len,
				 struct public_key *ret_key)
{
	struct message m = { .bytes = { message, message_len } };
	struct signature_marks marks;
	struct sshsig s;

	if (sshsig_open(armored, len, &s) != NULL || s.key_blob.n > KEY_BLOB_MAX)
		return BUNDLE_E_FORMAT;
	if (sshsig_check(&s, name_space, &m, &marks) != NULL)
		return BUNDLE_E_SIGNATURE;
	take_key(&s, ret_key);
	return BUNDLE_OK;
}

enum signature_answer sshsig_examine(const char *armored, size_t len, const char *name_space,
				     const void *message, size_t message_len, struct signature *ret)
{
	struct message m = { .bytes = { message, message_len } };
	struct signature_marks marks;
	struct sshsig s;

	if (sshsig_open(armored, len, &s) != NULL || s.key_blob.n > KEY_BLOB_MAX)
		return SIGNATURE_E_FORMAT;
	if (!slice_is(s.name_space, name_space))
		return SIGNATURE_E_NAMESPACE;
	if (sshsig_check_bytes(&s, name_space, &m, &marks) != NULL)
		return SIGNATURE_E_BYTES;
	take_key(&s, &ret->key);
	ret->token = s.key.type->hardware;
	ret->touched = marks.flags & SIGNATURE_TOUCH;
	ret->verified = marks.flags & SIGNATURE_VERIFY;
	ret->counter = marks.counter;
	return SIGNATURE_OK;
}
