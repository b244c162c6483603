/* SPDX-License-Identifier: BSD-2-Clause */
/* The words of bundle/: names of answers and types, and what to try after a refusal. */
#include "bundle/bundle.h"

#include <assert.h>

struct words {
	const char *name;
	const char *hint;
};

static const struct words answers[] = {
	[BUNDLE_OK] = { "ok", "nothing to do" },
	[BUNDLE_E_FORMAT] = { "format",
			      "build the file again with postern bundle build, or copy it again: it is "
			      "not whole" },
	[BUNDLE_E_SIZE] = { "size",
			    "make the bundle smaller: 32 MiB packed, 256 MiB inflated and 16 signatures are "
			    "the most" },
	[BUNDLE_E_TYPE] = { "type",
			    "give a file of the type that is asked for: postern verify shows the type" },
	[BUNDLE_E_UNSIGNED] = { "unsigned", "sign it: postern sign -k KEY FILE" },
	[BUNDLE_E_KEY] = { "unknown-key",
			   "sign with a key that the root document lists for this role" },
	[BUNDLE_E_SIGNATURE] = { "bad-signature",
				 "the content is not what was signed: build and sign it again" },
	[BUNDLE_E_THRESHOLD] = { "threshold",
				 "add signatures of further people until the role's threshold is "
				 "reached: postern sign -k KEY FILE" },
	[BUNDLE_E_PAYLOAD] = { "payload",
			       "build it again with this version of postern bundle build" },
	[BUNDLE_E_AUDIENCE] = { "audience",
				"push it to a host that its audience names, or add this host to audience "
				"in bundle.json" },
	[BUNDLE_E_ROLLBACK] = { "rollback",
				"raise version in bundle.json above the accepted one, build and sign "
				"again" },
	[BUNDLE_E_EQUIVOCATION] = { "equivocation",
				    "ask who signed two bundles of one version; publish the right one "
				    "under a higher version" },
	[BUNDLE_E_JUMP] = { "version-jump",
			    "versions may rise by at most 1000000 at once: choose a lower one" },
	[BUNDLE_E_EXPIRED] = { "expired",
			       "set a later notAfter, build and sign again; or correct this host's clock" },
	[BUNDLE_E_TRUST] = { "trust",
			     "install the root document with postern trust init, or restore the state "
			     "directory from a backup" },
};
static_assert(sizeof(answers) / sizeof(answers[0]) == BUNDLE_ANSWERS, "every answer has words");

static const struct {
	const char *name;
	const char *name_space;
} types[] = {
	[BUNDLE_ROOT] = { "root", "root@postern" },
	[BUNDLE_POLICY] = { "policy", "policy@postern" },
	[BUNDLE_REVOKE] = { "revoke", "revoke@postern" },
};
static_assert(sizeof(types) / sizeof(types[0]) == BUNDLE_TYPES, "every type has a name");

const char *bundle_answer_name(enum bundle_answer a)
{
	return (unsigned)a < BUNDLE_ANSWERS ? answers[a].name : "unknown";
}

const char *bundle_answer_hint(enum bundle_answer a)
{
	return (unsigned)a < BUNDLE_ANSWERS ? answers[a].hint : "update postern";
}

const char *bundle_type_name(enum bundle_type t)
{
	return (unsigned)t < BUNDLE_TYPES ? types[t].name : "unknown";
}

const char *bundle_namespace(enum bundle_type t)
{
	return (unsigned)t < BUNDLE_TYPES ? types[t].name_space : NULL;
}
