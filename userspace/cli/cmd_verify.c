/* SPDX-License-Identifier: BSD-2-Clause */
/* postern verify: which signatures of a container count, and whether this host would take it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "cli/command.h"
#include "cli/opened.h"
#include "cli/output.h"
#include "cli/rootfile.h"

/* What the token says of the person: " touch", " touch, PIN", " no touch"; "" of other keys. */
static const char *person(const struct signature_report *s)
{
	if (!s->token)
		return "";
	return s->verified  ? s->touched ? ", touch and PIN" : ", PIN without a touch"
	       : s->touched ? ", touch"
			    : ", no touch";
}

static void say_signature(const struct signature_report *s)
{
	(void)printf("  %s%s%s  %s  %s", tone_on(s->counted ? TONE_GOOD : TONE_BAD),
		     s->counted ? "counts " : "ignored", tone_off(),
		     *s->fingerprint ? s->fingerprint : "-",
		     *s->key_name ? s->key_name : "unknown key");
	if (s->key_type)
		(void)printf("  %s%s", s->key_type, person(s));
	(void)printf("%s%s\n", s->why ? ": " : "", s->why ? s->why : "");
}

static void say_signatures(const struct verify_report *v, const char *role)
{
	for (size_t i = 0; i < v->n; i++)
		say_signature(&v->signatures[i]);
	(void)printf("  %u of %u that the role %s demands\n", v->counted, v->threshold, role);
}

static json_t *signature_json(const struct signature_report *s)
{
	return json_pack("{s:s, s:s, s:s, s:b, s:b, s:b, s:b, s:b, s:I, s:s}", "fingerprint",
			 s->fingerprint, "key", s->key_name, "type", s->key_type ? s->key_type : "",
			 "sound", s->sound, "inRole", s->in_role, "counted", s->counted, "touched",
			 s->touched, "verified", s->verified, "counter", (json_int_t)s->counter,
			 "why", s->why ? s->why : "");
}

static void say_json(const struct verify_report *v, enum bundle_answer a)
{
	json_t *list = json_array();

	for (size_t i = 0; i < v->n; i++)
		(void)json_array_append_new(list, signature_json(&v->signatures[i]));
	output_json(json_pack("{s:s, s:i, s:i, s:o}", "answer", bundle_answer_name(a), "counted",
			      (int)v->counted, "threshold", (int)v->threshold, "signatures", list));
}

static void say_taken(const char *what, unsigned long long version, bool already)
{
	if (output_form() != OUTPUT_JSON)
		(void)printf("  this host would take it%s: %s version %llu\n",
			     already ? " and has it in force" : "", what, version);
}

static int ask_bundle(const struct trust *t, const struct signed_file *f, const char *host,
		      struct diags *d)
{
	_cleanup_bundle_ struct bundle *b = NULL;
	struct trust next;
	bool already;
	int r = trust_accept(t, f->bytes, f->len, host, clock_real_ms(), d, &b, &next, &already);

	if (r == BUNDLE_OK)
		say_taken(b->name, b->version, already);
	return r;
}

static int ask_revocation(const struct trust *t, const struct signed_file *f, struct diags *d)
{
	_cleanup_revocation_ struct revocation *revoked = NULL;
	struct trust next;
	bool already;
	int r = trust_accept_revocation(t, f->bytes, f->len, clock_real_ms(), d, &revoked, &next,
					&already);

	if (r == BUNDLE_OK)
		say_taken("revoke document", revoked->version, already);
	return r;
}

static int ask_root(const struct trust *t, const struct signed_file *f, struct diags *d)
{
	struct trust next;
	bool already;
	int r = trust_accept_roots(t, f, 1, clock_real_ms(), d, &next, &already);

	if (r == BUNDLE_OK)
		say_taken("root document", next.root.version, already);
	return r;
}

/* The rest of what this host would ask: audience, version, expiry. A bundle_answer or -errno. */
static int ask_host(const struct trust *t, enum bundle_type type, const struct signed_file *f,
		    const char *host)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	int r;

	if (type == BUNDLE_POLICY)
		r = ask_bundle(t, f, host, &d);
	else
		r = type == BUNDLE_REVOKE ? ask_revocation(t, f, &d) : ask_root(t, f, &d);
	complain_diags(&d);
	return r;
}

static int run(const struct invocation *inv)
{
	_cleanup_free_ char *bytes = NULL;
	struct verify_report report = { 0 };
	struct container c;
	struct trust trust;
	bool host_state;
	size_t len;
	int r;

	r = rootfile_load(inv, &trust, &host_state);
	if (r != EXIT_YES)
		return r;
	r = opened_file(inv->arguments[0], &bytes, &len);
	if (r != EXIT_YES)
		return r;
	r = (int)container_open((const uint8_t *)bytes, len, &c);
	if (r == BUNDLE_OK)
		r = (int)container_verify(&c, &trust.root, &report);
	if (output_form() != OUTPUT_JSON && report.n)
		say_signatures(&report, bundle_type_name(c.type));
	if (r == BUNDLE_OK && host_state)
		r = ask_host(&trust, c.type, &(struct signed_file){ (const uint8_t *)bytes, len },
			     rootfile_host(inv));
	if (output_form() == OUTPUT_JSON)
		say_json(&report, (enum bundle_answer)r);
	if (r == BUNDLE_OK) {
		if (output_form() != OUTPUT_JSON)
			(void)printf("%sverified%s\n", tone_on(TONE_GOOD), tone_off());
		return EXIT_YES;
	}
	if (r < 0)
		complain(NULL, "cannot verify: %s", strerror(-r));
	else
		complain(bundle_answer_hint((enum bundle_answer)r), "%s: refused: %s",
			 inv->arguments[0], bundle_answer_name((enum bundle_answer)r));
	return EXIT_TRUST;
}

static const struct flag flags[] = {
	{ "root", 'r', "FILE", "root document that says whose signatures count" },
	{ "state", 0, "DIR", "state directory of this host (default /var/lib/postern)" },
	{ "host", 0, "NAME", "as which host to judge the audience (default: this one)" },
	{ 0 },
};

const struct command command_verify = {
	.name = "verify",
	.arguments = "BUNDLE",
	.min_arguments = 1,
	.max_arguments = 1,
	.summary = "say of each signature whether it counts, and why not",
	.examples =
		"  postern verify shop.postern --root root.postern    # on an author's machine\n"
		"  postern verify shop.postern                        # as this host would\n",
	.flags = flags,
	.run = run,
};
