/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Accepting a policy bundle or a revoke document: TUF's rules
 * (https://theupdateframework.github.io/specification/latest/, section 5) for one file. The order
 * matters: nothing is inflated or parsed before enough people have signed it.
 */
#include "bundle/refusal.h"

#include <errno.h>
#include <string.h>

#include "base/rfc3339.h"

/*
 * A version near the end of the numbers would lock out all later ones (TUF: fast-forward attack).
 */
static const uint64_t jump_most = 1000000;
/* Of a first version, which has none before it: as many seconds as 30,000 years have, or milliseconds 30. */
static const uint64_t first_most = 1000000000000;

/* What the host knows, and what it is asked to take. */
struct request {
	const struct trust *trust;
	const char *host;
	int64_t now_ms; /* never before the time floor */
	struct diags *d;
};

static int refuse_type(struct diags *d, enum bundle_type has, enum bundle_type asked)
{
	diag_error(d, bundle_answer_name(BUNDLE_E_TYPE), NOWHERE,
		   has == BUNDLE_ROOT ? "postern trust rotate FILE"
				      : bundle_answer_hint(BUNDLE_E_TYPE),
		   "this is a %s document, not a %s", bundle_type_name(has),
		   asked == BUNDLE_POLICY ? "policy bundle" : "revoke document");
	return BUNDLE_E_TYPE;
}

static int check_signatures(const struct request *q, enum bundle_type type, const uint8_t *bytes,
			    size_t len, struct container *ret)
{
	enum bundle_answer a = container_open(bytes, len, ret);
	struct verify_report report;

	if (a != BUNDLE_OK)
		return refusal_of_container(q->d, a, NULL);
	if (ret->type != type)
		return refuse_type(q->d, ret->type, type);
	a = container_verify(ret, &q->trust->root, &report);
	return a == BUNDLE_OK ? BUNDLE_OK : refusal_of_container(q->d, a, &report);
}

static int check_audience(const struct request *q, const struct bundle *b)
{
	if (bundle_for_host(b, q->host))
		return BUNDLE_OK;
	return refusal(q->d, BUNDLE_E_AUDIENCE, "bundle %s %llu is not for the host \"%s\"",
		       b->name, (unsigned long long)b->version, q->host);
}

/* A version with its content. */
struct edition {
	uint64_t version;
	const char *digest;
};

static struct edition edition_of(const struct bundle *b)
{
	return (struct edition){ b->version, b->digest };
}

static struct edition accepted_policy(const struct trust *t)
{
	return (struct edition){ t->policy_version, t->policy_digest };
}

static bool is_same(struct edition a, struct edition b)
{
	return a.version == b.version && strcmp(a.digest, b.digest) == 0;
}

static int check_version(const struct request *q, struct edition has, struct edition new)
{
	if (new.version < has.version)
		return refusal(q->d, BUNDLE_E_ROLLBACK,
			       "version %llu is older than the accepted version %llu",
			       (unsigned long long)new.version, (unsigned long long)has.version);
	if (new.version == has.version && !is_same(has, new))
		return refusal(q->d, BUNDLE_E_EQUIVOCATION,
			       "version %llu was accepted before with other content",
			       (unsigned long long)new.version);
	if (has.version > 0 && new.version - has.version > jump_most)
		return refusal(q->d, BUNDLE_E_JUMP,
			       "version %llu is more than %llu above the accepted version %llu",
			       (unsigned long long)new.version, (unsigned long long)jump_most,
			       (unsigned long long)has.version);
	if (has.version == 0 && new.version > first_most)
		return refusal(q->d, BUNDLE_E_JUMP,
			       "version %llu is more than a first version may be, %llu",
			       (unsigned long long)new.version, (unsigned long long)first_most);
	return BUNDLE_OK;
}

static int check_time(const struct request *q, const char *what, int64_t not_after_ms)
{
	char end[RFC3339_SIZE] = "?", now[RFC3339_SIZE] = "?";

	if (not_after_ms == 0 || q->now_ms < not_after_ms)
		return BUNDLE_OK;
	(void)rfc3339_format(not_after_ms, end);
	(void)rfc3339_format(q->now_ms, now);
	return refusal(q->d, BUNDLE_E_EXPIRED,
		       "the %s expired at %s; the latest time that this host has known is %s", what,
		       end, now);
}

static int check_bundle(const struct request *q, const struct bundle *b)
{
	const struct edition has = accepted_policy(q->trust), new = edition_of(b);
	int r = check_audience(q, b);

	if (r == BUNDLE_OK)
		r = check_version(q, has, new);
	if (r != BUNDLE_OK || is_same(has, new))
		return r;
	r = check_time(q, "root document", q->trust->root.not_after_ms);
	return r == BUNDLE_OK ? check_time(q, "bundle", b->not_after_ms) : r;
}

static int64_t time_known(const struct trust *t, int64_t now_ms)
{
	return now_ms > t->time_floor_ms ? now_ms : t->time_floor_ms;
}

static void set_next(const struct request *q, const struct bundle *b, struct trust *ret)
{
	*ret = *q->trust;
	ret->policy_version = b->version;
	memcpy(ret->policy_digest, b->digest, sizeof(ret->policy_digest));
	ret->time_floor_ms = q->now_ms;
}

int trust_verify(const struct trust *t, const uint8_t *bytes, size_t len, struct diags *d,
		 struct container *ret)
{
	const struct request q = { .trust = t, .d = d };

	return check_signatures(&q, BUNDLE_POLICY, bytes, len, ret);
}

int trust_judge(const struct trust *t, const struct bundle *b, struct trust_host host,
		struct diags *d, struct trust *ret_next, bool *ret_already)
{
	const struct request q = { t, host.name, time_known(t, host.now_ms), d };
	int r = check_bundle(&q, b);

	if (r != BUNDLE_OK)
		return r;
	*ret_already = is_same(accepted_policy(t), edition_of(b));
	set_next(&q, b, ret_next);
	return BUNDLE_OK;
}

int trust_accept(const struct trust *t, const uint8_t *bytes, size_t len, const char *host,
		 int64_t now_ms, struct diags *d, struct bundle **ret, struct trust *ret_next,
		 bool *ret_already)
{
	_cleanup_bundle_ struct bundle *b = NULL;
	struct container c;
	int r = trust_verify(t, bytes, len, d, &c);

	if (r == BUNDLE_OK)
		r = bundle_parse(c.payload, c.payload_len, d, &b);
	if (r == BUNDLE_OK)
		r = trust_judge(t, b, (struct trust_host){ host, now_ms }, d, ret_next,
				ret_already);
	if (r == BUNDLE_OK)
		*ret = TAKE_PTR(b);
	return r;
}

int trust_readmit(const struct trust *t, const struct bundle *b, const char *host, struct diags *d)
{
	const struct request q = { .trust = t, .host = host, .d = d };

	return check_audience(&q, b);
}

int trust_accept_revocation(const struct trust *t, const uint8_t *bytes, size_t len, int64_t now_ms,
			    struct diags *d, struct revocation **ret, struct trust *ret_next,
			    bool *ret_already)
{
	const struct request q = { .trust = t, .now_ms = time_known(t, now_ms), .d = d };
	const struct edition has = { t->revoke_version, t->revoke_digest };
	_cleanup_revocation_ struct revocation *revoked = NULL;
	struct edition new;
	struct container c;
	int r = check_signatures(&q, BUNDLE_REVOKE, bytes, len, &c);

	if (r == BUNDLE_OK)
		r = revocation_parse(c.payload, c.payload_len, d, &revoked);
	if (r != BUNDLE_OK)
		return r;
	new = (struct edition){ revoked->version, revoked->digest };
	r = check_version(&q, has, new);
	if (r != BUNDLE_OK)
		return r;
	*ret_already = is_same(has, new);
	*ret_next = *t;
	ret_next->revoke_version = revoked->version;
	memcpy(ret_next->revoke_digest, revoked->digest, sizeof(ret_next->revoke_digest));
	ret_next->time_floor_ms = q.now_ms;
	*ret = TAKE_PTR(revoked);
	return BUNDLE_OK;
}
