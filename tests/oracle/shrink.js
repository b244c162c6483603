// SPDX-License-Identifier: BSD-2-Clause
// From a difference to the smallest world that still shows it: without policies, conditions, parts of conditions,
// scopes, facts and entities that do not matter.
'use strict';

const fs = require('fs');
const cedar = require('./cedar');
const engines = require('./engines');
const world = require('./world');

const without = (list, i) => [...list.slice(0, i), ...list.slice(i + 1)];

function dropKey(object, key) {
	const { [key]: dropped, ...rest } = object;
	return rest;
}

// What may stand for an expression that is a condition: its own conditions.
function parts(e) {
	if (e['&&'] ?? e['||'])
		return Object.values(e['&&'] ?? e['||']);
	if (e['!'])
		return [e['!'].arg];
	return e['if-then-else'] ? Object.values(e['if-then-else']) : [];
}

// The expression with one of its conditions made smaller, in every way.
function* smaller(e) {
	yield* parts(e);
	for (const operator of ['&&', '||', '!', 'if-then-else']) {
		for (const [side, inner] of Object.entries(e[operator] ?? {}))
			for (const less of smaller(inner))
				yield { [operator]: { ...e[operator], [side]: less } };
	}
}

function* smallerPolicies(policy) {
	for (let i = 0; i < policy.conditions.length; i++) {
		yield { ...policy, conditions: without(policy.conditions, i) };
		for (const body of smaller(policy.conditions[i].body))
			yield { ...policy, conditions: policy.conditions.map((c, k) => (k === i ? { ...c, body } : c)) };
	}
	for (const key of Object.keys(policy.annotations).filter((name) => name !== 'id'))
		yield { ...policy, annotations: dropKey(policy.annotations, key) };
	for (const scope of ['principal', 'resource', 'action'].filter((s) => policy[s].op !== 'All'))
		yield { ...policy, [scope]: { op: 'All' } };
}

function* smallerRequests(request) {
	for (const part of ['principal', 'context']) {
		for (const key of Object.keys(request[part] ?? {}).filter((name) => name !== 'now')) {
			const value = request[part][key];
			yield { ...request, [part]: dropKey(request[part], key) };
			if (Array.isArray(value))
				for (let i = 0; i < value.length; i++)
					yield { ...request, [part]: { ...request[part], [key]: without(value, i) } };
			else if (typeof value === 'object')
				for (const inner of Object.keys(value))
					yield { ...request, [part]: { ...request[part], [key]: dropKey(value, inner) } };
		}
	}
}

function* candidates(c) {
	for (let i = 0; i < c.policies.length; i++)
		yield { ...c, policies: without(c.policies, i) };
	for (let i = 0; i < c.policies.length; i++)
		for (const policy of smallerPolicies(c.policies[i]))
			yield { ...c, policies: c.policies.map((p, k) => (k === i ? policy : p)) };
	for (const request of smallerRequests(c.request))
		yield { ...c, request };
	for (let i = 0; i < c.entities.length; i++)
		yield { ...c, entities: without(c.entities, i) };
	for (const key of ['notAfter'].filter((name) => name in c.manifest))
		yield { ...c, manifest: dropKey(c.manifest, key) };
	if (c.manifest.mode === 'observe')
		yield { ...c, manifest: { ...c.manifest, mode: 'enforce' } };
}

const textOf = (policies) => policies.map((p) => `${cedar.textOf(p)}\n`).join('\n');

class Shrinker {
	constructor(dir, engine) {
		this.dir = dir;
		this.engine = engine;
		this.tries = 0;
	}

	// The difference that a candidate shows; null for none, and for what is no accepted set any more.
	async difference(c) {
		this.tries++;
		engines.write(this.dir, { ...c, policies: textOf(c.policies), requests: [c.request] });
		try {
			const { differences } = await world.compare(world.read(this.dir), [this.engine]);
			return differences[0] ?? null;
		} catch {
			return null;
		}
	}

	async step(c) {
		for (const candidate of candidates(c)) {
			if (this.tries >= Number(process.env.ORACLE_SHRINK ?? 3000))
				return null;
			const difference = await this.difference(candidate);
			if (difference)
				return { ...candidate, difference };
		}
		return null;
	}

	async run(start) {
		let best = start;
		for (let next = start; next; next = await this.step(best))
			best = next;
		// The directory is to show the smallest, not the last that was tried.
		engines.write(this.dir, { ...best, policies: textOf(best.policies), requests: [best.request] });
		return best;
	}
}

function show({ policies, entities, manifest, request, difference }, dir) {
	const words = ({ verdict, policy, reason }) => `${verdict} "${policy}" ${reason}`;
	return [
		`Cedar says ${words(difference.want)}; ${difference.engine} says ${words(difference.got)}`,
		`request: ${JSON.stringify(request)}`,
		`mode ${manifest.mode}${manifest.notAfter ? `, notAfter ${manifest.notAfter}` : ''}`,
		`entities: ${JSON.stringify(entities)}`, textOf(policies),
		`again: postern decide ${dir}/bundle --requests ${dir}/requests.jsonl --engine ${difference.engine}`,
	].join('\n');
}

// The smallest form of a difference in a world, as text, kept in `dir`.
async function shrink(from, difference, dir) {
	const entities = JSON.parse(fs.readFileSync(`${from.dir}/bundle/entities.json`, 'utf8'));
	const start = { policies: from.policies, manifest: from.manifest, entities, request: difference.request, difference };
	fs.rmSync(dir, { recursive: true, force: true });
	// With the files that Zones name.
	fs.cpSync(from.dir, dir, { recursive: true });
	return show(await new Shrinker(dir, difference.engine).run(start), dir);
}

module.exports = { shrink };
