/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keys in FIDO tokens (OpenSSH's PROTOCOL.u2f). A token signs
 *   SHA256(application) flags counter SHA256(message)
 */
#include "bundle/keytype.h"

#include <string.h>

#include "bundle/digest.h"

enum {
	APPLICATION_MAX = 64,
	TOKEN_MESSAGE_LEN = SHA256_LEN + 1 + 4 + SHA256_LEN,
};

static const char *read_application(struct ssh_reader *r, struct key_fields *ret)
{
	ret->application = ssh_string(r);
	if (r->failed)
		return "the key is cut off";
	if (ret->application.n == 0 || ret->application.n > APPLICATION_MAX ||
	    memchr(ret->application.p, 0, ret->application.n))
		return "the key's application must have 1 to 64 bytes";
	return NULL;
}

static const char *read_sk_ed25519(struct ssh_reader *r, struct key_fields *ret)
{
	const char *why;

	ret->point = ssh_string(r);
	why = ed25519_check_point(ret->point);
	return why ? why : read_application(r, ret);
}

static const char *read_sk_p256(struct ssh_reader *r, struct key_fields *ret)
{
	struct slice curve = ssh_string(r);
	const char *why;

	if (!slice_is(curve, "nistp256"))
		return "the key's curve must be nistp256";
	ret->point = ssh_string(r);
	why = p256_check_point(ret->point);
	return why ? why : read_application(r, ret);
}

/* The fields of a token's signature, and the bytes that it covers. */
struct assertion {
	struct slice raw;
	struct signature_marks marks;
	uint8_t covered[TOKEN_MESSAGE_LEN];
};

/* The counter is four bytes of a message, and so big-endian. */
static struct signature_marks read_marks(const uint8_t tail[5])
{
	return (struct signature_marks){
		.flags = tail[0],
		.counter = (uint32_t)tail[1] << 24 | (uint32_t)tail[2] << 16 |
			   (uint32_t)tail[3] << 8 | tail[4],
	};
}

static const char *read_assertion(const struct key_fields *k, struct ssh_reader *r,
				  struct slice signed_bytes, struct assertion *ret)
{
	uint8_t *covered = ret->covered;
	struct slice tail;

	ret->raw = ssh_string(r);
	tail = ssh_bytes(r, 5); /* flags and counter, signed as they stand */
	if (!ssh_done(r))
		return "the signature has the wrong length";
	ret->marks = read_marks(tail.p);
	if (digest_sha256(k->application.p, k->application.n, covered) < 0 ||
	    digest_sha256(signed_bytes.p, signed_bytes.n, covered + SHA256_LEN + 5) < 0)
		return "libcrypto cannot compute SHA-256";
	memcpy(covered + SHA256_LEN, tail.p, 5);
	if (ret->marks.flags & ~(SIGNATURE_TOUCH | SIGNATURE_VERIFY))
		return "the signature has flags that are not a signature's";
	return NULL;
}

typedef bool verify_fn(struct slice point, struct slice signature, struct slice signed_bytes);

static const char *verify_with(verify_fn *verify, const struct key_fields *k, struct ssh_reader *r,
			       struct slice signed_bytes, struct signature_marks *ret)
{
	struct assertion a;
	const char *why = read_assertion(k, r, signed_bytes, &a);

	if (why)
		return why;
	if (!verify(k->point, a.raw, (struct slice){ a.covered, sizeof(a.covered) }))
		return "the signature does not match the content";
	*ret = a.marks;
	return NULL;
}

static const char *verify_sk_ed25519(const struct key_fields *k, struct ssh_reader *signature,
				     struct slice signed_bytes, struct signature_marks *ret)
{
	return verify_with(ed25519_verify, k, signature, signed_bytes, ret);
}

static const char *verify_sk_p256(const struct key_fields *k, struct ssh_reader *signature,
				  struct slice signed_bytes, struct signature_marks *ret)
{
	return verify_with(p256_verify, k, signature, signed_bytes, ret);
}

const struct key_type key_type_sk_ed25519 = {
	.name = "sk-ssh-ed25519@openssh.com",
	.hardware = true,
	.read = read_sk_ed25519,
	.verify = verify_sk_ed25519,
};

const struct key_type key_type_sk_p256 = {
	.name = "sk-ecdsa-sha2-nistp256@openssh.com",
	.hardware = true,
	.read = read_sk_p256,
	.verify = verify_sk_p256,
};
