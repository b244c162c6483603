/* SPDX-License-Identifier: BSD-2-Clause */
/* Random policies over a world. */
#include "generate_fact.h"

/* What the policy being written may say. */
struct author {
	struct rng rng;
	const struct world *w;
	struct buf *out;
	bool endpoint; /* the scope leaves only endpoints, so resource has attributes */
	bool service; /* the scope leaves only actions for which a Service may be named */
	bool zone; /* some action of the scope has addresses, so a Zone may be named */
	bool kinds; /* some action is create, and no address is asked for: both would be impossible */
	bool forbid, essential;
};

static void put_ip(struct author *a, const struct world_prefix *p, bool whole)
{
	buf_puts(a->out, "ip(\"");
	world_address(p->addr, p->v4, whole ? -1 : p->bits, a->out);
	buf_puts(a->out, "\")");
}

static void address_leaf(struct author *a)
{
	const struct world_prefix *p = &a->w->prefixes[rng_below(&a->rng, WORLD_PREFIXES)];
	const char *ip = rng_chance(&a->rng, 75) ? "resource.ip" : "resource.localIp";

	switch (rng_below(&a->rng, 9)) {
	case 0:
		buf_printf(a->out, "%s.isLoopback()", ip);
		return;
	case 1:
		buf_printf(a->out, "%s.isMulticast()", ip);
		return;
	case 2:
		buf_printf(a->out, "%s.isIpv%d()", ip, rng_chance(&a->rng, 50) ? 4 : 6);
		return;
	case 3:
	case 4:
		buf_printf(a->out, "%s %s ", ip, rng_chance(&a->rng, 70) ? "==" : "!=");
		put_ip(a, p, true);
		return;
	case 5:
		buf_puts(a->out, "[ip(\"10.0.0.1\"), ");
		put_ip(a, p, true);
		buf_printf(a->out, "].contains(%s)", ip);
		return;
	default:
		buf_printf(a->out, "%s.isInRange(", ip);
		put_ip(a, p, false);
		buf_putc(a->out, ')');
		return;
	}
}

static void door_leaf(struct author *a)
{
	static const char *const ops[] = { "==", "!=", "<", "<=", ">", ">=" };
	static const char *const protocols[] = { "tcp", "udp", "sctp", "icmp" };
	uint32_t port = a->w->ports[rng_below(&a->rng, WORLD_PORTS)];
	const char *of = rng_chance(&a->rng, 75) ? "resource.port" : "resource.localPort";

	switch (rng_below(&a->rng, 5)) {
	case 0:
		buf_printf(a->out, "resource.protocol == \"%s\"", RNG_PICK(&a->rng, protocols));
		return;
	case 1:
		buf_printf(a->out, "[%u, %u, %u, 7].contains(%s)", port, port + 1,
			   a->w->ports[rng_below(&a->rng, WORLD_PORTS)], of);
		return;
	case 2:
		buf_printf(a->out, "%u %s %s", port, RNG_PICK(&a->rng, ops), of);
		return;
	default:
		buf_printf(a->out, "%s %s %u", of, RNG_PICK(&a->rng, ops), port);
		return;
	}
}

static void member_leaf(struct author *a)
{
	uint32_t i = rng_below(&a->rng, WORLD_ZONES);

	if (a->service && rng_chance(&a->rng, 40))
		buf_printf(a->out, "resource in Service::\"s%u\"",
			   rng_below(&a->rng, WORLD_SERVICES));
	else if (rng_chance(&a->rng, 25))
		buf_printf(a->out, "resource in [Zone::\"z%u\", Zone::\"z%u\"]", i,
			   rng_below(&a->rng, WORLD_ZONES));
	else
		buf_printf(a->out, "resource in Zone::\"z%u\"", i);
}

static void number_leaf(struct author *a)
{
	static const char *const ops[] = { "==", "!=", "<", "<=", ">", ">=" };
	static const char *const numbers[] = {
		"0",	"1",  "27",	    "100",	  "999",	"1000",
		"1001", "-1", "4294967294", "4294967295", "4294967296",
	};

	buf_printf(a->out, "principal.%s %s %s", rng_chance(&a->rng, 60) ? "uid" : "gid",
		   RNG_PICK(&a->rng, ops), RNG_PICK(&a->rng, numbers));
}

