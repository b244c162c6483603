/* SPDX-License-Identifier: BSD-2-Clause */
/* The rewrite of policies by phases: what each condition becomes, by its class, its polarity and its policy's effect. */
#include "world.h"

/* Phases in three letters: identity, device, network; e, o or -. */
static struct postern_phases phases_of(const char *word)
{
	enum postern_phase p[3];

	for (size_t i = 0; i < 3; i++)
		p[i] = word[i] == 'e'	? POSTERN_PHASE_ENFORCE
		       : word[i] == 'o' ? POSTERN_PHASE_OBSERVE
					: POSTERN_PHASE_OFF;
	return (struct postern_phases){ p[0], p[1], p[2] };
}

/* A view of policies, each in one line, in a buffer of its own. */
static int view_of(struct world *w, const char *policies, const struct rollout *how,
		   enum policy_view view, struct buf *out)
{
	struct source src = { "p.cedar", policies, strlen(policies) };
	_cleanup_policy_views_ struct policy_views *views = NULL;
	_cleanup_policy_set_ struct policy_set *set = NULL;
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_buf_ struct buf text = BUF_INIT;
	bool gap = false;
	int r;

	assert_int_equal(policy_set_new(&set), 0);
	if (policy_parse(set, &src, &d) < 0 || policy_check(set, w->entities, &d) < 0)
		fail_msg("%s: %s", policies, d.items[0].text);
	r = policy_views_make(set, w->entities, how, &d, &views);
	if (r < 0)
		return r;
	buf_puts(out, "");
	policy_views_print(views, view, &text);
	for (size_t i = 0; i < text.len; i++) {
		bool space = text.data[i] == ' ' || text.data[i] == '\n';

		if (gap && !space && out->len)
			buf_putc(out, ' ');
		if (!space)
			buf_putc(out, text.data[i]);
		gap = space;
	}
	return 0;
}

#define P(conditions)                                                                              \
	"@id(\"p\") permit(principal, action == Action::\"connect\", resource) " conditions ";"
#define F(conditions)                                                                              \
	"@id(\"f\") forbid(principal, action == Action::\"connect\", resource) " conditions ";"
#define P_IS(conditions)                                                                           \
	"@id(\"p\") permit ( principal, action == Action::\"connect\", resource )" conditions ";"
#define F_IS(conditions)                                                                           \
	"@id(\"f\") forbid ( principal, action == Action::\"connect\", resource )" conditions ";"
#define MFA "context.session.mfa"
#define TPM "context.device.tpm2"
#define ROOT "principal.uid == 0"

