// SPDX-License-Identifier: BSD-2-Clause
// Modes, phases and ends of policies as what they are defined to be: rewrites into plain Cedar (postern-policy(5)). Written
// from that page over Cedar's own JSON of policies, and shares nothing with userspace/policy.
'use strict';

const ALL = { op: 'All' };
const OPEN = { effect: 'permit', principal: ALL, action: ALL, resource: ALL, conditions: [] };
const ACTIONS = { connect: 'egress', send: 'egress', listen: 'ingress', accept: 'ingress', create: undefined };

const constant = (value) => ({ Value: value });
const not = (arg) => ({ '!': { arg } });
const and = (left, right) => ({ '&&': { left, right } });
const or = (left, right) => ({ '||': { left, right } });
const isPerson = ({ type }) => type === 'Identity' || type === 'Team';
const isVariable = (e, name) => e?.Var === name;
const literal = (uid) => ({ Value: { __entity: uid } });
const isIn = (name, uids) => (uids.length === 0 ? constant(false)
	: { in: { left: { Var: name }, right: uids.length === 1 ? literal(uids[0]) : { Set: uids.map(literal) } } });

// The entities of `in E` or `in [E, …]`.
const named = (e) => (e.Set ?? [e]).map((one) => one.Value.__entity);

// Whether a test reads context.<part>. `has` asks the schema, so it reads nothing.
function reads(e, part) {
	if (e === null || typeof e !== 'object' || 'has' in e)
		return false;
	if (e['.'] && isVariable(e['.'].left, 'context') && e['.'].attr === part)
		return true;
	return Object.values(e).some((inner) => reads(inner, part));
}

const asksGroup = (e) => (e.in && isVariable(e.in.left, 'principal') ? e.in.right
	: e.is?.in && isVariable(e.is.left, 'principal') ? e.is.in : undefined);

function classOf(atom) {
	const group = asksGroup(atom);
	if (reads(atom, 'session') || (group && named(group).some(isPerson)))
		return 'identity';
	return reads(atom, 'device') ? 'device' : 'network';
}

function* atoms(e) {
	const both = e['&&'] ?? e['||'];
	if (both)
		yield* [both.left, both.right].flatMap((side) => [...atoms(side)]);
	else if (e['!'])
		yield* atoms(e['!'].arg);
	else if (e['if-then-else'])
		yield* Object.values(e['if-then-else']).flatMap((side) => [...atoms(side)]);
	else
		yield e;
}

// Scope and conditions, in the order in which they are asked.
const scopeUids = (scope) => (scope.in?.entity ? [scope.in.entity] : scope.entity ? [scope.entity] : scope.entities ?? []);

class Phases {
	constructor(enforced, entities) {
		this.enforced = enforced;
		this.entities = entities;
	}

	// Users of the accounts in which these people may prove who they are.
	accounts(uids) {
		const wanted = new Set(uids.map((u) => `${u.type} ${u.id}`));
		const may = (e) => e.uid.type === 'Identity' &&
			this.entities.closure([e.uid]).some((x) => wanted.has(`${x.uid.type} ${x.uid.id}`));
		return this.entities.all.filter(may).map((e) => ({ type: 'User', id: e.attrs.user }));
	}

	person(uids, effect, positive) {
		return effect === 'permit' && positive ? isIn('principal', this.accounts(uids)) : constant((effect === 'permit') === positive);
	}

	atom(e, effect, positive) {
		const kind = classOf(e);
		if (kind === 'network' || this.enforced.has(kind))
			return e;
		const group = asksGroup(e);
		const instead = group ? this.person(named(group), effect, positive) : constant((effect === 'permit') === positive);
		return e.is ? and({ is: { left: e.is.left, entity_type: e.is.entity_type } }, instead) : instead;
	}

	expression(e, effect, positive) {
		const same = (inner) => this.expression(inner, effect, positive);
		if (e['&&'])
			return and(same(e['&&'].left), same(e['&&'].right));
		if (e['||'])
			return or(same(e['||'].left), same(e['||'].right));
		if (e['!'])
			return not(this.expression(e['!'].arg, effect, !positive));
		if (e['if-then-else']) {
			const { if: c, then: a, else: b } = e['if-then-else'];
			return or(and(same(c), same(a)), and(not(this.expression(c, effect, !positive)), same(b)));
		}
		return this.atom(e, effect, positive);
	}

