/* SPDX-License-Identifier: BSD-2-Clause */
/* postern doctor: what this machine lacks for enforcing, each with its remedy. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/connection.h"
#include "cli/output.h"
#include "cli/rootfile.h"
#include "cli/surroundings.h"
#include "identity/identity.h"
#include "loader/loader.h"

static void say(const struct finding *f)
{
	if (output_form() == OUTPUT_JSON) {
		output_json(json_pack("{s:s, s:b, s:b, s:s}", "name", f->name, "required",
				      f->required, "present", f->good, "remedy", f->remedy));
		return;
	}
	(void)printf("%s%-8s%s %-22s %s\n",
		     tone_on(f->good	   ? TONE_GOOD
			     : f->required ? TONE_BAD
					   : TONE_DOUBT),
		     f->good	   ? "ok"
		     : f->required ? "MISSING"
				   : "absent",
		     tone_off(), f->name, f->good ? "" : f->remedy);
}

/* Number of required features that are missing. */
static size_t kernel(const struct loader_config *cfg)
{
	struct loader_feature features[32];
	size_t i, n = loader_probe(cfg, features, 32), missing = 0;

	for (i = 0; i < n; i++) {
		const struct finding f = { features[i].name, features[i].required,
					   features[i].present, features[i].remedy };

		missing += f.required && !f.good;
		say(&f);
	}
	return missing;
}

/* Whether what is accepted could be written down; where it cannot, 1. Who may not look, cannot tell. */
static size_t directory(const char *state)
{
	int error = trust_room(state);
	const struct finding room = {
		"state-directory", true,
		error == 0 || error == -ENOENT || (error == -EACCES && geteuid() != 0),
		error == -EROFS ? "look for disk errors, then mount -o remount,rw: it is read-only"
		: error == -ENOSPC ? "make room there: it is full"
				   : "chown root and chmod 0700: posternd cannot write there"
	};

	say(&room);
	return !room.good;
}

/* Number of required things that are missing around the kernel. */
static size_t around(const char *state)
{
	_cleanup_diags_ struct diags d = DIAGS_INIT;
	struct finding found[SURROUNDINGS_MAX];
	struct trust t;
	const bool trusts = trust_load(state, &d, &t) == BUNDLE_OK, new = trust_is_new(state);
	const struct finding root = {
		"trust-root", true, trusts,
		new ? "postern trust init ROOT"
		    : "restore trust.json and root.postern from a backup, or remove both and: postern trust init ROOT"
	};
	size_t n = surroundings_look(trusts ? &t : NULL, found), missing = !trusts;

	for (size_t i = 0; i < n; i++) {
		missing += found[i].required && !found[i].good;
		say(&found[i]);
	}
	complain_diags(&d);
	say(&root);
	return missing + directory(state);
}

static size_t controller(void)
{
	_cleanup_json_ json_t *reply = NULL;
	struct finding f = { "controller", true, false, "systemctl start posternd" };

	f.good = connection_call(WIRE_INTERFACE ".GetStatus", NULL, &reply) == EXIT_YES;
	say(&f);
	return !f.good;
}

static int run(const struct invocation *inv)
{
	_cleanup_free_ char *root = NULL;
	const char *cgroup = flag_value(inv, "cgroup"), *pin = flag_value(inv, "pin");
	const char *state = flag_value(inv, "state");
	struct loader_config cfg = { .pin = pin ? pin : "/sys/fs/bpf/postern" };
	size_t missing = 0;

	if (!cgroup && identity_cgroup_root(&root) < 0) {
		const struct finding f = { "cgroup2", true, false,
					   "mount -t cgroup2 none /sys/fs/cgroup" };
		say(&f);
		missing++;
	}
	cfg.cgroup = cgroup ? cgroup : root;
	missing += kernel(&cfg);
	missing += around(state ? state : STATE_DIR);
	missing += controller();
	if (output_form() != OUTPUT_JSON)
		(void)printf("%s\n",
			     missing ? "not ready: see the remedies above" : "ready to enforce");
	return missing ? EXIT_NO : EXIT_YES;
}

static const struct flag flags[] = {
	{ "cgroup", 0, "DIR", "cgroup to govern (default: the root of the cgroup2 mount)" },
	{ "pin", 0, "DIR", "pin directory (default /sys/fs/bpf/postern)" },
	{ "state", 0, "DIR", "state directory (default /var/lib/postern)" },
	{ 0 },
};

const struct command command_doctor = {
	.name = "doctor",
	.arguments = "",
	.summary = "what is missing on this machine, and how to mend it",
	.examples = "  postern doctor\n",
	.flags = flags,
	.run = run,
};
