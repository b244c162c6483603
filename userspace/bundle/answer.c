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
	[BUNDLE_E_FORMAT] = { "format", "the file is not whole: copy it again, or build it again" },
	[BUNDLE_E_SIZE] = { "size", "stay within 32 MiB packed, 256 MiB inflated, 16 signatures" },
	[BUNDLE_E_TYPE] = { "type", "give a file of the type that is asked for" },
	[BUNDLE_E_UNSIGNED] = { "unsigned", "sign it: postern sign FILE --key KEY" },
	[BUNDLE_E_KEY] = { "unknown-key",
			   "sign with a key that the root document lists for this role" },
	[BUNDLE_E_SIGNATURE] = { "bad-signature",
				 "it is not what was signed: build and sign it again" },
	[BUNDLE_E_THRESHOLD] = { "threshold",
				 "let further people sign it: postern sign FILE --key KEY" },
	[BUNDLE_E_PAYLOAD] = { "payload", "build it again with this version of postern" },
	[BUNDLE_E_AUDIENCE] = { "audience",
				"name this host in \"audience\" of bundle.json, or push elsewhere" },
	[BUNDLE_E_ROLLBACK] = { "rollback",
				"raise \"version\" above the accepted one, build and sign again" },
	[BUNDLE_E_EQUIVOCATION] = { "equivocation",
				    "ask who signed both; sign the right one as a higher version" },
	[BUNDLE_E_JUMP] = { "version-jump",
			    "choose a lower version: it may rise by 1000000 at once" },
	[BUNDLE_E_GAP] = { "version-gap",
			   "give every root document in between, in order: none can be left out" },
	[BUNDLE_E_EXPIRED] = { "expired",
			       "set a later notAfter and sign again, or set the clock right" },
	[BUNDLE_E_TRUST] = { "trust",
			     "run postern trust init, or restore the state from a backup" },
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
