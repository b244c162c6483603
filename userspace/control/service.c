/* SPDX-License-Identifier: BSD-2-Clause */
/* org.varlink.service: what every Varlink service answers about itself, to everybody. */
#include "control/server.h"

#include <string.h>

#define SERVICE "org.varlink.service"

/* As the Varlink specification gives it. */
static const char description[] =
	"# What every Varlink service answers about itself.\n"
	"interface org.varlink.service\n"
	"\n"
	"# The service and the interfaces that it offers.\n"
	"method GetInfo() -> (vendor: string, product: string, version: string, url: string,\n"
	"  interfaces: []string)\n"
	"\n"
	"# The description of one of them.\n"
	"method GetInterfaceDescription(interface: string) -> (description: string)\n"
	"\n"
	"error InterfaceNotFound(interface: string)\n"
	"error MethodNotFound(method: string)\n"
	"error MethodNotImplemented(method: string)\n"
	"error InvalidParameter(parameter: string)\n";

static void get_info(struct control_call *call)
{
	control_reply(call,
		      json_pack("{s:s, s:s, s:s, s:s, s:[s, s]}", "vendor", "Postern", "product",
				"posternd", "version", call_connection(call)->server->cfg.version,
				"url", "", "interfaces", SERVICE, WIRE_INTERFACE));
}

static void get_description(struct control_call *call, const json_t *parameters)
{
	const char *name = json_string_value(json_object_get(parameters, "interface"));

	if (!name)
		control_fail_parameter(call, "interface");
	else if (strcmp(name, SERVICE) == 0)
		control_reply(call, json_pack("{s:s}", "description", description));
	else if (strcmp(name, WIRE_INTERFACE) == 0)
		control_reply(call, json_pack("{s:s}", "description", wire_description()));
	else
		control_fail(call, SERVICE ".InterfaceNotFound",
			     json_pack("{s:s}", "interface", name));
}

bool service_answer(struct control_call *call, const char *method, const json_t *parameters)
{
	if (strcmp(method, SERVICE ".GetInfo") == 0)
		get_info(call);
	else if (strcmp(method, SERVICE ".GetInterfaceDescription") == 0)
		get_description(call, parameters);
	else
		return false;
	return true;
}
