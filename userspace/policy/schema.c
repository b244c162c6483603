/* SPDX-License-Identifier: BSD-2-Clause */
/* The tables of postern.cedarschema: types, records, actions. Order and names are that file's. */
#include "policy/schema.h"

#include <string.h>

#define TEXT(literal)                                                                              \
	{                                                                                          \
		(literal), sizeof(literal) - 1                                                     \
	}
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define ATTRIBUTES(array) .attributes = (array), .n_attributes = COUNT(array)
#define PARENTS(array) .parents = (array), .n_parents = COUNT(array)

/* ---- who ------------------------------------------------------------------------------------ */

const struct entity_type entity_user = { .name = TEXT("User") };
const struct entity_type entity_group = { .name = TEXT("Group") };
const struct entity_type entity_program = { .name = TEXT("Program") };
const struct entity_type entity_unit = { .name = TEXT("Unit"), .in_itself = true };
const struct entity_type entity_team = { .name = TEXT("Team") };

static const struct entity_type *const identity_parents[] = { &entity_team };
static const struct attribute identity_attributes[] = {
	{ TEXT("user"), &type_string },
	{ TEXT("keys"), &type_string_set },
	{ TEXT("requireVerified"), &type_bool },
};
const struct entity_type entity_identity = {
	.name = TEXT("Identity"),
	PARENTS(identity_parents),
	ATTRIBUTES(identity_attributes),
};

static const struct entity_type *const process_parents[] = {
	&entity_user, &entity_group, &entity_program, &entity_unit, &entity_identity, &entity_team,
};
static const struct attribute process_attributes[] = {
	{ TEXT("uid"), &type_long },	     { TEXT("gid"), &type_long },
	{ TEXT("exe"), &type_string },	     { TEXT("sha256"), &type_string },
	{ TEXT("script"), &type_string },    { TEXT("parent"), &type_string },
	{ TEXT("container"), &type_string }, { TEXT("preexisting"), &type_bool },
};
const struct entity_type entity_process = {
	.name = TEXT("Process"),
	PARENTS(process_parents),
	ATTRIBUTES(process_attributes),
};

/* ---- what ----------------------------------------------------------------------------------- */

static const struct attribute zone_attributes[] = { { TEXT("prefixes"), &type_string_set } };
const struct entity_type entity_zone = {
	.name = TEXT("Zone"),
	.in_itself = true,
	ATTRIBUTES(zone_attributes),
};

static const struct attribute service_attributes[] = { { TEXT("endpoints"), &type_string_set } };
const struct entity_type entity_service = {
	.name = TEXT("Service"),
	.in_itself = true,
	ATTRIBUTES(service_attributes),
};

static const struct entity_type *const endpoint_parents[] = { &entity_zone, &entity_service };
static const struct attribute endpoint_attributes[] = {
	{ TEXT("ip"), &type_ipaddr },	    { TEXT("port"), &type_long },
	{ TEXT("localIp"), &type_ipaddr },  { TEXT("localPort"), &type_long },
	{ TEXT("protocol"), &type_string }, { TEXT("name"), &type_string },
};
const struct entity_type entity_endpoint = {
	.name = TEXT("Endpoint"),
	PARENTS(endpoint_parents),
	ATTRIBUTES(endpoint_attributes),
};

static const char *const socket_kinds[] = {
	"raw",	 "ping",   "udplite", "sctp",  "dccp", "l2tp",
	"mptcp", "packet", "xdp",     "vsock", "tun",  "other",
};
const struct entity_type entity_socket_kind = {
	.name = TEXT("SocketKind"),
	.ids = socket_kinds,
	.n_ids = COUNT(socket_kinds),
};

const struct entity_type entity_action = { .name = TEXT("Action"), .in_itself = true };

const struct entity_type *const schema_entities[] = {
	&entity_user,	 &entity_group,	   &entity_program,	&entity_unit,
	&entity_team,	 &entity_identity, &entity_process,	&entity_zone,
	&entity_service, &entity_endpoint, &entity_socket_kind,
};
const size_t schema_n_entities = COUNT(schema_entities);

/* ---- under which conditions ------------------------------------------------------------------ */

static const struct attribute session_attributes[] = {
	{ TEXT("mfa"), &type_bool },
	{ TEXT("mfaAge"), &type_duration },
	{ TEXT("verified"), &type_bool },
	{ TEXT("interactive"), &type_bool },
};
static const struct attribute device_attributes[] = {
	{ TEXT("secureBoot"), &type_bool },
	{ TEXT("lockdown"), &type_bool },
	{ TEXT("diskEncrypted"), &type_bool },
	{ TEXT("tpm2"), &type_bool },
	{ TEXT("untainted"), &type_bool },
	{ TEXT("modulesSigned"), &type_bool },
	{ TEXT("aslr"), &type_bool },
	{ TEXT("ptraceRestricted"), &type_bool },
	{ TEXT("unprivilegedBpfOff"), &type_bool },
	{ TEXT("updatesAge"), &type_duration },
	{ TEXT("uptime"), &type_duration },
	{ TEXT("custom"), &type_string_set },
};
static const struct attribute local_attributes[] = {
	{ TEXT("time"), &type_duration },
	{ TEXT("weekday"), &type_long },
};

#define RECORD(title, array)                                                                       \
	{                                                                                          \
		.kind = TYPE_RECORD, .name = (title), ATTRIBUTES(array)                            \
	}

static const struct type session = RECORD("Session", session_attributes);
static const struct type device = RECORD("Device", device_attributes);
static const struct type local = RECORD("Local", local_attributes);
static const struct attribute facts_attributes[] = {
	{ TEXT("session"), &session },
	{ TEXT("device"), &device },
	{ TEXT("now"), &type_datetime },
	{ TEXT("local"), &local },
};
static const struct type facts = RECORD("Facts", facts_attributes);

const struct type *const schema_records[] = { &session, &device, &local, &facts };
const size_t schema_n_records = COUNT(schema_records);

/* ---- references and actions ------------------------------------------------------------------- */

#define REF(of)                                                                                    \
	{                                                                                          \
		.kind = TYPE_ENTITY, .entity = &(of)                                               \
	}

static const struct type references[] = {
	REF(entity_user),    REF(entity_group),	   REF(entity_program),	    REF(entity_unit),
	REF(entity_team),    REF(entity_identity), REF(entity_process),	    REF(entity_zone),
	REF(entity_service), REF(entity_endpoint), REF(entity_socket_kind), REF(entity_action),
};
static const struct type a_process = REF(entity_process);
static const struct type an_endpoint = REF(entity_endpoint);
static const struct type a_socket_kind = REF(entity_socket_kind);

#define GROUP(title)                                                                               \
	{                                                                                          \
		.name = (title)                                                                    \
	}
#define ACTION(title, in, on)                                                                      \
	{                                                                                          \
		.name = (title), .group = (in), .principal = &a_process, .resource = &(on),        \
		.context = &facts                                                                  \
	}

const struct schema_action schema_actions[] = {
	GROUP("egress"),
	GROUP("ingress"),
	ACTION("connect", &schema_actions[0], an_endpoint),
	ACTION("send", &schema_actions[0], an_endpoint),
	ACTION("listen", &schema_actions[1], an_endpoint),
	ACTION("accept", &schema_actions[1], an_endpoint),
	ACTION("create", NULL, a_socket_kind),
};
const size_t schema_n_actions = COUNT(schema_actions);

const struct type *schema_entity_ref(const struct entity_type *t)
{
	for (size_t i = 0; i < COUNT(references); i++) {
		if (references[i].entity == t)
			return &references[i];
	}
	return NULL;
}
