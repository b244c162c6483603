/* SPDX-License-Identifier: BSD-2-Clause */
/* One call: which method it means, whether the asker may, and the replies to it. */
#include "control/server.h"

#include <string.h>

struct connection *call_connection(const struct control_call *call)
{
	return (struct connection *)((char *)call - offsetof(struct connection, call));
}

const struct control_peer *control_call_peer(const struct control_call *c)
{
	return &call_connection(c)->peer;
}

bool control_call_more(const struct control_call *c)
{
	return c->more;
}

void *control_call_state(const struct control_call *c)
{
	return c->state;
}

bool control_has_room(const struct control_call *c)
{
	const struct connection *at = call_connection(c);

	return at->out.len - at->sent < UNREAD_MAX;
}

void call_end(struct control_call *call)
{
	struct control_call ended = *call;

	*call = (struct control_call){ 0 };
	if (ended.done)
		ended.done(ended.state);
}

/* Sends {key: value, …} unless nobody wants a reply. `message` is stolen. */
static void answer(struct control_call *c, json_t *message)
{
	if (c->oneway)
		json_decref(message);
	else
		connection_send(call_connection(c), message);
}

void control_reply(struct control_call *c, json_t *parameters)
{
	answer(c, json_pack("{s:o}", "parameters", parameters));
	call_end(c);
}

void control_fail(struct control_call *c, const char *error, json_t *parameters)
{
	answer(c, json_pack("{s:s, s:o}", "error", error, "parameters", parameters));
	call_end(c);
}

void control_fail_parameter(struct control_call *c, const char *parameter)
{
	control_fail(c, "org.varlink.service.InvalidParameter",
		     json_pack("{s:s}", "parameter", parameter));
}

void control_continue(struct control_call *c, json_t *parameters)
{
	answer(c, json_pack("{s:o, s:b}", "parameters", parameters, "continues", 1));
}

void control_stream(struct control_call *c, void (*pump)(struct control_call *c),
		    void (*done)(void *state), void *state)
{
	c->pump = pump;
	c->done = done;
	c->state = state;
}

/* The row of a full method name, or NULL. */
static const struct control_method *find_method(const struct control_config *cfg, const char *name)
{
	static const char prefix[] = WIRE_INTERFACE ".";
	const size_t n = sizeof(prefix) - 1;

	if (strncmp(name, prefix, n) != 0)
		return NULL;
	for (size_t i = 0; i < cfg->n_methods; i++)
		if (strcmp(cfg->methods[i].name, name + n) == 0)
			return &cfg->methods[i];
	return NULL;
}

/* A member that may be absent and else is true or false. Whether it is. */
static bool flag(const json_t *message, const char *key, bool *ret)
{
	const json_t *v = json_object_get(message, key);

	*ret = json_is_true(v);
	return !v || json_is_boolean(v);
}

static void dispatch(struct connection *c, const char *name, const json_t *parameters)
{
	struct control_server *s = c->server;
	const struct control_method *m;

	if (service_answer(&c->call, name, parameters))
		return;
	m = find_method(&s->cfg, name);
	if (!m) {
		control_fail(&c->call, "org.varlink.service.MethodNotFound",
			     json_pack("{s:s}", "method", name));
	} else if (c->peer.role < m->role) {
		s->counts.not_allowed++;
		control_fail(&c->call, WIRE_INTERFACE ".NotAllowed",
			     json_pack("{s:s}", "role", control_role_name(m->role)));
	} else {
		m->handler(&c->call, parameters, s->cfg.arg);
	}
}

void call_begin(struct connection *c, const json_t *message)
{
	const char *name = json_string_value(json_object_get(message, "method"));
	const json_t *given = json_object_get(message, "parameters");
	_cleanup_json_ json_t *none = given ? NULL : json_object();
	struct control_call call = { .open = true };

	if (!name || !(given ? json_is_object(given) : none != NULL) ||
	    !flag(message, "more", &call.more) || !flag(message, "oneway", &call.oneway) ||
	    (call.more && call.oneway)) {
		c->server->counts.bad_input++;
		c->broken = true;
		return;
	}
	c->server->counts.calls++;
	c->call = call;
	dispatch(c, name, given ? given : none);
	descriptors_close(&c->descriptors);
}
