/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a host remembers across restarts. Where it is missing or damaged nothing is accepted: a host
 * that forgot what it had accepted would take an old bundle for a new one.
 */
#include "bundle/refusal.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "bundle/state.h"

static int unreadable(struct diags *d, const char *dir, const char *name, int r)
{
	if (r == -ENOMEM)
		return r;
	return refusal(d, BUNDLE_E_TRUST, "cannot read %s/%s: %s", dir, name, strerror(-r));
}

/* DIR/trust.json. BUNDLE_OK, -ENOENT without diags, BUNDLE_E_TRUST with, or -ENOMEM. */
static int load_state(const char *dir, struct diags *d, struct remembered *ret)
{
	_cleanup_free_ char *text = NULL;
	size_t len = 0;
	int r = state_read(dir, TRUST_FILE, &text, &len);

	if (r == -ENOENT)
		return r;
	if (r < 0)
		return unreadable(d, dir, TRUST_FILE, r);
	r = state_parse(text, len, d, ret);
	if (r == -EBADMSG)
		return refusal(d, BUNDLE_E_TRUST, "%s/%s is damaged", dir, TRUST_FILE);
	return r;
}

static int has_root(struct diags *d, const char *dir)
{
	diag_error(d, "trust", NOWHERE,
		   "keep it; to start anew, remove the state directory with all it remembers",
		   "%s already has a root document, which is never replaced", dir);
	return BUNDLE_E_TRUST;
}

/* DIR/root.postern, with the same answers. */
static int load_root(const char *dir, struct diags *d, struct root *ret, char ret_digest[65])
{
	_cleanup_free_ char *bytes = NULL;
	size_t len = 0;
	int r = state_read(dir, ROOT_FILE, &bytes, &len);

	if (r == -ENOENT)
		return r;
	if (r < 0)
		return unreadable(d, dir, ROOT_FILE, r);
	r = root_open((const uint8_t *)bytes, len, d, ret, ret_digest);
	if (r > 0)
		return refusal(d, BUNDLE_E_TRUST, "%s/%s is damaged", dir, ROOT_FILE);
	return r;
}

static int join(const char *dir, struct diags *d, const struct remembered *state,
		struct trust *trust)
{
	if (strcmp(state->root_digest, trust->root_digest) != 0 ||
	    state->root_version != trust->root.version)
		return refusal(d, BUNDLE_E_TRUST, "%s/%s and %s/%s do not belong together", dir,
			       TRUST_FILE, dir, ROOT_FILE);
	trust->policy_version = state->policy_version;
	memcpy(trust->policy_digest, state->policy_digest, sizeof(trust->policy_digest));
	trust->revoke_version = state->revoke_version;
	memcpy(trust->revoke_digest, state->revoke_digest, sizeof(trust->revoke_digest));
	trust->time_floor_ms = state->time_floor_ms;
	return BUNDLE_OK;
}

int trust_load(const char *dir, struct diags *d, struct trust *ret)
{
	_cleanup_free_ struct trust *trust = calloc(1, sizeof(*trust));
	struct remembered state = { 0 };
	int r, root;

	if (!trust)
		return -ENOMEM;
	r = load_state(dir, d, &state);
	if (r != 0 && r != -ENOENT)
		return r;
	root = load_root(dir, d, &trust->root, trust->root_digest);
	if (root != 0 && root != -ENOENT)
		return root;
	if (r == -ENOENT && root == -ENOENT)
		return refusal(d, BUNDLE_E_TRUST, "this host has no root document in %s", dir);
	if (r == -ENOENT || root == -ENOENT)
		return refusal(d, BUNDLE_E_TRUST, "%s/%s is missing", dir,
			       r == -ENOENT ? TRUST_FILE : ROOT_FILE);
	r = join(dir, d, &state, trust);
	if (r == BUNDLE_OK)
		*ret = *trust;
	return r;
}

static int store_state(const char *dir, const struct remembered *state)
{
	_cleanup_free_ char *text = state_text(state);

	return text ? state_write(dir, TRUST_FILE, text, strlen(text)) : -ENOMEM;
}

int trust_store(const char *dir, const struct trust *t)
{
	struct remembered state = {
		.root_version = t->root.version,
		.policy_version = t->policy_version,
		.revoke_version = t->revoke_version,
		.time_floor_ms = t->time_floor_ms,
	};

	memcpy(state.root_digest, t->root_digest, sizeof(state.root_digest));
	memcpy(state.policy_digest, t->policy_digest, sizeof(state.policy_digest));
	memcpy(state.revoke_digest, t->revoke_digest, sizeof(state.revoke_digest));
	return store_state(dir, &state);
}

static int unwritable(struct diags *d, const char *dir, const char *name, int r)
{
	diag_error(d, "trust-write", NOWHERE, "make room, or run it as the owner of the directory",
		   "cannot write %s/%s: %s", dir, name, strerror(-r));
	return r;
}

/* A trust.json without a root document: it may only be completed by the root that it names. */
static int check_left_over(const char *dir, struct diags *d, const char digest[65])
{
	struct remembered left;
	int r = load_state(dir, d, &left);

	if (r != 0)
		return r;
	if (strcmp(left.root_digest, digest) != 0)
		return refusal(d, BUNDLE_E_TRUST, "%s/%s is of another root document", dir,
			       TRUST_FILE);
	return BUNDLE_OK;
}

/*
 * -ENOENT: nothing is there. BUNDLE_OK: a trust.json that this root completes. Else an answer, or
 * -errno.
 */
static int check_vacant(const char *dir, struct diags *d, const char digest[65])
{
	_cleanup_free_ char *bytes = NULL;
	size_t len = 0;
	int r = state_read(dir, ROOT_FILE, &bytes, &len);

	if (r < 0 && r != -ENOENT)
		return unreadable(d, dir, ROOT_FILE, r);
	if (r == 0)
		return has_root(d, dir);
	return check_left_over(dir, d, digest);
}

int trust_init(const char *dir, const uint8_t *bytes, size_t len, struct diags *d)
{
	struct remembered state = { .time_floor_ms = clock_real_ms() };
	_cleanup_free_ struct root *root = calloc(1, sizeof(*root));
	int r;

	if (!root)
		return -ENOMEM;
	r = root_open(bytes, len, d, root, state.root_digest);
	if (r != BUNDLE_OK)
		return r;
	if (root->not_after_ms && root->not_after_ms <= state.time_floor_ms)
		return refusal(d, BUNDLE_E_EXPIRED, "the root document has expired");
	r = dir_make(dir, 0700);
	if (r < 0)
		return unwritable(d, dir, TRUST_FILE, r);
	state.root_version = root->version;
	r = check_vacant(dir, d, state.root_digest);
	/* trust.json first: a crash in between leaves what the next run completes. */
	if (r == -ENOENT) {
		r = store_state(dir, &state);
		if (r < 0)
			return unwritable(d, dir, TRUST_FILE, r);
	}
	if (r != 0)
		return r;
	r = state_write(dir, ROOT_FILE, bytes, len);
	return r < 0 ? unwritable(d, dir, ROOT_FILE, r) : BUNDLE_OK;
}
