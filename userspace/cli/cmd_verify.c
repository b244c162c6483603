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

static void say_signatures(const struct verify_report *v, const char *role)
{
	size_t i;

	for (i = 0; i < v->n; i++) {
		const struct signature_report *s = &v->signatures[i];

		(void)printf("  %s%s%s  %s  %s%s%s\n", tone_on(s->counted ? TONE_GOOD : TONE_BAD),
			     s->counted ? "counts " : "ignored", tone_off(),
			     *s->fingerprint ? s->fingerprint : "-",
			     *s->key_name ? s->key_name : "unknown key", s->why ? ": " : "",
			     s->why ? s->why : "");
	}
	(void)printf("  %u of %u that the role %s demands\n", v->counted, v->threshold, role);
}

static void say_json(const struct verify_report *v, enum bundle_answer a)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < v->n; i++) {
		const struct signature_report *s = &v->signatures[i];

		(void)json_array_append_new(
			list,
			json_pack("{s:s, s:s, s:b, s:b, s:b, s:s}", "fingerprint", s->fingerprint,
				  "key", s->key_name, "sound", s->sound, "inRole", s->in_role,
				  "counted", s->counted, "why", s->why ? s->why : ""));
	}
	output_json(json_pack("{s:s, s:i, s:i, s:o}", "answer", bundle_answer_name(a), "counted",
			      (int)v->counted, "threshold", (int)v->threshold, "signatures", list));
}

/* The rest of what this host would ask: audience, version, expiry. A bundle_answer or -errno. */
static int ask_host(const struct trust *t, const char *bytes, size_t len, const char *host)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	_cleanup_bundle_ struct bundle *b = NULL;
	struct trust next;
	bool already;
	int r;

	r = trust_accept(t, (const uint8_t *)bytes, len, host, clock_real_ms(), &d, &b, &next,
			 &already);
	complain_diags(&d);
	if (r == BUNDLE_OK && output_form() != OUTPUT_JSON)
		(void)printf("  this host would take it%s: %s version %llu\n",
			     already ? " and has it in force" : "", b->name,
			     (unsigned long long)b->version);
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
	if (output_form() == OUTPUT_JSON)
		say_json(&report, (enum bundle_answer)r);
	else if (report.n)
		say_signatures(&report, bundle_type_name(c.type));
	if (r == BUNDLE_OK && host_state && c.type == BUNDLE_POLICY)
		r = ask_host(&trust, bytes, len, rootfile_host(inv));
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