static void put_pattern(struct author *a)
{
	buf_printf(a->out, "like \"%s*%s\"", a->w->affixes[rng_below(&a->rng, WORLD_AFFIXES)],
		   a->w->affixes[rng_below(&a->rng, WORLD_AFFIXES)]);
}

static void text_leaf(struct author *a)
{
	static const char *const plain[] = { "exe", "parent", "sha256", "container" };
	static const char *const words[] = { "",    "a",   "ab",   "aba", "abab",
					     "bab", "aaa", "/aba", "b",	  "container:/bin/sh" };

	switch (rng_below(&a->rng, 4)) {
	case 0:
		buf_printf(a->out, "principal.%s %s \"%s\"", RNG_PICK(&a->rng, plain),
			   rng_chance(&a->rng, 70) ? "==" : "!=", RNG_PICK(&a->rng, words));
		return;
	case 1:
		buf_printf(a->out, "[\"%s\", \"%s\"].contains(principal.%s)",
			   RNG_PICK(&a->rng, words), RNG_PICK(&a->rng, words),
			   RNG_PICK(&a->rng, plain));
		return;
	default:
		buf_printf(a->out, "principal.%s ",
			   a->forbid && rng_chance(&a->rng, 20) ? "script"
			   : rng_chance(&a->rng, 70)		? "exe"
								: "parent");
		put_pattern(a);
		return;
	}
}

static void put_parent(struct author *a)
{
	/* The last two name persons, of which an essential permit knows nothing. */
	switch (rng_below(&a->rng, a->essential ? 5 : 7)) {
	case 0:
	case 1:
		buf_printf(a->out, "User::\"%s\"", RNG_PICK(&a->rng, world_users));
		return;
	case 2:
		buf_printf(a->out, "Group::\"%s\"", RNG_PICK(&a->rng, world_groups));
		return;
	case 3:
		buf_printf(a->out, "Program::\"%s\"", RNG_PICK(&a->rng, world_programs));
		return;
	case 4:
		buf_printf(a->out, "Unit::\"%s\"", RNG_PICK(&a->rng, world_units));
		return;
	case 5:
		buf_printf(a->out, "Identity::\"%s\"", RNG_PICK(&a->rng, world_people));
		return;
	default:
		buf_printf(a->out, "Team::\"t%u\"", rng_below(&a->rng, 2));
		return;
	}
}

/* Several of one type: a set may hold no others. */
static void put_list(struct author *a)
{
	const char *people[] = { RNG_PICK(&a->rng, world_people), RNG_PICK(&a->rng, world_people) };
	const char *users[] = { RNG_PICK(&a->rng, world_users), RNG_PICK(&a->rng, world_users) };

	switch (rng_below(&a->rng, a->essential ? 2 : 4)) {
	case 0:
	case 1:
		buf_printf(a->out, "principal in [User::\"%s\", User::\"%s\"]", users[0], users[1]);
		return;
	case 2:
		buf_puts(a->out, "principal in [Team::\"t0\", Team::\"t1\"]");
		return;
	default:
		buf_printf(a->out, "principal is Process in [Identity::\"%s\", Identity::\"%s\"]",
			   people[0], people[1]);
		return;
	}
}

static void principal_leaf(struct author *a)
{
	switch (rng_below(&a->rng, 8)) {
	case 0:
		number_leaf(a);
		return;
	case 1:
	case 2:
		text_leaf(a);
		return;
	case 3:
		buf_puts(a->out, "principal.preexisting");
		return;
	case 4:
		put_list(a);
		return;
	default:
		buf_printf(a->out, "principal %sin ", rng_chance(&a->rng, 15) ? "is Process " : "");
		put_parent(a);
		return;
	}
}

/*
 * Other spellings, and what the schema alone answers: never alone, because a policy that no request
 * can match is refused.
 */
