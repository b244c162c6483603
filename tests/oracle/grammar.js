// SPDX-License-Identifier: BSD-2-Clause
// Policy texts from Cedar's grammar over our schema: typed as a rule, with slips of type, name and arity among them.
'use strict';

const ENTITIES = ['User', 'Group', 'Program', 'Unit', 'Team', 'Identity', 'Process', 'Zone', 'Service', 'Endpoint'];
const ACTIONS = ['egress', 'ingress', 'connect', 'send', 'listen', 'accept', 'create'];
const KINDS = ['raw', 'ping', 'udplite', 'tun', 'packet', 'other'];
const ATTRIBUTES = ['exe', 'uid', 'port', 'mfa', 'session', 'session.mfa', 'session.nope', 'device.custom.x', 'exe.x', 'a',
	'a.b', 'user', 'prefixes', '"exe"', '"a b"', 'nope.foo', 'localIp', 'local.weekday'];
const FLAGS = ['secureBoot', 'lockdown', 'diskEncrypted', 'tpm2', 'untainted', 'modulesSigned', 'aslr',
	'ptraceRestricted', 'unprivilegedBpfOff'];
const COMPARED = ['<', '<=', '>', '>='];

class Grammar {
	// `slips` in percent: how often something of another type stands where one is wanted.
	constructor(rng, slips) {
		this.r = rng;
		this.slips = slips;
	}

	slip() {
		return this.r.chance(this.slips);
	}

	// One of the alternatives, or now and then anything else. `simple` ends the recursion.
	one(depth, simple, deeper) {
		if (this.slip())
			return this.anything(depth - 1);
		return depth <= 0 ? this.r.pick(simple) : this.r.pick(deeper)();
	}

	anything(depth) {
		const kinds = ['boolean', 'long', 'string', 'ip', 'duration', 'datetime', 'entity', 'set', 'record', 'decimal'];
		return this[this.r.pick(kinds)](Math.max(0, depth));
	}

	named(type) {
		const odd = this.r.chance(2);
		if (type === 'Action')
			return `Action::"${odd ? 'zz' : this.r.pick(ACTIONS)}"`;
		if (type === 'SocketKind')
			return `SocketKind::"${odd ? 'zz' : this.r.pick(KINDS)}"`;
		return `${odd ? 'Nope' : type}::"${this.r.pick(['a', 'b', '/a', 'é\\u{e9}', '\\x41\\"'])}"`;
	}

	boolean(d) {
		const simple = ['true', 'false', 'principal.preexisting', 'context.session.mfa', 'resource is Endpoint',
			'resource is SocketKind', 'principal is Process', 'action == Action::"connect"',
			`context.device.${this.r.pick(FLAGS)}`, 'resource.port == 443', 'principal in User::"a"'];
		return this.one(d, simple, [
			() => this.logic(d), () => this.logic(d), () => this.logic(d), () => this.order(d), () => this.equality(d),
			() => this.membership(d), () => this.membership(d), () => this.kind(d), () => this.has(d),
			() => `(${this.string(d - 1)} like ${this.pattern()})`, () => this.contains(d),
			() => this.address(d), () => this.rare(d), () => this.r.pick(simple), () => this.r.pick(simple),
		]);
	}

	logic(d) {
		return this.r.pick([
			() => `(${this.boolean(d - 1)} && ${this.boolean(d - 1)})`,
			() => `${this.boolean(d - 1)} && ${this.boolean(d - 1)}`,
			() => `(${this.boolean(d - 1)} || ${this.boolean(d - 1)})`, () => `!(${this.boolean(d - 1)})`,
			() => `(if ${this.boolean(d - 1)} then ${this.boolean(d - 1)} else ${this.boolean(d - 1)})`,
		])();
	}

	order(d) {
		const type = this.r.pick(['long', 'long', 'duration', 'datetime']);
		return `(${this[type](d - 1)} ${this.r.pick(COMPARED)} ${this[type](d - 1)})`;
	}

