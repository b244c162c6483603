/* SPDX-License-Identifier: BSD-2-Clause */
/* Atoms on the door: action, protocol and port, or the kind of socket. */
#include "compile/atoms.h"
#include "compile/socket_kind.h"
#include "compile/walk.h"

#define ENDPOINT_ACTIONS ((1u << POSTERN_CREATE) - 1)
#define ALL_PROTOCOLS ((1u << POSTERN_PROTOCOLS) - 1)
#define PORT_MAX 65535

/* Doors of some actions and protocols over a range of ports. */
struct door_block {
	unsigned actions, protocols;
	uint32_t first, last;
};

static int add_block(struct range_set *doors, struct door_block b)
{
	int r = 0;

	for (unsigned a = 0; a < POSTERN_CREATE; a++) {
		for (unsigned p = 0; r == 0 && p < POSTERN_PROTOCOLS; p++) {
			if (b.actions >> a & b.protocols >> p & 1)
				r = range_set_add(doors, POSTERN_DOOR(a, p, b.first),
						  POSTERN_DOOR(a, p, b.last));
		}
	}
	return r;
}

static const struct formula *door_of(struct compilation *c, const struct buf *key, int r,
				     struct range_set doors)
{
	if (r) {
		range_set_free(&doors);
		compilation_fail(c, r);
		return NULL;
	}
	return atom_door(c, key, doors);
}

static const struct formula *block(struct compilation *c, struct door_block b)
{
	_cleanup_buf_ struct buf key = BUF_INIT;
	struct range_set doors = { 0 };
	const struct formula *f;
	int r;

	buf_printf(&key, "door %x %x %u-%u", b.actions, b.protocols, b.first, b.last);
	f = atom_find(c, &key);
	if (f || c->err == -ENOMEM)
		return f;
	r = add_block(&doors, b);
	return door_of(c, &key, r, doors);
}

static const struct formula *create(struct compilation *c, uint32_t first, uint32_t last)
{
	_cleanup_buf_ struct buf key = BUF_INIT;
	struct range_set doors = { 0 };
	const struct formula *f;
	int r;

	buf_printf(&key, "create %u-%u", first, last);
	f = atom_find(c, &key);
	if (f || c->err == -ENOMEM)
		return f;
	r = range_set_add(&doors, POSTERN_DOOR(POSTERN_CREATE, 0, 0) + first,
			  POSTERN_DOOR(POSTERN_CREATE, 0, 0) + last);
	return door_of(c, &key, r, doors);
}

const struct formula *door_endpoint(struct compilation *c)
{
	return block(c, (struct door_block){ ENDPOINT_ACTIONS, ALL_PROTOCOLS, 0, PORT_MAX });
}

const struct formula *door_actions(struct compilation *c, unsigned actions)
{
	const struct formula *f = &formula_false;
	unsigned endpoint = actions & ENDPOINT_ACTIONS;

	if (actions == (ENDPOINT_ACTIONS | 1u << POSTERN_CREATE))
		return &formula_true;
	if (endpoint)
		f = block(c, (struct door_block){ endpoint, ALL_PROTOCOLS, 0, PORT_MAX });
	if (actions >> POSTERN_CREATE & 1)
		f = formula_or(c->arena, f, create(c, 0, (1u << 20) - 1));
	return f;
}

const struct formula *door_kind(struct compilation *c, struct text kind)
{
	uint32_t number;

	if (socket_kind_number(kind, &number))
		return &formula_false;
	number |= POSTERN_NO_PROTOCOL << 16;
	return create(c, number, number);
}

const struct formula *door_protocols(struct compilation *c, unsigned protocols)
{
	if (!protocols)
		return &formula_false;
	return block(c, (struct door_block){ ENDPOINT_ACTIONS, protocols, 0, PORT_MAX });
}

const struct formula *door_service(struct compilation *c, const struct endpoint_set *e)
{
	return block(c, (struct door_block){ ENDPOINT_ACTIONS, 1u << e->protocol, e->port_first,
					     e->port_last });
}

/* One atom, however many ports: a long list is one test. */
const struct formula *door_ports(struct compilation *c, struct range_set ports)
{
	_cleanup_buf_ struct buf key = BUF_INIT;
	struct range_set doors = { 0 };
	const struct formula *f;
	int r = 0;

	buf_puts(&key, "ports");
	for (size_t i = 0; i < ports.n; i++)
		buf_printf(&key, " %u-%u", (uint32_t)ports.items[i].first,
			   (uint32_t)ports.items[i].last);
	f = ports.n ? atom_find(c, &key) : &formula_false;
	if (f || c->err == -ENOMEM)
		return f;
	for (size_t i = 0; r == 0 && i < ports.n; i++)
		r = add_block(&doors, (struct door_block){ ENDPOINT_ACTIONS, ALL_PROTOCOLS,
							   (uint32_t)ports.items[i].first,
							   (uint32_t)ports.items[i].last });
	return door_of(c, &key, r, doors);
}
