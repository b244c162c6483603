/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a host remembers across restarts. Where it is missing or damaged nothing is accepted: a host
 * that forgot what it had accepted would take an old bundle for a new one.
 */
#include "bundle/refusal.h"

#include <errno.h>
#include <string.h>

#include "bundle/state.h"

int state_unreadable(struct diags *d, const char *dir, const char *name, int error)
{
	if (error == -ENOMEM)
		return error;
	if (error == -EPERM) {
		diag_error(
			d, bundle_answer_name(BUNDLE_E_TRUST), NOWHERE,
			"look who did that; chown root and chmod go-w, the directory and what is in it",
			"others than root can write %s/%s, and so it proves nothing", dir, name);
		return BUNDLE_E_TRUST;
	}
	return refusal(d, BUNDLE_E_TRUST, "cannot read %s/%s: %s", dir, name, strerror(-error));
}

int state_load(const char *dir, struct diags *d, struct remembered *ret)
{
	_cleanup_free_ char *text = NULL;
	size_t len = 0;
	int r = state_read(dir, TRUST_FILE, &text, &len);

	if (r == -ENOENT)
		return r;
	if (r < 0)
		return state_unreadable(d, dir, TRUST_FILE, r);
	r = state_parse(text, len, d, ret);
	if (r == -EBADMSG)
		return refusal(d, BUNDLE_E_TRUST, "%s/%s is damaged", dir, TRUST_FILE);
	return r;
}

/* One file with a root document, with the same answers. */
static int open_root(const char *dir, const char *name, struct diags *d, struct root *ret,
		     char ret_digest[65])
{
	_cleanup_free_ char *bytes = NULL;
	size_t len = 0;
	int r = state_read(dir, name, &bytes, &len);

	if (r == -ENOENT)
		return r;
	if (r < 0)
		return state_unreadable(d, dir, name, r);
	r = root_open((const uint8_t *)bytes, len, d, ret, ret_digest);
	if (r > 0)
		return refusal(d, BUNDLE_E_TRUST, "%s/%s is damaged", dir, name);
	return r;
}

static bool is_named(const struct remembered *state, const struct root *root, const char *digest)
{
	return strcmp(state->root_digest, digest) == 0 && state->root_version == root->version;
}

int state_load_root(const char *dir, struct diags *d, const struct remembered *state,
		    struct root *ret, char ret_digest[65])
{
	_cleanup_diags_ struct diags unsaid = DIAGS_INIT; /* without it root.postern is to blame */
	_cleanup_free_ struct root *root = calloc(1, sizeof(*root));
	char digest[65];
	int r;

	if (!root)
		return -ENOMEM;
	if (state && open_root(dir, NEXT_ROOT_FILE, &unsaid, root, digest) == BUNDLE_OK &&
	    is_named(state, root, digest)) {
		r = BUNDLE_OK;
	} else {
		r = open_root(dir, ROOT_FILE, d, root, digest);
		if (r == BUNDLE_OK && state && !is_named(state, root, digest))
			r = refusal(d, BUNDLE_E_TRUST, "%s/%s and %s/%s do not belong together",
				    dir, TRUST_FILE, dir, ROOT_FILE);
	}
	if (r == BUNDLE_OK) {
		*ret = *root;
		memcpy(ret_digest, digest, sizeof(digest));
	}
	return r;
}

static void take_state(const struct remembered *state, struct trust *trust)
{
	trust->policy_version = state->policy_version;
	memcpy(trust->policy_digest, state->policy_digest, sizeof(trust->policy_digest));
	trust->revoke_version = state->revoke_version;
	memcpy(trust->revoke_digest, state->revoke_digest, sizeof(trust->revoke_digest));
	trust->time_floor_ms = state->time_floor_ms;
}

static int load(const char *dir, struct diags *d, struct trust *trust)
{
	struct remembered state = { 0 };
	int r = state_load(dir, d, &state), root;

	if (r != 0 && r != -ENOENT)
		return r;
	root = state_load_root(dir, d, r == 0 ? &state : NULL, &trust->root, trust->root_digest);
	if (root != 0 && root != -ENOENT)
		return root;
	if (r == -ENOENT && root == -ENOENT)
		return refusal(d, BUNDLE_E_TRUST, "this host has no root document in %s", dir);
	if (r == -ENOENT || root == -ENOENT)
		return refusal(d, BUNDLE_E_TRUST, "%s/%s is missing", dir,
			       r == -ENOENT ? TRUST_FILE : ROOT_FILE);
	take_state(&state, trust);
	return BUNDLE_OK;
}

int trust_load(const char *dir, struct diags *d, struct trust *ret)
{
	_cleanup_diags_ struct diags unsaid = DIAGS_INIT;
	_cleanup_free_ struct trust *trust = calloc(1, sizeof(*trust));
	int r;

	if (!trust)
		return -ENOMEM;
	/* Who reads without the lock can meet a rotation between its two files: once more, then. */
	r = load(dir, &unsaid, trust);
	if (r == BUNDLE_E_TRUST)
		r = load(dir, d, trust);
	if (r == BUNDLE_OK)
		*ret = *trust;
	return r;
}