static const struct {
	const char *policy, *phases, *enforced;
} rows[] = {
	/* in force, nothing changes */
	{ P("when { " MFA " && " TPM " }"), "eee", P_IS(" when { " MFA " && " TPM " }") },
	{ F("when { if " MFA " then " TPM " else " ROOT " }"), "eee",
	  F_IS(" when { if " MFA " then " TPM " else " ROOT " }") },
	/* classes */
	{ P("when { " MFA " && " TPM " && " ROOT " }"), "-ee",
	  P_IS(" when { " TPM " && " ROOT " }") },
	{ P("when { " MFA " && " TPM " && " ROOT " }"), "e-e",
	  P_IS(" when { " MFA " && " ROOT " }") },
	{ P("when { " MFA " && " TPM " && " ROOT " }"), "ooe", P_IS(" when { " ROOT " }") },
	{ P("when { context.now < datetime(\"2030-01-01\") && context.local.weekday < 6 }"), "--e",
	  P_IS(" when { context.now < datetime(\"2030-01-01\") && context.local.weekday < 6 }") },
	{ P("when { context.session.mfaAge <= duration(\"8h\") && context.device.custom.contains(\"av\") }"),
	  "--e", P_IS("") },
	/* what the schema alone answers is of no class */
	{ P("when { context has session && " ROOT " }"), "--e",
	  P_IS(" when { context has session && " ROOT " }") },
	/* polarity, in a permit */
	{ P("when { !(" MFA ") || " ROOT " }"), "-ee", P_IS("") },
	{ P("when { !(!(" MFA ")) && " ROOT " }"), "-ee", P_IS(" when { " ROOT " }") },
	{ P("unless { " MFA " && " ROOT " }"), "-ee", P_IS("") },
	{ P("unless { " MFA " || " ROOT " }"), "-ee", P_IS(" unless { " ROOT " }") },
	{ P("unless { !" TPM " || " ROOT " }"), "e-e", P_IS(" unless { " ROOT " }") },
	/* and in a forbid, the reverse */
	{ F("when { " MFA " || " ROOT " }"), "-ee", F_IS(" when { " ROOT " }") },
	{ F("when { " MFA " && " ROOT " }"), "-ee", F_IS(" when { false }") },
	{ F("when { !" MFA " && " ROOT " }"), "-ee", F_IS(" when { false }") },
	{ F("unless { " MFA " }"), "-ee", F_IS(" unless { true }") },
	{ F("unless { " MFA " || " ROOT " }"), "oee", F_IS(" unless { true }") },
	{ F("unless { " MFA " && " ROOT " }"), "-ee", F_IS(" unless { " ROOT " }") },
	{ F("unless { !" TPM " }"), "eoe", F_IS(" unless { true }") },
	/* `if` asks its condition under both polarities */
	{ P("when { if " MFA " then " ROOT " else " TPM " }"), "-ee",
	  P_IS(" when { " ROOT " || " TPM " }") },
	{ F("when { if " MFA " then " ROOT " else " TPM " }"), "-ee", F_IS(" when { false }") },
	{ P("when { if " ROOT " then " MFA " else " TPM " }"), "-ee",
	  P_IS(" when { if " ROOT " then true else " TPM " }") },
	/* people: those who could prove it */
	{ P("when { principal in Identity::\"alice\" }"), "oee",
	  P_IS(" when { principal in User::\"alice\" }") },
	{ P("when { principal in [Team::\"dba\", Team::\"ops\"] }"), "-ee",
	  P_IS(" when { principal in User::\"alice\" }") },
	{ P("when { principal in Team::\"ops\" }"), "-ee", P_IS(" when { false }") },
	{ P("when { principal is Process in Team::\"dba\" }"), "-ee",
	  P_IS(" when { principal is Process && principal in User::\"alice\" }") },
	{ P("unless { principal in Team::\"dba\" }"), "-ee", P_IS("") },
	{ F("when { principal in Team::\"dba\" }"), "-ee", F_IS(" when { false }") },
	{ F("unless { principal in Team::\"dba\" }"), "-ee", F_IS(" unless { true }") },
	{ "@id(\"p\") permit(principal in Team::\"dba\", action == Action::\"connect\", resource);",
	  "-ee", P_IS(" when { principal in User::\"alice\" }") },
	{ "@id(\"f\") forbid(principal in Team::\"dba\", action == Action::\"connect\", resource);",
	  "-ee", F_IS(" when { false }") },
	{ "@id(\"p\") permit(principal is Process in Team::\"dba\", action == Action::\"connect\","
	  " resource);",
	  "-ee",
	  "@id(\"p\") permit ( principal is Process, action == Action::\"connect\", resource ) "
	  "when { principal in User::\"alice\" };" },
	{ "@id(\"p\") permit(principal in User::\"bob\", action == Action::\"connect\", resource);",
	  "-ee",
	  "@id(\"p\") permit ( principal in User::\"bob\", action == Action::\"connect\", resource );" },
	/* annotations with a meaning become conditions, the others go */
	{ "@owner(\"us\") @expires(\"2030-01-01\") " P(""), "eee",
	  P_IS(" when { context.now < datetime(\"2030-01-01\") }") },
	{ "@mode(\"observe\") " F(""), "eee", "" },
};

static void rewrites_by_phase(void **state)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct rollout how = { MODE_ENFORCE, phases_of(rows[i].phases) };
		_cleanup_buf_ struct buf out = BUF_INIT;

		assert_int_equal(view_of(*state, rows[i].policy, &how, VIEW_ENFORCED, &out), 0);
		if (strcmp(out.data ? out.data : "", rows[i].enforced) != 0)
			fail_msg("%s under %s:\n%s\nwant\n%s", rows[i].policy, rows[i].phases,
				 out.data, rows[i].enforced);
	}
}

/* Whether a view says something: "eeo" is the enforced one under these phases, "eeo?" the reported one. */
static void says(struct world *w, const char *policies, const char *phases, const char *part,
		 bool said)
{
	enum policy_view view = phases[3] == '?' ? VIEW_REPORTED : VIEW_ENFORCED;
	const struct rollout how = { MODE_ENFORCE, phases_of(phases) };
	_cleanup_buf_ struct buf out = BUF_INIT;

	assert_int_equal(view_of(w, policies, &how, view, &out), 0);
	if (!strstr(out.data, part) != said)
		return;
	print_error("%s\n", out.data);
	fail_msg("%s under %s is%s to say %s", policies, phases, said ? "" : " not", part);
}

