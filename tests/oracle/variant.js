// SPDX-License-Identifier: BSD-2-Clause
// Generated worlds changed into what generated bundles lack: conditions on this end of a connection, and a Zone whose
// prefixes are in a file of the bundle.
'use strict';

const fs = require('fs');
const cedar = require('./cedar');
const engines = require('./engines');
const { Rng } = require('./rng');
const world = require('./world');

const PORTS = [0, 1, 22, 1024, 65535];
const IPS = { 4: ['0.0.0.0', '10.0.0.1', '10.0.0.255', '::ffff:10.0.0.1', '127.0.0.1'], 6: ['::', 'fd00::1', '::1', 'fd00::ffff'] };

// One more condition, a policy text being the shortest way to its JSON.
function condition(rng, essential) {
	const test = rng.pick([
		`resource.localPort ${rng.pick(['==', '!=', '<', '<=', '>', '>='])} ${rng.pick(PORTS)}`,
		`resource.localIp ${rng.pick(['==', '!='])} ip("${rng.pick(['10.0.0.1', '::', 'fd00::1', '0.0.0.0'])}")`,
		`resource.localIp.isInRange(ip("${rng.pick(['10.0.0.0/24', 'fd00::/16', '0.0.0.0/0', '::/0'])}"))`,
		'resource.localIp.isLoopback()', 'resource.localIp.isIpv6()',
		`[${rng.pick(PORTS)}, ${rng.pick(PORTS)}].contains(resource.localPort)`,
	]);
	const other = essential ? 'principal.preexisting' : 'context.session.mfa';
	const text = `resource is Endpoint && ${test} || ${other}`;
	return cedar.policiesOf(`permit(principal, action, resource) ${rng.pick(['when', 'unless'])} { ${text} };`)[0].conditions[0];
}

// Kinds of sockets have no ends: a condition on them would make a policy that no request can match.
const isAboutKinds = (policy) => JSON.stringify([policy.action, policy.resource]).match(/"(create|SocketKind)"/);

function withLocal(policies, rng) {
	const able = policies.filter((p) => !isAboutKinds(p));
	const chosen = new Set([able[0], ...able.filter(() => rng.chance(40))]);
	return policies.map((p) => (chosen.has(p)
		? { ...p, conditions: [...p.conditions, condition(rng, 'essential' in p.annotations)] } : p));
}

function requestWithLocal(request, rng) {
	if (request.action === 'create' || rng.chance(30))
		return request;
	let end = request.resource;
	if (typeof end === 'string') {
		const [, protocol, ip, port] = end.match(/^(\w+) \[?([^\]]*?)\]?:(\d+)$/);
		end = { protocol, ip, port: Number(port) };
	}
	const family = end.ip.includes(':') && !end.ip.startsWith('::ffff:') ? 6 : 4;
	const localIp = rng.chance(70) ? { localIp: rng.pick(IPS[family]) } : {};
	return { ...request, resource: { ...end, ...localIp, localPort: rng.pick(PORTS) } };
}

// The first Zone's prefixes go into a file, with a comment, an empty line and space around them.
function withFeed(dir, entities) {
	const zone = entities.find((e) => e.uid.type === 'Zone');
	fs.writeFileSync(`${dir}/bundle/feed.txt`, `# feed\n\n${zone.attrs.prefixes.map((p) => `${p}\n`).join('')}`);
	return entities.map((e) => (e === zone ? { ...e, attrs: { prefixes: ['@feed.txt'] } } : e));
}

// Rewrites the world in `dir`; false where no policy of it can have such a condition.
function change(dir, seed) {
	const rng = new Rng(seed);
	const { policies, manifest, requests, entities } = world.read(dir);
	if (policies.every(isAboutKinds))
		return false;
	engines.write(dir, {
		policies: withLocal(policies, rng).map((p) => `${cedar.textOf(p)}\n`).join('\n'), manifest,
		requests: requests.map((r) => requestWithLocal(r, rng)), entities: withFeed(dir, entities.all),
	});
	return true;
}

module.exports = { change };
