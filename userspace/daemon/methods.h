/* SPDX-License-Identifier: BSD-2-Clause */
/* The methods of org.postern.Controller; `arg` is the controller. */
#pragma once

#include "control/control.h"

extern const struct control_method methods[];
extern const size_t methods_n;

/* Each in the file of its name. */
void method_get_status(struct control_call *call, const json_t *parameters, void *arg);
void method_push(struct control_call *call, const json_t *parameters, void *arg);
void method_trace(struct control_call *call, const json_t *parameters, void *arg);
void method_why(struct control_call *call, const json_t *parameters, void *arg);