#define OPEN(action)                                                                               \
	"@id(\"postern:open-" action "\") permit ( principal, action == Action::\"" action         \
	"\", resource )"

static void the_network_phase_opens_what_no_permit_mentions(void **state)
{
	static const char mixed[] = P(
		"when { " MFA
		" && resource.port == 443 }") "@id(\"q\") @expires(\"2020-01-01\") permit(principal in Team::\"dba\", "
					      "action in Action::\"egress\", resource in Zone::\"inner\") unless { " ROOT
					      " };"
					      "@id(\"f\") forbid(principal, action, resource) when { " ROOT
					      " };"
					      "@id(\"g\") forbid(principal, action, resource) when { " ROOT
					      " && !" MFA " };";

	/* What is mentioned is mentioned without proofs, and also when it has ended. */
	says(*state, mixed, "eeo",
	     OPEN("connect") " unless { resource.port == 443 || resource in Zone::\"inner\" && "
			     "principal in User::\"alice\" && !(principal.uid == 0) };",
	     true);
	says(*state, mixed, "eeo",
	     OPEN("send") " unless { resource in Zone::\"inner\" && principal in User::\"alice\" && "
			  "!(principal.uid == 0) };",
	     true);
	says(*state, mixed, "eeo", OPEN("create") " unless { false };", true);
	/* Forbids about the network alone wait; the others do not. */
	says(*state, mixed, "eeo", "@id(\"f\")", false);
	says(*state, mixed, "eeo", "@id(\"g\")", true);
	/* Observed is reported as if enforced; off is neither. */
	says(*state, mixed, "eeo?", "postern:open", false);
	says(*state, mixed, "eeo?", "@id(\"f\")", true);
	says(*state, mixed, "ee-?", OPEN("accept"), true);
	says(*state, mixed, "ee-?", "@id(\"f\")", false);
	says(*state, mixed, "eee", "postern:open", false);
}

static void a_bundle_that_observes_enforces_nothing(void **state)
{
	_cleanup_buf_ struct buf out = BUF_INIT;

	assert_int_equal(view_of(*state, F(""), &ROLLOUT_OBSERVED, VIEW_ENFORCED, &out), 0);
	assert_string_equal(out.data,
			    "@id(\"postern:observe\") permit ( principal, action, resource );");
}

/* `if` in the condition of `if`, 30 deep, would come to 2^30 conditions. */
static void what_grows_too_large_is_refused(void **state)
{
	const struct rollout how = { MODE_ENFORCE, phases_of("-ee") };
	_cleanup_buf_ struct buf policy = BUF_INIT, out = BUF_INIT;

	buf_puts(&policy,
		 "@id(\"p\") permit(principal, action == Action::\"connect\", resource) when { ");
	for (int i = 0; i < 30; i++)
		buf_puts(&policy, "if ");
	buf_puts(&policy, MFA);
	for (int i = 0; i < 30; i++)
		buf_puts(&policy, " then " ROOT " else " MFA);
	buf_puts(&policy, " };");
	assert_int_equal(view_of(*state, policy.data, &how, VIEW_ENFORCED, &out), -EBADMSG);
	assert_int_equal(view_of(*state, policy.data, &ROLLOUT_ENFORCED, VIEW_ENFORCED, &out), 0);
}

static void reserved_ids_are_refused(void **state)
{
	static const char text[] =
		"@id(\"postern:open-connect\") forbid(principal, action, resource);";
	struct source src = { "p.cedar", text, strlen(text) };
	_cleanup_policy_set_ struct policy_set *set = NULL;
	_cleanup_diags_ struct diags d = DIAGS_INIT;

	assert_int_equal(policy_set_new(&set), 0);
	assert_int_equal(policy_parse(set, &src, &d), 0);
	assert_int_equal(policy_check(set, ((struct world *)*state)->entities, &d), -EBADMSG);
	assert_string_equal(d.items[0].code, "profile-id");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rewrites_by_phase),
		cmocka_unit_test(the_network_phase_opens_what_no_permit_mentions),
		cmocka_unit_test(a_bundle_that_observes_enforces_nothing),
		cmocka_unit_test(what_grows_too_large_is_refused),
		cmocka_unit_test(reserved_ids_are_refused),
	};

	return cmocka_run_group_tests(tests, make, release);
}