static void spelling_leaf(struct author *a)
{
	static const char *const of_principal[] = {
		"principal has exe && principal.preexisting",
		"principal has \"port\" || principal.preexisting",
		"principal is Process && principal[\"preexisting\"]",
		"principal is Process in User::\"alice\"",
		"principal is Process in [Group::\"dev\", Group::\"#27\"]",
		"principal[\"uid\"] == 0",
		"[0, 1000].contains(principal[\"uid\"])",
		"action in [Action::\"egress\"] && principal.preexisting || principal.uid == 0",
	};
	static const char *const of_endpoint[] = {
		"resource has port && resource.port == 443",
		"resource has exe || resource.port > 1024",
		"resource is Endpoint && resource.port < 1024",
		"resource is Endpoint in Zone::\"z1\"",
		"[\"tcp\", \"sctp\"].contains(resource[\"protocol\"])",
	};

	if (a->endpoint && rng_chance(&a->rng, 40))
		buf_puts(a->out, RNG_PICK(&a->rng, of_endpoint));
	else
		buf_puts(a->out, RNG_PICK(&a->rng, of_principal));
}

/* Where some resources have no attributes, those that have them are singled out first. */
static void guarded_leaf(struct author *a)
{
	buf_puts(a->out,
		 rng_chance(&a->rng, 50) ? "resource is Endpoint && " : "resource has port && ");
	if (rng_chance(&a->rng, 50))
		address_leaf(a);
	else
		door_leaf(a);
}

static const char *const kinds[] = { "raw", "packet", "other", "tun" };

/* Never constant by its type alone: a policy that no request can match is refused. */
static void kind_leaf(struct author *a)
{
	if (rng_chance(&a->rng, 30))
		buf_puts(a->out, "resource is SocketKind && principal.preexisting");
	else
		buf_printf(a->out, "resource %s SocketKind::\"%s\"",
			   rng_chance(&a->rng, 60) ? "==" : "!=", RNG_PICK(&a->rng, kinds));
}

static void leaf(struct author *a)
{
	uint32_t kind = rng_below(&a->rng, 100);

	if (a->endpoint && kind < 15)
		address_leaf(a);
	else if (a->endpoint && kind < 30)
		door_leaf(a);
	else if (a->endpoint && kind < 45)
		member_leaf(a);
	else if (a->zone && kind < 5)
		member_leaf(a);
	else if (a->zone && kind < 12)
		guarded_leaf(a);
	else if (a->kinds && kind < 15)
		kind_leaf(a);
	else if (kind >= 45 && kind < 52)
		spelling_leaf(a);
	else if (kind < 82 || a->essential)
		principal_leaf(a);
	else
		generate_fact_leaf(&a->rng, a->out);
}

static void expression(struct author *a, uint32_t depth)
{
	uint32_t kind = rng_below(&a->rng, 100);

	if (depth == 0 || kind < 25) {
		buf_putc(a->out, '(');
		leaf(a);
		buf_putc(a->out, ')');
	} else if (kind < 40) {
		buf_puts(a->out, "!(");
		expression(a, depth - 1);
		buf_putc(a->out, ')');
	} else if (kind < 48) {
		buf_puts(a->out, "(if ");
		expression(a, depth - 1);
		buf_puts(a->out, " then ");
		expression(a, depth - 1);
		buf_puts(a->out, " else ");
		expression(a, depth - 1);
		buf_putc(a->out, ')');
	} else {
		buf_putc(a->out, '(');
		expression(a, depth - 1);
		buf_puts(a->out, kind < 75 ? " && " : " || ");
		expression(a, depth - 1);
		buf_putc(a->out, ')');
	}
}

