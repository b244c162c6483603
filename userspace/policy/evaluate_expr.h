/* SPDX-License-Identifier: BSD-2-Clause */
/* Expressions by kind: one function each, all of one form. */
#pragma once

#include "policy/evaluate.h"

/* 0, -EINVAL for an error of Cedar's, -ENOMEM. */
typedef int evaluate_fn(struct evaluation *ev, const struct expr *e, struct value *ret);

/* Both sides of an operator, from left to right. */
int evaluate_two(struct evaluation *ev, const struct expr *e, struct value v[2]);

evaluate_fn evaluate_neg, evaluate_equality, evaluate_order, evaluate_arithmetic;
evaluate_fn evaluate_in, evaluate_is, evaluate_get, evaluate_has, evaluate_like;
