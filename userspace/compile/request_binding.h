/* SPDX-License-Identifier: BSD-2-Clause */
/* What stands for a request's principal in an image that was compiled with its binding. */
#pragma once

#include "compile/compile.h"

/* The key of the principal's user. False when the binding was not made from this request. */
bool request_binding_user(const struct request_binding *b, const struct principal *p,
			  uint32_t *ret_key);
bool request_binding_group(const struct request_binding *b, struct text name, uint32_t *ret_key);
/* The text to look up as executable. */
bool request_binding_exe(const struct request_binding *b, const struct principal *p,
			 struct text *ret);
