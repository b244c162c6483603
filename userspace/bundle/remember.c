/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writing down what was accepted. What is on the disk is read again and joined, each part taking its
 * later version: whoever stores what he computed before somebody else stored can undo nothing.
 */
#include "bundle/bundle.h"

#include <errno.h>
#include <string.h>

#include "bundle/state.h"

/* A version with the digest of its content, as it is in the state. */
struct accepted {
	uint64_t *version;
	char *digest;
};

/* 0, or -EEXIST when the same version was accepted with other content. */
static int join(struct accepted on_disk, uint64_t version, const char digest[65])
{
	if (version < *on_disk.version)
		return 0;
	if (version == *on_disk.version)
		return strcmp(digest, on_disk.digest) == 0 ? 0 : -EEXIST;
	*on_disk.version = version;
	memcpy(on_disk.digest, digest, 65);
	return 0;
}

static int join_documents(struct remembered *state, const struct trust *t)
{
	const struct accepted policy = { &state->policy_version, state->policy_digest };
	const struct accepted revoke = { &state->revoke_version, state->revoke_digest };
	int r = join(policy, t->policy_version, t->policy_digest);

	if (r == 0)
		r = join(revoke, t->revoke_version, t->revoke_digest);
	if (t->time_floor_ms > state->time_floor_ms)
		state->time_floor_ms = t->time_floor_ms;
	return r;
}

/* 0, -ENOENT, -EBADMSG when it cannot be read, or -ENOMEM. */
static int load(const char *dir, struct remembered *ret)
{
	_cleanup_diags_ struct diags unsaid = DIAGS_INIT; /* trust_load() says it next time */
	int r = state_load(dir, &unsaid, ret);

	return r > 0 ? -EBADMSG : r;
}

int state_store(const char *dir, const struct remembered *state)
{
	_cleanup_free_ char *text = state_text(state);

	return text ? state_write(dir, TRUST_FILE, text, strlen(text)) : -ENOMEM;
}

int trust_store(const char *dir, const struct trust *t)
{
	struct remembered state;
	int r = load(dir, &state);

	if (r == 0)
		r = join_documents(&state, t);
	return r < 0 ? r : state_store(dir, &state);
}

/* The last step of a rotation that was cut off: nothing may be put in the place of its file before. */
static int finish_last(const char *dir, const struct remembered *state)
{
	_cleanup_diags_ struct diags unsaid = DIAGS_INIT;
	_cleanup_free_ struct root *root = calloc(1, sizeof(*root));
	_cleanup_free_ char *bytes = NULL;
	char digest[65];
	size_t len;
	int r = root ? state_read(dir, NEXT_ROOT_FILE, &bytes, &len) : -ENOMEM;

	if (r < 0)
		return r == -ENOENT ? 0 : r;
	if (root_open((const uint8_t *)bytes, len, &unsaid, root, digest) != BUNDLE_OK ||
	    strcmp(digest, state->root_digest) != 0)
		return 0;
	return state_move(dir, NEXT_ROOT_FILE, ROOT_FILE);
}

/*
 * A crash after the first step leaves a file that nobody asks about; after the second, trust.json names
 * what is in that file, where it is looked for.
 */
static int rotate(const char *dir, struct remembered *state, const struct trust *t,
		  const struct signed_file *f)
{
	int r = state_write(dir, NEXT_ROOT_FILE, f->bytes, f->len);

	if (r < 0)
		return r;
	state->root_version = t->root.version;
	memcpy(state->root_digest, t->root_digest, sizeof(state->root_digest));
	if (t->time_floor_ms > state->time_floor_ms)
		state->time_floor_ms = t->time_floor_ms;
	r = state_store(dir, state);
	return r < 0 ? r : state_move(dir, NEXT_ROOT_FILE, ROOT_FILE);
}

int trust_store_root(const char *dir, const struct trust *t, const struct signed_file *f)
{
	struct remembered state;
	int r = load(dir, &state);

	if (r == 0)
		r = finish_last(dir, &state);
	if (r < 0)
		return r;
	if (t->root.version < state.root_version)
		return -EEXIST;
	if (t->root.version == state.root_version)
		return strcmp(t->root_digest, state.root_digest) == 0 ? 0 : -EEXIST;
	return rotate(dir, &state, t, f);
}
