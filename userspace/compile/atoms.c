/* SPDX-License-Identifier: BSD-2-Clause */
/* Registering atoms under their keys. */
#include "compile/atoms.h"
#include "compile/memory.h"

void key_text(struct buf *key, struct text t)
{
	buf_printf(key, " %zu:", t.len);
	buf_put(key, t.s, t.len);
}

static const struct formula *formula_of(struct compilation *c, uint32_t atom)
{
	const struct formula *f = formula_atom(c->arena, atom);

	if (!f)
		compilation_fail(c, -ENOMEM);
	return f;
}

const struct formula *atom_find(struct compilation *c, const struct buf *key)
{
	uint32_t id;

	if (buf_error(key)) {
		compilation_fail(c, -ENOMEM);
		return NULL;
	}
	return intern_find(c->atom_keys, key->data, key->len, &id) ? formula_of(c, id) : NULL;
}

/* Atoms and keys are numbered alike. */
static const struct formula *register_atom(struct compilation *c, const struct buf *key,
					   struct atom atom)
{
	uint32_t id;
	int r = buf_error(key);

	if (r == 0)
		r = vec_reserve(&c->atoms, c->atoms.n + 1);
	if (r == 0)
		r = intern_put(c->atom_keys, key->data, key->len, &id);
	if (r) {
		compilation_fail(c, r);
		return NULL;
	}
	c->atoms.items[c->atoms.n++] = atom;
	return formula_of(c, id);
}

const struct formula *atom_ip(struct compilation *c, const struct buf *key, struct ip_predicate p)
{
	range_set_normalise(&p.v4);
	range_set_normalise(&p.v6);
	p.atom = (uint32_t)c->atoms.n;
	p.before = memory_find(c->memory, key, &p);
	if (vec_push(&c->ips, p)) {
		ip_predicate_free(&p);
		compilation_fail(c, -ENOMEM);
		return NULL;
	}
	return register_atom(c, key, (struct atom){ ATOM_IP, 0, (uint32_t)c->ips.n - 1 });
}

const struct formula *atom_door(struct compilation *c, const struct buf *key,
				struct range_set doors)
{
	range_set_normalise(&doors);
	if (vec_push(&c->doors, doors)) {
		range_set_free(&doors);
		compilation_fail(c, -ENOMEM);
		return NULL;
	}
	return register_atom(c, key, (struct atom){ ATOM_DOOR, 0, (uint32_t)c->doors.n - 1 });
}

const struct formula *atom_class(struct compilation *c, const struct buf *key, uint32_t dim,
				 struct predicate p)
{
	uint32_t number;

	range_set_normalise(&p.range);
	if (dimension_add(&c->dims[dim], &p, &number)) {
		compilation_fail(c, -ENOMEM);
		return NULL;
	}
	return register_atom(c, key, (struct atom){ ATOM_CLASS, dim, number });
}

/* A bit of its own for each distinct name. */
static const struct formula *atom_name(struct compilation *c, enum atom_kind kind,
				       struct intern *names, struct text name)
{
	_cleanup_buf_ struct buf key = BUF_INIT;
	const struct formula *f;
	uint32_t bit;

	buf_puts(&key, kind == ATOM_GROUP ? "group" : "unit");
	key_text(&key, name);
	f = atom_find(c, &key);
	if (f || c->err == -ENOMEM)
		return f;
	if (compilation_fail(c, intern_put(names, name.s, name.len, &bit)) == -ENOMEM)
		return NULL;
	return register_atom(c, &key, (struct atom){ kind, 0, bit });
}

const struct formula *atom_group(struct compilation *c, struct text name)
{
	return atom_name(c, ATOM_GROUP, c->groups, name);
}

const struct formula *atom_unit(struct compilation *c, struct text name)
{
	return atom_name(c, ATOM_UNIT, c->units, name);
}

const struct formula *atom_fact(struct compilation *c, const struct buf *key,
				const struct postern_fact *f, const struct expr *e)
{
	const struct formula *known = atom_find(c, key);
	uint32_t bit = (uint32_t)c->facts.n;

	if (known || c->err == -ENOMEM)
		return known;
	/* Those past the limit are only counted: the refusal names their number. */
	if (bit < POSTERN_FACTS_MAX) {
		c->facts.device[bit] = f->kind == POSTERN_FACT_DEVICE ? e : NULL;
		c->facts.fact[bit] = *f;
	}
	c->facts.n++;
	return register_atom(c, key, (struct atom){ ATOM_FACT, 0, bit });
}
