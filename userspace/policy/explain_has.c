/* SPDX-License-Identifier: BSD-2-Clause */
/* Finds the attributes that a condition reads, so that a "NO" can say what stands there instead. */
#include "policy/explain_has.h"

#include <arpa/inet.h>

#include "policy/explain_check.h"

static void separate(struct buf *out)
{
	if (out->len)
		buf_puts(out, ", ");
}

static void has_texts(const char *word, const struct text *t, size_t n, struct buf *out)
{
	separate(out);
	buf_puts(out, word);
	for (size_t i = 0; i < n; i++)
		buf_printf(out, "%s%s", i ? ", " : " ", t[i].s);
	if (n == 0)
		buf_puts(out, " none");
}

static void has_address(const struct endpoint *e, struct buf *out)
{
	char text[INET6_ADDRSTRLEN] = "";

	(void)inet_ntop(e->v4 ? AF_INET : AF_INET6, e->v4 ? e->addr + 12 : e->addr, text,
			sizeof(text));
	separate(out);
	buf_printf(out, "%s ", protocol_name(e->protocol) ? protocol_name(e->protocol) : "");
	buf_printf(out, e->v4 ? "%s:%u" : "[%s]:%u", text, e->port);
}

void has_of_type(const struct request *req, struct text type, struct buf *out)
{
	const struct principal *p = &req->principal;

	if (text_is(type, "User"))
		has_texts("user", p->users, p->n_users, out);
	else if (text_is(type, "Group"))
		has_texts("groups", p->groups, p->n_groups, out);
	else if (text_is(type, "Program"))
		has_texts("program", p->programs, p->n_programs, out);
	else if (text_is(type, "Unit"))
		has_texts("unit", &p->unit, p->unit.len ? 1 : 0, out);
	else if (text_is(type, "Identity") || text_is(type, "Team"))
		has_texts("identity", &p->identity, p->identity.len ? 1 : 0, out);
	else if (text_is(type, "Zone") || text_is(type, "Service"))
		has_address(&req->resource, out);
	else if (text_is(type, "Action"))
		has_texts("action", &(struct text){ action_name(req->action), 0 }, 1, out);
}

/* An attribute of principal, resource or context: its canonical text and value. */
static void has_attribute(struct evaluation *ev, const struct expr *e, struct buf *out)
{
	struct value v;

	if (expr_evaluate(ev, e, &v) < 0 || v.kind == VALUE_RECORD)
		return;
	separate(out);
	policy_print_expr(e, out);
	buf_puts(out, " is ");
	value_print(&v, out);
}

void has_of_expr(struct evaluation *ev, const struct expr *e, struct buf *out)
{
	if (e->kind == EXPR_GET) {
		has_attribute(ev, e, out);
		return;
	}
	if (e->kind == EXPR_ENTITY) {
		has_of_type(ev->request, e->uid.type, out);
		return;
	}
	for (size_t i = 0; i < e->n_args; i++)
		has_of_expr(ev, e->args[i], out);
}
