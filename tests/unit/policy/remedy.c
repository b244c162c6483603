/* SPDX-License-Identifier: BSD-2-Clause */
/* The one phrase that a denial comes with: what would take it away, and silence where nothing would. */
#include "world.h"

static const char *hint(const char *attribute)
{
	return strcmp(attribute, "secureBoot") == 0 ? "turn it on" : NULL;
}

#define PERMIT(conditions)                                                                         \
	"@id(\"p\") permit(principal, action == Action::\"connect\", resource) " conditions ";"
#define FORBID(conditions)                                                                         \
	"@id(\"a\") @essential permit(principal, action in Action::\"egress\", resource);"         \
	"@id(\"f\") forbid(principal, action in Action::\"egress\", resource) " conditions ";"

/* Alice's context; the proof is two hours old, it is Monday 00:00 of 2024. */
static const struct {
	const char *policies, *remedy;
} rows[] = {
	/* sessions */
	{ PERMIT("when { context.session.mfaAge <= duration(\"1h30m\") }"),
	  "proof is 2h old, limit 1h30m: run postern login" },
	{ PERMIT("when { duration(\"1h\") > context.session.mfaAge }"),
	  "proof is 2h old, limit 1h: run postern login" },
	{ PERMIT("when { context.session.verified }"),
	  "needs a PIN or biometric: postern login --verify" },
	{ PERMIT("unless { !context.session.verified }"),
	  "needs a PIN or biometric: postern login --verify" },
	{ PERMIT("when { context.session.interactive }"),
	  "not in a session that somebody logged into: log in again, with the PAM helper" },
	{ PERMIT("when { principal in Team::\"ops\" }"),
	  "identity alice is proven, needs team ops" },
	{ "@id(\"p\") permit(principal in Team::\"ops\", action == Action::\"connect\", resource);",
	  "identity alice is proven, needs team ops" },
	{ FORBID("unless { context.session.mfaAge < duration(\"10m\") }"),
	  "proof is 2h old, limit 10m: run postern login" },
	{ FORBID("when { !context.session.verified }"),
	  "needs a PIN or biometric: postern login --verify" },
	/* devices */
	{ PERMIT("when { context.device.secureBoot }"), "device: secureBoot is false: turn it on" },
	{ PERMIT("when { context.device.tpm2 }"), "device: tpm2 is false: see postern posture" },
	{ PERMIT("when { context.device.updatesAge < duration(\"14d\") }"),
	  "device: updatesAge is not known, limit 14d: see postern posture" },
	{ PERMIT("when { context.device.custom.contains(\"edr\") }"),
	  "device: custom fact \"edr\" does not hold: see postern posture" },
	{ FORBID("when { context.device.custom.contains(\"av\") }"),
	  "device: custom fact \"av\" holds: see postern posture" },
	/* time */
	{ PERMIT("when { context.local.time >= duration(\"8h\") && context.local.time < duration(\"18h\") }"),
	  "outside 08:00–18:00 local" },
	{ FORBID("when { context.local.time < duration(\"8h30m\") || context.local.time > duration(\"18h\") }"),
	  "outside 08:30–18:00 local" },
	{ PERMIT("when { context.local.time > duration(\"6h\") }"), "before 06:00 local" },
	{ PERMIT("when { context.now.toTime() >= duration(\"1h\") }"), "before 01:00 UTC" },
	{ PERMIT("when { context.local.weekday > 5 }"),
	  "it is Monday, needs context.local.weekday > 5" },
	{ PERMIT("when { context.now >= datetime(\"2025-01-01\") }"),
	  "not before 2025-01-01T00:00:00Z" },
	{ "@expires(\"2023-06-01\") " PERMIT(""), "expired at 2023-06-01T00:00:00Z" },
	{ "@advice(\"see the wiki\") " PERMIT("when { context.session.verified }"),
	  "needs a PIN or biometric: postern login --verify; see the wiki" },
	/* the permit that only a proof keeps away is nearer than one for others */
	{ "@id(\"a\") permit(principal in User::\"bob\", action == Action::\"connect\", resource);"
	  "@id(\"b\") permit(principal in User::\"alice\", action == Action::\"connect\", resource) "
	  "when { context.session.verified && context.device.tpm2 };",
	  "needs a PIN or biometric: postern login --verify" },
	{ PERMIT("when { if principal.uid == 0 then true else context.device.tpm2 }"),
	  "device: tpm2 is false: see postern posture" },
	/* nothing to be done */
	{ PERMIT("when { context.session.verified && resource.port == 1 }"), "" },
	{ PERMIT("when { principal in User::\"bob\" }"), "" },
	{ PERMIT("unless { context.session.mfa }"), "" },
	{ PERMIT("when { context.session.mfa }"), "" },
	{ FORBID("when { resource.port == 5432 }"), "" },
	{ FORBID("when { principal in Identity::\"alice\" }"), "" },
	{ "", "" },
};

static void remedy(struct world *w, const char *policies, struct request *req, struct buf *out)
{
	struct source src = { "p.cedar", policies, strlen(policies) };
	_cleanup_policy_views_ struct policy_views *views = NULL;
	_cleanup_policy_set_ struct policy_set *set = NULL;
	_cleanup_diags_ struct diags d = DIAGS_INIT;

	assert_int_equal(policy_set_new(&set), 0);
	if (policy_parse(set, &src, &d) < 0 || policy_check(set, w->entities, &d) < 0)
		fail_msg("%s: %s", policies, d.items[0].text);
	assert_int_equal(policy_views_make(set, w->entities, &ROLLOUT_ENFORCED, &d, &views), 0);
	buf_puts(out, "");
	assert_int_equal(policy_remedy(views, req, hint, out), 0);
}

static void says_what_would_help(void **state)
{
	struct world *w = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		_cleanup_buf_ struct buf out = BUF_INIT;

		remedy(w, rows[i].policies, &w->request, &out);
		if (strcmp(out.data, rows[i].remedy) != 0)
			fail_msg("%s: \"%s\", want \"%s\"", rows[i].policies, out.data,
				 rows[i].remedy);
	}
}

static void without_a_proof_it_says_so(void **state)
{
	static const struct {
		const char *policies, *remedy;
	} unproven[] = {
		{ PERMIT("when { context.session.mfa }"),
		  "no proof in this login session: run postern login" },
		{ PERMIT("when { context.session.mfaAge < duration(\"8h\") }"),
		  "no proof in this login session: run postern login" },
		{ PERMIT("when { principal in [Team::\"dba\", Team::\"ops\"] }"),
		  "nobody is proven, needs team dba or team ops: run postern login" },
		{ PERMIT("when { principal in Identity::\"alice\" }"),
		  "nobody is proven, needs identity alice: run postern login" },
	};
	struct world *w = *state;
	struct request req = w->request;

	req.principal.identity = (struct text){ "", 0 };
	req.context.mfa = false;
	req.context.mfa_age_ms = POSTERN_DURATION_WORST;
	for (size_t i = 0; i < COUNT(unproven); i++) {
		_cleanup_buf_ struct buf out = BUF_INIT;

		remedy(w, unproven[i].policies, &req, &out);
		assert_string_equal(out.data, unproven[i].remedy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_what_would_help),
		cmocka_unit_test(without_a_proof_it_says_so),
	};

	return cmocka_run_group_tests(tests, make, release);
}