	equality(d) {
		const type = this.r.pick(['long', 'string', 'ip', 'duration', 'datetime', 'boolean', 'entity', 'set', 'record',
			'decimal', 'long', 'string', 'string']);
		return `(${this[type](d - 1)} ${this.r.pick(['==', '!='])} ${this[type](d - 1)})`;
	}

	membership(d) {
		const of = this.r.chance(50) ? this.entity(d - 1) : this.r.pick(['principal', 'resource', 'action']);
		return `(${of} in ${this.r.chance(70) ? this.entity(d - 1) : this.entitySet(d - 1)})`;
	}

	kind(d) {
		const within = this.r.chance(30) ? ` in ${this.r.chance(70) ? this.entity(d - 1) : this.entitySet(d - 1)}` : '';
		return `(${this.entity(d - 1)} is ${this.r.pick([...ENTITIES, 'Action', 'SocketKind', 'Foo::Action'])}${within})`;
	}

	has(d) {
		const of = this.r.pick(['principal', 'resource', 'context', 'context.session', 'action', this.entity(d - 1),
			this.record(d - 1), 'principal', 'resource']);
		return `(${of} has ${this.r.pick(ATTRIBUTES)})`;
	}

	pattern() {
		return this.r.pick(['"*"', '"/usr/*"', '"*/sh"', '"a*b"', '"*a*"', '""', '"\\*"', '"a\\*b*"', '"*\\u{2a}"', '"\\q"']);
	}

	contains(d) {
		const [set, element] = this.r.pick([
			[() => this.setOf('long', d), () => this.long(d - 1)], [() => this.stringSet(d), () => this.string(d - 1)],
			[() => this.setOf('ip', d), () => this.ip(d - 1)], [() => this.setOf('boolean', d), () => this.boolean(d - 1)],
			[() => this.entitySet(d - 1), () => this.entity(d - 1)], [() => this.set(d - 1), () => this.anything(d - 1)],
		]);
		return this.r.pick([
			() => `${set()}.contains(${element()})`, () => `${set()}.contains(${element()})`,
			() => `${set()}.containsAll(${set()})`, () => `${set()}.containsAny(${set()})`, () => `${set()}.isEmpty()`,
		])();
	}

	address(d) {
		const test = this.r.pick(['isIpv4()', 'isIpv6()', 'isLoopback()', 'isMulticast()', `isInRange(${this.ip(d - 1)})`]);
		return `${this.ip(d - 1)}.${test}`;
	}

	rare(d) {
		return this.r.pick([
			() => `${this.decimal(d - 1)}.lessThan(${this.decimal(d - 1)})`, () => `${this.entity(d - 1)}.hasTag("a")`,
			() => `(${this.entity(d - 1)}.hasTag("a") && ${this.entity(d - 1)}.getTag("a") == 1)`,
			() => `${this.ip(d - 1)}.isIpv4(1)`, () => `${this.string(d - 1)}.nope()`, () => 'nope(1)', () => '?principal == principal',
			() => `principal == ${this.entity(d - 1)}`, () => `action in ${this.named('Action')}`, () => '!!!principal.preexisting',
		])();
	}

	long(d) {
		const simple = ['0', '1', '443', '-1', '65535', '9223372036854775807', '-9223372036854775808', '9223372036854775808',
			'principal.uid', 'principal.gid', 'resource.port', 'resource.localPort', 'context.local.weekday', 'principal.nope'];
		return this.one(this.r.chance(60) ? 0 : d, simple, [
			() => `(${this.long(d - 1)} ${this.r.pick(['+', '-', '*'])} ${this.long(d - 1)})`, () => `-(${this.long(d - 1)})`,
			() => `(if ${this.boolean(d - 1)} then ${this.long(d - 1)} else ${this.long(d - 1)})`,
			() => `${this.duration(d - 1)}.${this.r.pick(['toDays()', 'toHours()', 'toMilliseconds()', 'toSeconds(1)'])}`,
			() => `{a: ${this.long(d - 1)}, b: 1}.a`,
		]);
	}

