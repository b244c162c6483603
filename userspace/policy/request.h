/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading a request from JSON, part by part: who, what, under which conditions. Used for lines of
 * `postern decide` and for the tests of a bundle.
 */
#pragma once

#include "policy/policy.h"
#include "policy/reader.h"

/* Id of a principal or group that is not known: (uid_t)-1. */
#define ID_UNKNOWN UINT32_MAX

/* Codes of the messages about requests. */
extern const struct reader_codes request_codes;

/*
 * Reads "principal", "action", "resource" and "context" of an object whose keys are already
 * checked. Errors are in the reader.
 */
void request_read(struct reader *r, const json_t *j, int64_t now_ms, struct request *ret);

void request_read_principal(struct reader *r, const json_t *j, struct principal *ret);
/* `action` is already known. */
void request_read_resource(struct reader *r, const json_t *j, enum action action,
			   struct endpoint *ret);
void request_read_context(struct reader *r, const json_t *j, int64_t now_ms, struct context *ret);
