/* SPDX-License-Identifier: BSD-2-Clause */
/* A bundle's worker as the one who explains what the bundle decided. */
#pragma once

#include "daemon/deployment.h"

/*
 * Each as worker_take_… of that name, waiting for the answer; starts a worker that reads the bundle
 * again where none runs. 0, -ENOMEM, or -EPROTO with a diag when the worker failed.
 */
int reader_explain(struct deployment *dep, const struct request *req, struct diags *d,
		   struct buf *out, enum verdict *ret);
/* The policy's id in `out`; nothing for a default deny. */
int reader_decide(struct deployment *dep, const struct request *req, struct diags *d,
		  struct buf *out, enum verdict *ret);
/* -EBUSY for a large bundle that would have to be read first: nobody asked for it. */
int reader_remedy(struct deployment *dep, const struct request *req, struct diags *d,
		  struct buf *out);

/* Ends the worker of a bundle that nobody has asked anything of for a while, if it is soon started again. */
void reader_rest(struct deployment *dep);
