/* SPDX-License-Identifier: BSD-2-Clause */
/* Which method needs which role. */
#include "daemon/methods.h"

const struct control_method methods[] = {
	{ "BeginLogin", CONTROL_NOBODY, method_begin_login },
	{ "Confirm", CONTROL_ADMIN, method_confirm },
	{ "Detach", CONTROL_ADMIN, method_detach },
	{ "FinishLogin", CONTROL_NOBODY, method_finish_login },
	{ "GetBundles", CONTROL_READER, method_get_bundles },
	{ "GetPosture", CONTROL_READER, method_get_posture },
	{ "GetSessions", CONTROL_NOBODY, method_get_sessions },
	{ "GetStatus", CONTROL_READER, method_get_status },
	{ "Lock", CONTROL_NOBODY, method_lock },
	{ "Logout", CONTROL_NOBODY, method_logout },
	{ "Push", CONTROL_ADMIN, method_push },
	{ "RegisterSession", CONTROL_ADMIN, method_register_session },
	{ "Rollback", CONTROL_ADMIN, method_rollback },
	{ "RotateRoot", CONTROL_ADMIN, method_rotate_root },
	{ "SetMode", CONTROL_ADMIN, method_set_mode },
	{ "Trace", CONTROL_READER, method_trace },
	{ "WhoAmI", CONTROL_NOBODY, method_who_am_i },
	{ "Why", CONTROL_READER, method_why },
};

const size_t methods_n = sizeof(methods) / sizeof(methods[0]);
