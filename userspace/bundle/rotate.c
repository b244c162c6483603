/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From one root document to the next (TUF, 5.3): each must be signed as the one before it demands and
 * as it demands itself, and be exactly one version later, so that no step can be left out. Only the
 * last of several need be in its time: a host that was away for long gets all of them at once.
 */
#include "bundle/refusal.h"

#include <errno.h>
#include <string.h>

#include "base/rfc3339.h"

static int check_signatures(const struct container *c, const struct root *judge, struct diags *d)
{
	struct verify_report report;
	enum bundle_answer a = container_verify(c, judge, &report);

	return a == BUNDLE_OK ? BUNDLE_OK : refusal_of_container(d, a, &report);
}

static void say_judge(struct diags *d, const char *whose, uint64_t version)
{
	diag_add(d, DIAG_NOTE, "root-judge", NOWHERE, NULL,
		 "that is what the role root of %s, version %llu, demands", whose,
		 (unsigned long long)version);
}

static int check_version(const struct trust *t, const struct root *next, struct diags *d)
{
	const unsigned long long has = t->root.version, new = next->version;

	if (new < has)
		return refusal(d, BUNDLE_E_ROLLBACK,
			       "root document %llu is older than the version %llu in force", new,
			       has);
	if (new == has)
		return refusal(d, BUNDLE_E_EQUIVOCATION,
			       "root document %llu is in force with other content", new);
	if (new > has + 1)
		return refusal(d, BUNDLE_E_GAP,
			       "version %llu does not follow the version %llu in force", new, has);
	return BUNDLE_OK;
}

/* One step: *t becomes what it is after it. */
static int step(struct trust *t, const struct container *c, const char digest[65], struct diags *d)
{
	_cleanup_free_ struct root *next = calloc(1, sizeof(*next));
	int r;

	if (!next)
		return -ENOMEM;
	r = check_signatures(c, &t->root, d);
	if (r > 0)
		say_judge(d, "the document in force", t->root.version);
	if (r == BUNDLE_OK)
		r = root_parse((const char *)c->payload, c->payload_len, d, next);
	if (r != BUNDLE_OK)
		return r == -EBADMSG ? BUNDLE_E_PAYLOAD : r;
	r = check_signatures(c, next, d);
	if (r > 0)
		say_judge(d, "the new document", next->version);
	if (r == BUNDLE_OK)
		r = check_version(t, next, d);
	if (r != BUNDLE_OK)
		return r;
	t->root = *next;
	memcpy(t->root_digest, digest, sizeof(t->root_digest));
	return BUNDLE_OK;
}

static int take(struct trust *t, const struct signed_file *f, struct diags *d)
{
	struct container c;
	char digest[65];
	int r = root_container(f->bytes, f->len, d, &c);

	if (r != BUNDLE_OK)
		return r;
	r = digest_hex(c.payload, c.payload_len, digest);
	if (r < 0)
		return r;
	return strcmp(digest, t->root_digest) == 0 ? BUNDLE_OK : step(t, &c, digest, d);
}

static int check_time(const struct trust *t, struct diags *d)
{
	char end[RFC3339_SIZE] = "?", now[RFC3339_SIZE] = "?";

	if (t->root.not_after_ms == 0 || t->time_floor_ms < t->root.not_after_ms)
		return BUNDLE_OK;
	(void)rfc3339_format(t->root.not_after_ms, end);
	(void)rfc3339_format(t->time_floor_ms, now);
	return refusal(d, BUNDLE_E_EXPIRED,
		       "the root document %llu expired at %s; the latest time that this host has "
		       "known is %s",
		       (unsigned long long)t->root.version, end, now);
}

int trust_accept_roots(const struct trust *t, const struct signed_file *files, size_t n,
		       int64_t now_ms, struct diags *d, struct trust *ret_next, bool *ret_already)
{
	_cleanup_free_ struct trust *next = malloc(sizeof(*next));
	int r = BUNDLE_OK;

	if (!next)
		return -ENOMEM;
	*next = *t;
	for (size_t i = 0; i < n && r == BUNDLE_OK; i++)
		r = take(next, &files[i], d);
	if (r != BUNDLE_OK)
		return r;
	if (next->root.version == t->root.version) {
		*ret_already = true;
		*ret_next = *t;
		return BUNDLE_OK;
	}
	next->time_floor_ms = now_ms > t->time_floor_ms ? now_ms : t->time_floor_ms;
	r = check_time(next, d);
	if (r != BUNDLE_OK)
		return r;
	*ret_already = false;
	*ret_next = *next;
	return BUNDLE_OK;
}
