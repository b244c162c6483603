/* SPDX-License-Identifier: BSD-2-Clause */
/* The command line of posternd. */
#pragma once

#include "daemon/config.h"

struct options {
	const char *config_file; /* of argv; NULL: the default one */
	struct config config; /* owned: what was said */
	bool foreground, detach, version, help;
};

#define OPTIONS_INIT ((struct options){ 0 })

void options_free(struct options *o);
#define _cleanup_options_ _cleanup_(options_free)

/* 0, -EINVAL with a diag on a wrong line, -ENOMEM. */
int options_read(int argc, char **argv, struct diags *d, struct options *ret);

/* What --help says. Static. */
const char *options_usage(void);
