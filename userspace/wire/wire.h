/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Door of wire/: Varlink (varlink.org) as bytes: JSON objects that end with a NUL, over a Unix
 * socket. Used by both ends; knows no eBPF and no policy.
 *
 *   call  = {"method": "interface.Method", "parameters": {…}, "more": true, "oneway": true}
 *   reply = {"parameters": {…}, "continues": true}
 *         | {"error": "interface.Error", "parameters": {…}}
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/un.h>

#include "base/buf.h"
#include "base/json.h"

#define WIRE_INTERFACE "org.postern.Controller"
#define WIRE_SOCKET "/run/postern/control.sock"

/* ---- messages: both ends --------------------------------------------------------------------- */

/*
 * Takes one whole message off the front of `in`. 1 with a new reference in *ret, 0 when none is
 * complete, -EMSGSIZE past `max` bytes without an end, -EBADMSG when it is not a JSON object.
 */
int wire_take(struct buf *in, size_t max, json_t **ret);

/* Appends one message with its NUL. 0 or -ENOMEM. */
int wire_put(struct buf *out, const json_t *message);

/*
 * The interface description in the tree, for org.varlink.service.GetInterfaceDescription. Static.
 */
const char *wire_description(void);

/* The address of a socket file, for both ends. 0 or -ENAMETOOLONG (also when it is empty). */
int wire_address(const char *path, struct sockaddr_un *ret);

/* ---- the client's end ------------------------------------------------------------------------ */

struct wire_client;

/* Connects. 0 or -errno (-ENOENT, -ECONNREFUSED: no controller; -EACCES). */
int wire_open(const char *socket, struct wire_client **ret);
void wire_close(struct wire_client **c);
#define _cleanup_wire_client_ _cleanup_(wire_close)

/*
 * Gives the next call a descriptor (borrowed until that call has been sent), whose number among the call's descriptors
 * is answered: a member of the parameters tells the other end that number, as sd-varlink does. Or -EMFILE.
 */
int wire_push_fd(struct wire_client *c, int fd);

/*
 * Calls `method` ("org.postern.Controller.GetStatus"); steals `parameters` (may be NULL). 0 with a
 * new reference to the reply's parameters, or -EREMOTEIO with *ret_error (owned: the error's name)
 * and its parameters in *ret, or -errno.
 */
int wire_call(struct wire_client *c, const char *method, json_t *parameters, json_t **ret,
	      char **ret_error);

/*
 * The same with `more`: `fn` gets each reply's parameters (borrowed) until the last one; it stops
 * the stream by answering non-zero, which is then returned.
 */
int wire_call_more(struct wire_client *c, const char *method, json_t *parameters,
		   int (*fn)(const json_t *reply, void *arg), void *arg, char **ret_error);