	string(d) {
		const simple = ['"a"', '""', '"/usr/bin/x"', 'principal.exe', 'principal.script', 'principal.parent', 'resource.protocol',
			'resource.name', 'principal["exe"]', '"\\n\\t\\0\\\'"', '"\\u{10FFFF}"', 'principal.sha256', 'Identity::"a".user'];
		return this.one(this.r.chance(80) ? 0 : d, simple, [
			() => `(if ${this.boolean(d - 1)} then ${this.string(d - 1)} else ${this.string(d - 1)})`,
			() => `${this.entity(d - 1)}.user`,
		]);
	}

	ip(d) {
		return this.one(0, ['resource.ip', 'resource.ip', 'resource.localIp', 'ip("10.0.0.1")', 'ip("10.0.0.0/8")', 'ip("::1")',
			'ip("fd00::/8")', 'ip("::ffff:10.0.0.1")', 'ip("10.0.0.1/8")', 'ip("x")', 'ip("10.0.0.1/33")', 'ip(1)',
			'ip(principal.exe)', 'ip()', 'ip("0.0.0.0/0")', 'ip("1.2.3")', 'ip("01.2.3.4")', 'ip("1::2::3")'], [d]);
	}

	duration(d) {
		return this.one(d > 0 && this.r.chance(20) ? d : 0, ['context.session.mfaAge', 'context.device.uptime',
			'context.device.updatesAge', 'context.local.time', 'duration("1h")', 'duration("-1d2h3m4s5ms")', 'duration("8760h")',
			'duration("x")', 'duration("1h1d")', 'duration("")', 'duration("9223372036854775808ms")'], [
			() => `${this.datetime(d - 1)}.toTime()`, () => `${this.datetime(d - 1)}.durationSince(${this.datetime(d - 1)})`,
		]);
	}

	datetime(d) {
		return this.one(d > 0 && this.r.chance(20) ? d : 0, ['context.now', 'context.now', 'datetime("2026-01-01")',
			'datetime("2026-01-01T00:00:00Z")', 'datetime("2026-01-01T00:00:00.123+0130")', 'datetime("x")',
			'datetime("2026-02-30")', 'datetime("2026-01-01T24:00:00Z")', 'datetime("2026-01-01T00:00:00+2400")'], [
			() => `${this.datetime(d - 1)}.toDate()`, () => `${this.datetime(d - 1)}.offset(${this.duration(d - 1)})`,
		]);
	}

	decimal() {
		return this.r.pick(['decimal("1.0")', 'decimal("-1.2345")', 'decimal("1")', 'decimal("x")', 'decimal("1.00000")']);
	}

	entity(d) {
		return this.one(this.r.chance(85) ? 0 : d, ['principal', 'resource', 'action', 'principal', 'resource',
			...['User', 'Zone', 'Service', 'Action', this.r.pick(ENTITIES)].map((type) => this.named(type))], [
			() => `(if ${this.boolean(d - 1)} then ${this.entity(d - 1)} else ${this.entity(d - 1)})`,
			() => `{a: ${this.entity(d - 1)}}.a`,
		]);
	}

	setOf(type, d) {
		return `[${this.r.some(3, () => this[type](d > 1 ? d - 2 : 0)).join(', ')}]`;
	}

	stringSet(d) {
		return this.r.chance(40) ? this.r.pick(['context.device.custom', 'Zone::"a".prefixes']) : this.setOf('string', d);
	}

	entitySet(d) {
		if (this.r.chance(3))
			return '[]';
		const type = this.r.pick([...ENTITIES, 'Action', 'SocketKind']);
		return `[${this.r.some(3, () => (this.slip() ? this.entity(d) : this.named(type))).join(', ')}]`;
	}

