/* SPDX-License-Identifier: BSD-2-Clause */
/* A request as Cedar values: the entities of the three scope variables, and records. */
#include <errno.h>
#include <string.h>

#include <postern/abi.h>

#include "policy/evaluate.h"
#include "policy/prefix.h"

enum { MEMBERS_MOST = 16 };

/* A record while it is put together. */
struct record {
	struct text names[MEMBERS_MOST];
	struct value values[MEMBERS_MOST];
	size_t n;
};

static void put(struct record *r, const char *name, struct value v)
{
	r->names[r->n] = (struct text){ name, strlen(name) };
	r->values[r->n++] = v;
}

static void put_text(struct record *r, const char *name, struct text t)
{
	put(r, name, value_string(t));
}

static void put_bool(struct record *r, const char *name, bool b)
{
	put(r, name, value_bool(b));
}

static void put_duration(struct record *r, const char *name, int64_t ms)
{
	put(r, name, value_number(VALUE_DURATION, ms));
}

/* Moves the record into the arena. */
static int finish(struct evaluation *ev, const struct record *r, struct value *ret)
{
	struct text *names = arena_array_of(ev->arena, struct text, r->n);
	struct value *values = arena_array_of(ev->arena, struct value, r->n);

	if (!names || !values)
		return -ENOMEM;
	memcpy(names, r->names, r->n * sizeof(*names));
	memcpy(values, r->values, r->n * sizeof(*values));
	*ret = (struct value){ .kind = VALUE_RECORD, .members = { names, values, r->n } };
	return 0;
}

static int make_process(struct evaluation *ev)
{
	const struct principal *p = &ev->request->principal;
	struct record r = { .n = 0 };

	put(&r, "uid", value_long(p->uid));
	put(&r, "gid", value_long(p->gid));
	put_text(&r, "exe", p->exe);
	put_text(&r, "sha256", p->sha256);
	put_text(&r, "script", p->script);
	put_text(&r, "parent", p->parent);
	put_text(&r, "container", p->container);
	put_bool(&r, "preexisting", p->preexisting);
	return finish(ev, &r, &ev->principal_record);
}

static int make_endpoint(struct evaluation *ev)
{
	const struct endpoint *e = &ev->request->resource;
	const char *protocol = protocol_name(e->protocol);
	struct record r = { .n = 0 };

	if (ev->request->action == ACTION_CREATE) /* a SocketKind has no attributes */
		return finish(ev, &r, &ev->resource_record);
	put(&r, "ip", value_ip(prefix_of_address(e->addr, e->v4)));
	put(&r, "port", value_long(e->port));
	put(&r, "localIp", value_ip(prefix_of_address(e->local_addr, e->v4)));
	put(&r, "localPort", value_long(e->local_port));
	put_text(&r, "protocol", (struct text){ protocol, protocol ? strlen(protocol) : 0 });
	put_text(&r, "name", (struct text){ "", 0 });
	return finish(ev, &r, &ev->resource_record);
}

static int make_session(struct evaluation *ev, struct value *ret)
{
	const struct context *c = &ev->request->context;
	struct record r = { .n = 0 };

	put_bool(&r, "mfa", c->mfa);
	put_duration(&r, "mfaAge", c->mfa_age_ms);
	put_bool(&r, "verified", c->verified);
	put_bool(&r, "interactive", c->interactive);
	return finish(ev, &r, ret);
}

static int make_custom(struct evaluation *ev, struct value *ret)
{
	const struct context *c = &ev->request->context;
	struct value *items = arena_array_of(ev->arena, struct value, c->n_custom);

	if (!items)
		return -ENOMEM;
	for (size_t i = 0; i < c->n_custom; i++)
		items[i] = value_string(c->custom[i]);
	*ret = (struct value){ .kind = VALUE_SET, .members = { NULL, items, c->n_custom } };
	return 0;
}

static int make_device(struct evaluation *ev, struct value *ret)
{
	const struct context *c = &ev->request->context;
	struct record r = { .n = 0 };
	struct value custom;
	int err = make_custom(ev, &custom);

	if (err < 0)
		return err;
	put_bool(&r, "secureBoot", c->secure_boot);
	put_bool(&r, "lockdown", c->lockdown);
	put_bool(&r, "diskEncrypted", c->disk_encrypted);
	put_bool(&r, "tpm2", c->tpm2);
	put_bool(&r, "untainted", c->untainted);
	put_bool(&r, "modulesSigned", c->modules_signed);
	put_bool(&r, "aslr", c->aslr);
	put_bool(&r, "ptraceRestricted", c->ptrace_restricted);
	put_bool(&r, "unprivilegedBpfOff", c->unprivileged_bpf_off);
	put_duration(&r, "updatesAge", c->updates_age_ms);
	put_duration(&r, "uptime", c->uptime_ms);
	put(&r, "custom", custom);
	return finish(ev, &r, ret);
}

static int make_local(struct evaluation *ev, struct value *ret)
{
	const struct context *c = &ev->request->context;
	struct record r = { .n = 0 };

	put_duration(&r, "time", c->local_time_ms);
	put(&r, "weekday", value_long(c->local_weekday));
	return finish(ev, &r, ret);
}

static int make_context(struct evaluation *ev)
{
	struct value session, device, local;
	struct record r = { .n = 0 };
	int err = make_session(ev, &session);

	err = err ? err : make_device(ev, &device);
	err = err ? err : make_local(ev, &local);
	if (err < 0)
		return err;
	put(&r, "session", session);
	put(&r, "device", device);
	put(&r, "now", value_number(VALUE_DATETIME, ev->request->context.now_ms));
	put(&r, "local", local);
	return finish(ev, &r, &ev->context);
}

/* The ids of the Process and the Endpoint are nobody's: policies name neither. */
int evaluation_start(struct evaluation *ev, const struct request *request,
		     const struct entity_set *entities, struct arena *arena)
{
	const char *action = action_name(request->action);
	int r;

	*ev = (struct evaluation){ .request = request, .entities = entities, .arena = arena };
	ev->principal = value_entity("Process", (struct text){ "", 0 });
	ev->action = value_entity("Action", (struct text){ action, strlen(action) });
	ev->resource = request->action == ACTION_CREATE
			       ? value_entity("SocketKind", request->resource.socket_kind)
			       : value_entity("Endpoint", (struct text){ "", 0 });
	r = make_process(ev);
	r = r ? r : make_endpoint(ev);
	return r ? r : make_context(ev);
}
