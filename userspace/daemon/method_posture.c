/* SPDX-License-Identifier: BSD-2-Clause */
/* GetPosture: what counts of the device, and what was read. */
#include "daemon/controller.h"
#include "daemon/methods.h"
#include "daemon/posture.h"

void method_get_posture(struct control_call *call, const json_t *parameters, void *arg)
{
	const struct controller *c = arg;

	(void)parameters;
	control_reply(call, posture_answer(c));
}
