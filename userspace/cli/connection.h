/* SPDX-License-Identifier: BSD-2-Clause */
/* The line to the controller: where its socket is, and what its refusals mean as exit statuses. */
#pragma once

#include <stdbool.h>

#include "base/json.h"
#include "wire/wire.h"

/* Set once by main from --socket. */
void connection_use(const char *socket);

/* Connects, or complains with the next thing to try. 0 or -errno. */
int connection_open(struct wire_client **ret);

/* Whether nobody listens at the usual place, which --socket has not changed. */
bool connection_is_dead(void);
/* Whether anybody answers at the socket; says nothing. */
bool connection_answers(void);

/* Complains about a failed call; `error` and `reply` as wire_call gave them. An exit_status. */
int connection_failed(int r, const char *error, const json_t *reply);

/* One call from connect to answer: an exit_status, EXIT_YES with a new reference in *ret. Takes `parameters`. */
int connection_call(const char *method, json_t *parameters, json_t **ret);
/* The same with a descriptor (borrowed) beside it, which has number 0 there. */
int connection_call_fd(const char *method, json_t *parameters, int fd, json_t **ret);
