/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Public keys as people write them: one line of "type base64 comment", as in authorized_keys and
 * *.pub files.
 */
#include "bundle/bundle.h"

#include <errno.h>
#include <string.h>

#include "base/base64.h"
#include "bundle/digest.h"
#include "bundle/keytype.h"

/* The blob's own type must be the one written before it. */
static const char *check_blob(struct slice typed, const struct public_key *k)
{
	struct key_fields fields;
	const char *why = key_fields_read((struct slice){ k->blob, k->blob_len }, &fields);

	if (why)
		return why;
	return slice_is(typed, fields.type->name)
		       ? NULL
		       : "the type before the key is not the type in the key";
}

static const char *read_line(const char *text, size_t len, struct public_key *ret)
{
	size_t type_len = strcspn(text, " "), body_len;
	struct slice typed = { (const uint8_t *)text, type_len };

	if (memchr(text, '\n', len) || memchr(text, '\r', len))
		return "a public key is one line";
	if (type_len == len)
		return "write the key as \"ssh-ed25519 AAAA…\": the line of its .pub file";
	if (!key_type_find(typed))
		return "keys of this type are not accepted: use ssh-ed25519, sk-ssh-ed25519@openssh.com or "
		       "sk-ecdsa-sha2-nistp256@openssh.com";
	text += type_len + 1;
	body_len = strcspn(text, " ");
	if (base64_decode(text, body_len, ret->blob, sizeof(ret->blob), &ret->blob_len) < 0)
		return "the key is not base64, or too long";
	return check_blob(typed, ret);
}

int public_key_parse(const char *text, struct public_key *ret, const char **ret_why)
{
	size_t len = strlen(text);
	_cleanup_free_ char *line = NULL;
	struct public_key k = { 0 };
	const char *why;

	/* What `cat key.pub` gives ends with a newline. */
	line = strndup(text, len && text[len - 1] == '\n' ? len - 1 : len);
	if (!line)
		return -ENOMEM;
	why = read_line(line, strlen(line), &k);
	if (why) {
		*ret_why = why;
		return -EINVAL;
	}
	*ret = k;
	return 0;
}

int public_key_digest(const struct public_key *k, uint8_t ret[KEY_DIGEST])
{
	return digest_sha256(k->blob, k->blob_len, ret);
}

/* OpenSSH prints it without padding: 43 characters. */
static const char fingerprint_start[] = "SHA256:";
enum { FINGERPRINT_BODY = 43 };

int fingerprint_of_digest(const uint8_t digest[KEY_DIGEST], char ret[64])
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	int r;

	base64_encode(digest, KEY_DIGEST, 0, &text);
	r = buf_error(&text);
	if (r < 0)
		return r;
	(void)snprintf(ret, 64, "%s%.*s", fingerprint_start, FINGERPRINT_BODY, text.data);
	return 0;
}

int public_key_fingerprint(const struct public_key *k, char ret[64])
{
	uint8_t digest[KEY_DIGEST];
	int r = public_key_digest(k, digest);

	return r < 0 ? r : fingerprint_of_digest(digest, ret);
}

int fingerprint_parse(const char *text, uint8_t ret[KEY_DIGEST])
{
	const size_t start = sizeof(fingerprint_start) - 1;
	char padded[FINGERPRINT_BODY + 2];
	uint8_t digest[KEY_DIGEST];
	size_t len = 0;

	if (strncmp(text, fingerprint_start, start) != 0 ||
	    strlen(text + start) != FINGERPRINT_BODY)
		return -EINVAL;
	(void)snprintf(padded, sizeof(padded), "%s=", text + start);
	if (base64_decode(padded, FINGERPRINT_BODY + 1, digest, sizeof(digest), &len) < 0 ||
	    len != sizeof(digest))
		return -EINVAL;
	memcpy(ret, digest, sizeof(digest));
	return 0;
}
