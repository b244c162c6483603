// SPDX-License-Identifier: BSD-2-Clause
// A request of `postern decide` as Cedar takes it: what it leaves out is worst (postern-tests(5)).
'use strict';

const address = require('./address');

const UNKNOWN_ID = 4294967295;
const LONGEST = '9223372036854775807ms';
const DAY = 86400000;
const DEVICE = ['secureBoot', 'lockdown', 'diskEncrypted', 'tpm2', 'untainted', 'modulesSigned', 'aslr',
	'ptraceRestricted', 'unprivilegedBpfOff'];

const PROCESS = { type: 'Process', id: 'p' };
const ENDPOINT = { type: 'Endpoint', id: 'e' };

const extension = (fn, arg) => ({ __extn: { fn, arg } });

function uidOf(p) {
	if (p.uid !== undefined)
		return p.uid;
	if (p.user === 'root')
		return 0;
	return /^#\d+$/.test(p.user ?? '') ? Number(p.user.slice(1)) : UNKNOWN_ID;
}

function parentsOf(p) {
	const parents = new Map();
	const add = (type, id) => parents.set(`${type} ${id}`, { type, id });
	if (p.user)
		add('User', p.user);
	if (p.uid !== undefined)
		add('User', `#${p.uid}`);
	(p.groups ?? []).forEach((g) => add('Group', g));
	if (p.gid !== undefined)
		add('Group', `#${p.gid}`);
	if (p.program)
		add('Program', p.program);
	(p.aliases ?? []).forEach((a) => add('Program', a));
	if (p.unit)
		add('Unit', p.unit);
	else
		(p.slices ?? []).forEach((s) => add('Unit', s));
	if (p.identity)
		add('Identity', p.identity);
	return [...parents.values()];
}

// The process, and its unit: the slices contain the unit.
function principalEntities(p) {
	const process = {
		uid: PROCESS,
		attrs: {
			uid: uidOf(p), gid: p.gid ?? UNKNOWN_ID, exe: p.program ?? '', sha256: p.sha256 ?? '',
			script: p.script ?? '', parent: p.parent ?? '', container: p.container ?? '',
			preexisting: p.preexisting ?? false,
		},
		parents: parentsOf(p),
	};
	if (!p.unit)
		return [process];
	const slices = [...new Set(p.slices ?? [])].filter((s) => s !== p.unit);
	return [process, { uid: { type: 'Unit', id: p.unit }, attrs: {}, parents: slices.map((id) => ({ type: 'Unit', id })) }];
}

// "tcp 10.20.0.5:5432", or an object that says this end too.
function parseEndpoint(resource, action) {
	let r = resource;
	if (typeof r === 'string') {
		const [, protocol, ip, port] = r.match(/^(\w+) \[?([^\]]*?)\]?:(\d+)$/);
		r = { protocol, ip, port: Number(port) };
	}
	let ip = address.parse(r.ip);
	const unbound = action !== 'listen';
	const localIp = r.localIp !== undefined ? address.parse(r.localIp) : unbound ? address.any(ip.family) : ip;
	const localPort = r.localPort ?? (unbound ? 0 : r.port);
	if ((action === 'connect' || action === 'send') && ip.n === 0n)
		ip = address.loopback(ip.family);
	return { protocol: r.protocol, ip, port: r.port, localIp, localPort };
}

function endpointEntity(e, parents) {
	return {
		uid: ENDPOINT,
		attrs: {
			ip: extension('ip', address.format(e.ip)), port: e.port,
			localIp: extension('ip', address.format(e.localIp)), localPort: e.localPort,
			protocol: e.protocol, name: '',
		},
		parents,
	};
}

function millisecondsOf(datetime) {
	const zoned = /^\d{4}-\d\d-\d\d$/.test(datetime) ? `${datetime}T00:00:00Z` : datetime;
	return new Date(zoned.replace(/([+-]\d\d)(\d\d)$/, '$1:$2')).getTime();
}

// The host's local time, in UTC unless it is given.
function localOf(now, given) {
	const ms = millisecondsOf(now);
	const time = given.time ?? `${((ms % DAY) + DAY) % DAY}ms`;
	return { time: extension('duration', time), weekday: given.weekday ?? (new Date(ms).getUTCDay() || 7) };
}

function contextOf(c) {
	const session = c.session ?? {};
	const device = c.device ?? {};
	const facts = Object.fromEntries(DEVICE.map((name) => [name, device[name] ?? false]));
	return {
		session: {
			mfa: session.mfa ?? session.mfaAge !== undefined,
			mfaAge: extension('duration', session.mfaAge ?? LONGEST),
			verified: session.verified ?? false, interactive: session.interactive ?? false,
		},
		device: {
			...facts, updatesAge: extension('duration', device.updatesAge ?? LONGEST),
			uptime: extension('duration', device.uptime ?? LONGEST), custom: device.custom ?? [],
		},
		now: extension('datetime', c.now),
		local: localOf(c.now, c.local ?? {}),
	};
}

function toCedar(request, entities) {
	const list = principalEntities(request.principal ?? {});
	const call = { principal: PROCESS, action: { type: 'Action', id: request.action } };
	if (request.action === 'create') {
		call.resource = { type: 'SocketKind', id: request.resource };
	} else {
		const e = parseEndpoint(request.resource, request.action);
		call.resource = ENDPOINT;
		list.push(endpointEntity(e, entities.around(e)));
	}
	call.context = contextOf(request.context ?? {});
	call.entities = [...list, ...entities.closure(list.flatMap((e) => e.parents))];
	return call;
}

module.exports = { toCedar };