	// T of one policy.
	policy(p) {
		const conditions = p.conditions.map(({ kind, body }) => (
			{ kind, body: this.expression(body, p.effect, kind === 'when') }));
		const people = scopeUids(p.principal).filter(isPerson);
		if (this.enforced.has('identity') || people.length === 0)
			return { ...p, conditions };
		const principal = p.principal.entity_type ? { op: 'is', entity_type: p.principal.entity_type } : ALL;
		return { ...p, principal, conditions: [{ kind: 'when', body: this.person(people, p.effect, true) }, ...conditions] };
	}
}

// A scope as a condition.
function scopeCondition(scope, name) {
	const is = { is: { left: { Var: name }, entity_type: scope.entity_type } };
	switch (scope.op) {
	case 'All':
		return constant(true);
	case '==':
		return { '==': { left: { Var: name }, right: literal(scope.entity) } };
	case 'in':
		return isIn(name, scopeUids(scope));
	default:
		return scope.in ? and(is, isIn(name, scopeUids(scope))) : is;
	}
}

const allows = (scope, action) => scope.op === 'All' ||
	scopeUids(scope).some((u) => u.id === action || (scope.op === 'in' && u.id === ACTIONS[action]));

// What stays open for one action: what no permit mentions.
function openPermit(mentions, action) {
	const whole = (p) => p.conditions.reduce(
		(all, { kind, body }) => and(all, kind === 'when' ? body : not(body)),
		and(scopeCondition(p.principal, 'principal'), scopeCondition(p.resource, 'resource')));
	const body = mentions.filter((p) => allows(p.action, action)).map(whole).reduce(or, constant(false));
	return { ...OPEN, action: { op: '==', entity: { type: 'Action', id: action } }, conditions: [{ kind: 'unless', body }] };
}

function before(datetime) {
	const now = { '.': { left: { Var: 'context' }, attr: 'now' } };
	return { kind: 'when', body: { '<': { left: now, right: { datetime: [{ Value: datetime }] } } } };
}

function withEnds(policy, notAfter) {
	const { expires, essential } = policy.annotations;
	const ends = expires === undefined ? [] : [before(expires)];
	if (notAfter && policy.effect === 'permit' && essential === undefined)
		ends.push(before(notAfter));
	return { ...policy, conditions: [...policy.conditions, ...ends] };
}

const readsPhase = (p) => scopeUids(p.principal).some(isPerson) ||
	p.conditions.some(({ body }) => [...atoms(body)].some((atom) => classOf(atom) !== 'network'));

// One view: {id: policy}.
function view(policies, notAfter, enforced, entities) {
	const phases = new Phases(enforced, entities);
	const stays = (p) => p.effect === 'permit' || enforced.has('network') || readsPhase(p);
	const set = Object.fromEntries(policies.filter(stays).map(
		(p) => [p.annotations.id, phases.policy(withEnds(p, notAfter))]));
	if (enforced.has('network'))
		return set;
	const none = new Phases(new Set(), entities);
	const mentions = policies.filter((p) => p.effect === 'permit').map((p) => none.policy(p));
	for (const action of Object.keys(ACTIONS))
		set[`postern:open-${action}`] = openPermit(mentions, action);
	return set;
}

// The two sets, each {id: policy}: what is enforced and what is reported.
function rewrite(policies, { mode, notAfter, phases = {} }, entities) {
	const named = (wanted) => new Set(['identity', 'device', 'network'].filter((name) => wanted(phases[name] ?? 'enforce')));
	const pick = (wanted) => policies.filter((p) => wanted(p.annotations.mode));
	return {
		enforced: mode === 'observe' ? { 'postern:observe': OPEN }
			: view(pick((m) => m === undefined), notAfter, named((s) => s === 'enforce'), entities),
		reported: view(pick((m) => m !== 'off'), notAfter, named((s) => s !== 'off'), entities),
	};
}

module.exports = { rewrite };
