/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Answers as diagnostics: the cause in the caller's words, the answer's name as code, its hint as
 * what to try.
 */
#pragma once

#include "bundle/bundle.h"

/* Adds the diagnostic and gives the answer back. */
int refusal(struct diags *d, enum bundle_answer a, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * The same for what container_open and container_verify answered, with the numbers of the report.
 */
int refusal_of_container(struct diags *d, enum bundle_answer a, const struct verify_report *report);

/* Takes a root document's container apart and asks its type and size. A bundle_answer with diags. */
int root_container(const uint8_t *bytes, size_t len, struct diags *d, struct container *ret);
