/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Making SSH signatures with ssh-ed25519: byte for byte what `ssh-keygen -Y sign` makes, since
 * Ed25519 has no chance in it.
 */
#include "bundle/sign.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/base64.h"
#include "bundle/bundle.h"
#include "bundle/sshsig.h"

enum { KEY_FILE_MAX = 64 << 10 };

static const struct slice sha512 = { (const uint8_t *)"sha512", 6 };

static int sign_bytes(const struct sign_key *k, const struct buf *bytes,
		      uint8_t ret[ED25519_SIGNATURE_LEN])
{
	EVP_PKEY *key =
		EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, k->seed, sizeof(k->seed));
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t n = ED25519_SIGNATURE_LEN;
	bool made = key && ctx && EVP_DigestSignInit(ctx, NULL, NULL, NULL, key) == 1 &&
		    EVP_DigestSign(ctx, ret, &n, (const uint8_t *)bytes->data, bytes->len) == 1 &&
		    n == ED25519_SIGNATURE_LEN;

	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
	return made ? 0 : -EIO;
}

/* string( string "ssh-ed25519", string `bytes` ): both a public key and a signature look so. */
static void put_typed(const void *bytes, size_t n, struct buf *out)
{
	const char *type = key_type_ed25519.name;

	ssh_put_u32(out, (uint32_t)(4 + strlen(type) + 4 + n));
	ssh_put_string(out, type, strlen(type));
	ssh_put_string(out, bytes, n);
}

static void put_blob(const struct sign_key *k, const char *name_space, const uint8_t *signature,
		     struct buf *out)
{
	buf_puts(out, "SSHSIG");
	ssh_put_u32(out, SSHSIG_VERSION);
	put_typed(k->public_key, sizeof(k->public_key), out);
	ssh_put_string(out, name_space, strlen(name_space));
	ssh_put_string(out, "", 0);
	ssh_put_string(out, sha512.p, sha512.n);
	put_typed(signature, ED25519_SIGNATURE_LEN, out);
}

int bundle_sign_message(const struct sign_key *k, const char *name_space, struct slice message,
			struct buf *out)
{
	_cleanup_buf_ struct buf covered = BUF_INIT, blob = BUF_INIT;
	struct message m = { .bytes = message };
	uint8_t signature[ED25519_SIGNATURE_LEN];
	struct slice digest;
	int r;

	if (!message_digest(&m, sha512, &digest))
		return -EIO;
	sshsig_put_signed(name_space, sha512, digest, &covered);
	r = buf_error(&covered);
	if (r == 0)
		r = sign_bytes(k, &covered, signature);
	if (r < 0)
		return r;
	put_blob(k, name_space, signature, &blob);
	if (buf_error(&blob) < 0)
		return -ENOMEM;
	buf_puts(out, ARMOR_BEGIN);
	base64_encode(blob.data, blob.len, ARMOR_WIDTH, out);
	buf_puts(out, ARMOR_END);
	return buf_error(out);
}

static int refuse(const char *path, struct diags *d, const char *hint, const char *why)
{
	const struct source place = { .name = path };

	diag_error(d, "sign-key", ((struct span){ .src = &place }), hint, "%s", why);
	return -EINVAL;
}

/* As ssh does: a key that others can read is not a secret. */
static int open_key(const char *path, struct diags *d)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0) {
		int r = -errno;

		(void)refuse(
			path, d,
			"give the file of your private key, or make one: ssh-keygen -t ed25519",
			strerror(-r));
		return r;
	}
	if (S_ISREG(st.st_mode) && st.st_uid == geteuid() && (st.st_mode & 077))
		return refuse(path, d, "chmod 600 it; if others may have read it, make a new key",
			      "other users can read this private key");
	return TAKE_FD(fd);
}

static int load_key(const char *path, struct diags *d, struct sign_key *ret)
{
	_cleanup_close_ int fd = open_key(path, d);
	const char *why = NULL;
	char *text = NULL;
	size_t len = 0;
	int r;

	if (fd < 0)
		return fd;
	r = file_read_fd(fd, KEY_FILE_MAX, &text, &len);
	if (r == -ENOMEM)
		return r;
	if (r < 0)
		return refuse(path, d, "give the file of your private key", strerror(-r));
	why = bundle_sign_key_parse(text, len, ret);
	OPENSSL_cleanse(text, len);
	free(text);
	if (!why)
		return 0;
	return refuse(path, d,
		      "sign with ssh-keygen -Y sign, then postern sign FILE --signature SIG", why);
}

int bundle_sign_with_file(const char *key_path, const char *name_space, const void *message,
			  size_t len, struct diags *d, struct buf *out)
{
	_cleanup_(bundle_sign_key_wipe) struct sign_key key = { 0 };
	int r = load_key(key_path, d, &key);

	if (r < 0)
		return r;
	return bundle_sign_message(&key, name_space, (struct slice){ message, len }, out);
}
