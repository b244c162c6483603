/* SPDX-License-Identifier: BSD-2-Clause */
/* The three engines behind one question: the tree evaluator, the compiled image in C, and the eBPF program. */
#pragma once

#include "cli/opened.h"

struct engine;

/*
 * An engine by its name (reference, image, kernel) over a bundle and the requests it will be asked: the image needs to
 * know them to give names stand-in keys. Complains and answers an exit_status. Borrows both.
 */
int engine_open(const char *name, const struct opened *o, const struct request *reqs, size_t n,
		struct engine **ret);
void engine_close(struct engine **e);
#define _cleanup_engine_ _cleanup_(engine_close)

/* One request's decision; the policy's @id is empty for none and valid until the engine closes. 0 or -errno. */
int engine_decide(struct engine *e, const struct request *req, enum verdict *ret_verdict,
		  struct text *ret_policy, const char **ret_reason);
