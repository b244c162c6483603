/* SPDX-License-Identifier: BSD-2-Clause */
/* The methods of org.postern.Controller; `arg` is the controller. */
#pragma once

#include "control/control.h"

extern const struct control_method methods[];
extern const size_t methods_n;

/* Each in the file of its name, or of what it is about. */
void method_begin_login(struct control_call *call, const json_t *parameters, void *arg);
void method_confirm(struct control_call *call, const json_t *parameters, void *arg);
void method_detach(struct control_call *call, const json_t *parameters, void *arg);
void method_finish_login(struct control_call *call, const json_t *parameters, void *arg);
void method_get_bundles(struct control_call *call, const json_t *parameters, void *arg);
void method_get_sessions(struct control_call *call, const json_t *parameters, void *arg);
void method_get_posture(struct control_call *call, const json_t *parameters, void *arg);
void method_get_status(struct control_call *call, const json_t *parameters, void *arg);
void method_lock(struct control_call *call, const json_t *parameters, void *arg);
void method_logout(struct control_call *call, const json_t *parameters, void *arg);
void method_push(struct control_call *call, const json_t *parameters, void *arg);
void method_register_session(struct control_call *call, const json_t *parameters, void *arg);
void method_rollback(struct control_call *call, const json_t *parameters, void *arg);
void method_set_mode(struct control_call *call, const json_t *parameters, void *arg);
void method_rotate_root(struct control_call *call, const json_t *parameters, void *arg);
void method_trace(struct control_call *call, const json_t *parameters, void *arg);
void method_who_am_i(struct control_call *call, const json_t *parameters, void *arg);
void method_why(struct control_call *call, const json_t *parameters, void *arg);
