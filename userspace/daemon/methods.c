/* SPDX-License-Identifier: BSD-2-Clause */
/* Which method needs which role. */
#include "daemon/methods.h"

const struct control_method methods[] = {
	{ "GetStatus", CONTROL_READER, method_get_status },
	{ "Push", CONTROL_ADMIN, method_push },
	{ "Trace", CONTROL_READER, method_trace },
	{ "Why", CONTROL_READER, method_why },
};

const size_t methods_n = sizeof(methods) / sizeof(methods[0]);