	set(d) {
		return this.r.pick([
			() => '[]', () => this.setOf('long', d), () => this.stringSet(d), () => this.entitySet(d - 1),
			() => this.setOf('anything', d), () => this.setOf('record', d),
		])();
	}

	record(d) {
		if (this.r.chance(30))
			return this.r.pick(['context', 'context.session', 'context.device', 'context.local']);
		const keys = ['a', 'b', 'mfa', '"a b"', 'if'].filter(() => this.r.chance(40));
		return `{${keys.map((key) => `${key}: ${this.anything(d - 1)}`).join(', ')}}`;
	}

	scopeOf(name, types) {
		const type = this.r.pick(types);
		return this.r.pick([
			() => name, () => name, () => name, () => `${name} == ${this.named(type)}`, () => `${name} in ${this.named(type)}`,
			() => `${name} in ${this.named(type)}`, () => `${name} is ${type}`, () => `${name} is ${type} in ${this.named(type)}`,
			() => `${name} is ${name === 'principal' ? 'Process' : 'Endpoint'} in ${this.named(type)}`,
			() => `${name} in ${this.r.chance(5) ? `?${name}` : this.named(type)}`,
		])();
	}

	actionScope() {
		return this.r.pick([
			() => 'action', () => `action == ${this.named('Action')}`, () => `action in ${this.named('Action')}`,
			() => `action in [${this.r.some(3, () => this.named('Action')).join(', ')}]`, () => 'action in []',
			() => `action == Action::"${this.r.pick(ACTIONS.slice(2))}"`, () => 'action in Action::"egress"',
		])();
	}

	annotations(id) {
		const odd = ['', '@owner("x")', '@essential', '@mode("observe")', '@mode("on")', '@expires("2027-01-01")', '@expires("x")',
			'@nope("x")', '@advice("é")', '@if("keyword")', '@essential("")', '@essential("x")', '@ticket("\\u{41}")', '@id("")'];
		const more = this.r.chance(15) ? this.r.pick([...odd, `@id("${id}")`]) : '';
		return `${this.r.chance(98) ? `@id("${id}")` : ''} ${more}`;
	}

	// A scope that some request can match, as a rule.
	fittingScope() {
		const principal = this.r.pick(['principal', 'principal', 'principal is Process', 'principal in User::"a"',
			'principal in Team::"b"', 'principal is Process in Program::"/a"', `principal in ${this.named('Unit')}`]);
		const [action, resources] = this.r.pick([
			['action in Action::"egress"', ['resource', 'resource is Endpoint', 'resource in Zone::"a"', 'resource in Service::"b"']],
			['action == Action::"connect"', ['resource', 'resource is Endpoint in Service::"a"', 'resource in Zone::"b"']],
			['action in [Action::"listen", Action::"send"]', ['resource', 'resource is Endpoint', 'resource in Zone::"a"']],
			['action == Action::"create"', ['resource', 'resource is SocketKind', 'resource == SocketKind::"raw"']],
			['action', ['resource', 'resource is Endpoint', 'resource is SocketKind', 'resource in Zone::"a"']],
		]);
		return `${principal}, ${action}, ${this.r.pick(resources)}`;
	}

	anyScope() {
		const all = this.slip();
		const principal = this.scopeOf('principal', all ? [...ENTITIES, 'SocketKind'] : ENTITIES.slice(0, 6));
		const resource = this.scopeOf('resource', all ? ENTITIES : ['Endpoint', 'Zone', 'Service', 'SocketKind']);
		return `${principal}, ${this.actionScope()}, ${resource}`;
	}

	policy(id) {
		const scope = this.r.chance(75) ? this.fittingScope() : this.anyScope();
		const conditions = this.r.chance(20) ? [] : this.r.some(2,
			() => ` ${this.r.pick(['when', 'when', 'unless'])} { ${this.boolean(this.r.below(5))} }`);
		return `${this.annotations(id)} ${this.r.pick(['permit', 'forbid'])} (${scope})${conditions.join('')};`;
	}
}

module.exports = { Grammar };
