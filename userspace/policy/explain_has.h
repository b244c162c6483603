/* SPDX-License-Identifier: BSD-2-Clause */
/* What a request has in the place that a condition asks about. */
#pragma once

#include "policy/evaluate.h"

/* The attributes that an expression reads, with the request's values: "principal.exe is …, resource.port is …". */
void has_of_expr(struct evaluation *ev, const struct expr *e, struct buf *out);

/* What the request has of an entity's kind: its users for a User, its unit for a Unit, its address for a Zone. */
void has_of_type(const struct request *req, struct text type, struct buf *out);