static void action_scope(struct author *a)
{
	static const struct {
		const char *text;
		bool endpoint, service, zone;
	} scopes[] = {
		{ "action in Action::\"egress\"", true, true, true },
		{ "action in Action::\"egress\"", true, true, true },
		{ "action == Action::\"connect\"", true, true, true },
		{ "action == Action::\"send\"", true, true, true },
		{ "action in Action::\"ingress\"", true, false, true },
		{ "action in [Action::\"listen\", Action::\"connect\"]", true, true, true },
		{ "action == Action::\"accept\"", true, false, true },
		{ "action == Action::\"create\"", false, false, false },
		{ "action in [Action::\"create\", Action::\"send\"]", false, false, true },
		{ "action", false, false, true },
	};
	uint32_t n = sizeof(scopes) / sizeof(scopes[0]),
		 i = rng_below(&a->rng, a->forbid ? n : n - 1);

	a->endpoint = scopes[i].endpoint;
	a->service = scopes[i].service;
	a->zone = scopes[i].zone;
	buf_printf(a->out, "  %s,\n", scopes[i].text);
}

static void resource_scope(struct author *a)
{
	uint32_t kind = rng_below(&a->rng, 6);

	a->zone = a->endpoint || (a->zone && rng_chance(&a->rng, 50));
	a->kinds = !a->zone;
	if (a->endpoint && kind == 0)
		buf_puts(a->out, "  resource is Endpoint");
	else if (a->zone && kind == 1)
		buf_printf(a->out, "  resource in Zone::\"z%u\"", rng_below(&a->rng, WORLD_ZONES));
	else if (a->service && kind == 2)
		buf_printf(a->out, "  resource in Service::\"s%u\"",
			   rng_below(&a->rng, WORLD_SERVICES));
	else if (a->kinds && kind == 3)
		buf_printf(a->out, "  resource == SocketKind::\"%s\"", RNG_PICK(&a->rng, kinds));
	else if (a->kinds && kind == 4)
		buf_puts(a->out, "  resource is SocketKind");
	else
		buf_puts(a->out, "  resource");
}

static void annotations(struct author *a, uint32_t number)
{
	buf_printf(a->out, "@id(\"p%02u\")\n", number * 37 % 100);
	if (a->forbid && rng_chance(&a->rng, 25))
		buf_printf(a->out, "@mode(\"%s\")\n", rng_chance(&a->rng, 80) ? "observe" : "off");
	if (a->essential)
		buf_puts(a->out, "@essential\n");
	if (rng_chance(&a->rng, 10))
		buf_printf(a->out, "@expires(\"%s\")\n", generate_expiry(&a->rng));
}

static void policy(struct author *a, uint32_t number)
{
	a->forbid = rng_chance(&a->rng, 35);
	a->essential = !a->forbid && rng_chance(&a->rng, 15);
	annotations(a, number);
	buf_printf(a->out, "%s (\n  principal%s", a->forbid ? "forbid" : "permit",
		   rng_chance(&a->rng, 15) ? " is Process" : "");
	if (rng_chance(&a->rng, 40)) {
		buf_puts(a->out, " in ");
		put_parent(a);
	}
	buf_puts(a->out, ",\n");
	action_scope(a);
	resource_scope(a);
	buf_puts(a->out, "\n)");
	for (uint32_t n = rng_below(&a->rng, a->forbid ? 3 : 2); n > 0; n--) {
		buf_printf(a->out, "\n%s { ", rng_chance(&a->rng, 70) ? "when" : "unless");
		expression(a, 1 + rng_below(&a->rng, 3));
		buf_puts(a->out, " }");
	}
	buf_puts(a->out, ";\n\n");
}

void generate_policies(uint64_t set_seed, struct buf *out)
{
	generate_policies_in(set_seed, set_seed, out);
}

void generate_policies_in(uint64_t world_seed, uint64_t set_seed, struct buf *out)
{
	struct world w;
	struct author a = { .rng = { set_seed * 2 }, .w = &w, .out = out };
	uint32_t n = 3 + rng_below(&a.rng, 12);

	world_make(world_seed, &w);
	for (uint32_t i = 0; i < n; i++)
		policy(&a, i);
}

bool generate_observe(uint64_t set_seed)
{
	return set_seed % 7 == 3;
}

int64_t generate_not_after(uint64_t set_seed)
{
	return set_seed % 3 == 0 ? INT64_C(1780272000000) : 0; /* 2026-06-01 */
}
