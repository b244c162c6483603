/* SPDX-License-Identifier: BSD-2-Clause */
/* What posternd is told: defaults, then its configuration file, then its command line. */
#pragma once

#include <stdbool.h>

#include "base/diag.h"

#define CONFIG_FILE "/etc/postern/posternd.conf"

enum config_text {
	CONFIG_CGROUP, /* directory of the cgroup to govern */
	CONFIG_STATE, /* trust and accepted bundles */
	CONFIG_RUNTIME, /* control.sock */
	CONFIG_PIN, /* on a bpffs */
	CONFIG_JOURNAL, /* socket of the systemd journal */
	CONFIG_POSTURE, /* directory that the device is read below: "/" */
	CONFIG_READERS, /* who may read status and events: "group" or "everybody" */
	CONFIG_GUARD, /* "on" or "off" */
	CONFIG_TEXTS,
};

struct config {
	char *text[CONFIG_TEXTS]; /* owned; NULL: not said */
};

#define CONFIG_INIT ((struct config){ 0 })

void config_free(struct config *c);
#define _cleanup_config_ _cleanup_(config_free)

/* The word of a text in the file; also the long option, where there is one. */
const char *config_key(enum config_text t);

/*
 * Reads `key = value` lines with # comments. A missing file is an empty one unless `must_exist`.
 * 0, -EBADMSG with diags (unknown key, wrong value), -errno with a diag.
 */
int config_read(const char *path, bool must_exist, struct diags *d, struct config *ret);

/* Takes from `from` what `c` does not say. 0 or -ENOMEM. */
int config_complete(struct config *c, const struct config *from);

/*
 * Puts the defaults where nothing is said. 0, -ENOENT with a diag when there is no cgroup2,
 * -ENOMEM.
 */
int config_default(struct config *c, struct diags *d);

bool config_everybody_reads(const struct config *c);
bool config_guards(const struct config *c);
