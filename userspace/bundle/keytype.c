/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of key types, and the software one: ssh-ed25519 (RFC 8709). */
#include "bundle/keytype.h"

static const struct key_type *const types[] = {
	&key_type_ed25519,
	&key_type_sk_ed25519,
	&key_type_sk_p256,
};

const struct key_type *key_type_find(struct slice name)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (slice_is(name, types[i]->name))
			return types[i];
	return NULL;
}

const char *key_fields_read(struct slice blob, struct key_fields *ret)
{
	struct ssh_reader r = ssh_reader(blob);
	struct key_fields fields = { .type = key_type_find(ssh_string(&r)) };
	const char *why;

	if (r.failed)
		return "the key is cut off";
	if (!fields.type)
		return "keys of this type are not accepted: use ssh-ed25519, sk-ssh-ed25519@openssh.com or "
		       "sk-ecdsa-sha2-nistp256@openssh.com";
	why = fields.type->read(&r, &fields);
	if (why)
		return why;
	if (!ssh_done(&r))
		return "the key is cut off, or more follows it";
	*ret = fields;
	return NULL;
}

static const char *read_ed25519(struct ssh_reader *r, struct key_fields *ret)
{
	ret->point = ssh_string(r);
	return ed25519_check_point(ret->point);
}

static const char *verify_ed25519(const struct key_fields *k, struct ssh_reader *signature,
				  struct slice signed_bytes, struct signature_marks *ret)
{
	struct slice raw = ssh_string(signature);

	if (!ssh_done(signature) || raw.n != ED25519_SIGNATURE_LEN)
		return "the signature has the wrong length";
	if (!ed25519_verify(k->point, raw, signed_bytes))
		return "the signature does not match the content";
	*ret = (struct signature_marks){ 0 };
	return NULL;
}

const struct key_type key_type_ed25519 = {
	.name = "ssh-ed25519",
	.read = read_ed25519,
	.verify = verify_ed25519,
};
