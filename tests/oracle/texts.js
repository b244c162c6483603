// SPDX-License-Identifier: BSD-2-Clause
// Accept or refuse: Cedar's parser and strict validator against `policy/`, over generated texts. Where Cedar is content
// and we are not, the profile must say so; and what we print must mean to Cedar what the text meant.
'use strict';

const fs = require('fs');
const { execFileSync, spawnSync } = require('child_process');
const cedar = require('./cedar');
const { Grammar } = require('./grammar');
const { mutate } = require('./mutate');
const { Rng } = require('./rng');

// Limits that Cedar does not have, as our parser reports them.
const LIMITS = new Set(['syntax-nesting', 'limit-text', 'limit-policies']);
const isProfile = (code) => code.startsWith('profile-');

const PROFILE = {
	Zone: { prefixes: ['10.0.0.0/8'] }, Service: { endpoints: ['tcp 10.0.0.0/8:443'] }, Team: {},
	Identity: { user: 'a', requireVerified: false, keys: [`ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${'A'.repeat(43)}`] },
};

// Defined here, so that not every Zone that a text names is unknown: the grammar's, and the worlds'.
const DEFINED = {
	Zone: ['a', 'b', 'z0', 'z1', 'z2', 'z3', 'z4'], Service: ['a', 'b', 's0', 's1', 's2', 's3'], Team: ['a', 'b', 't0', 't1'],
	Identity: ['a', 'b', 'alice@example.com', 'bob@example.com', 'carol'],
};
const ENTITIES = Object.entries(DEFINED).flatMap(([type, ids]) => ids.map(
	(id) => ({ uid: { type, id }, parents: [], attrs: PROFILE[type] })));

// The policies of generated worlds, which are within the profile.
function worldPolicies(seed, scratch) {
	const worlds = 25;
	execFileSync(`${process.env.BUILD}/tests/oracle/worlds`, [`${scratch}/texts`, seed, worlds, 0].map(String));
	const read = (i) => fs.readFileSync(`${scratch}/texts/${seed + i}/bundle/policies/all.cedar`, 'utf8');
	const texts = Array.from({ length: worlds }, (_, i) => read(i).split(/(?<=;)\n\n/).filter(Boolean)).flat();
	fs.rmSync(`${scratch}/texts`, { recursive: true });
	return texts;
}

// Out of five texts two are grammar's, one is the worlds', and one of each is with slips.
function generate(seed, n, scratch) {
	const rng = new Rng(seed);
	const worlds = worldPolicies(seed, scratch);
	const fromGrammar = () => {
		const grammar = new Grammar(rng, rng.pick([0, 0, 1, 4, 12]));
		return rng.some(rng.chance(80) ? 1 : 3, (_, k) => grammar.policy(`p${k}`)).join('\n');
	};
	const kinds = [fromGrammar, fromGrammar, () => rng.pick(worlds), () => mutate(rng, fromGrammar()),
		() => mutate(rng, rng.pick(worlds))];
	return Array.from({ length: n }, (_, i) => kinds[i % kinds.length]());
}

// Our answers, by the program tests/oracle/texts.c.
function ours(texts, scratch) {
	const entities = `${scratch}/entities.json`;
	fs.writeFileSync(entities, JSON.stringify(ENTITIES));
	const input = texts.map((text) => `${Buffer.byteLength(text)}\n${text}\n`).join('');
	const { status, stdout, stderr } = spawnSync(process.env.TEXTS ?? `${process.env.BUILD}/tests/oracle/texts`, [entities],
		{ input, maxBuffer: 1 << 30, encoding: 'utf8' });
	if (status !== 0)
		throw new Error(`texts: exit status ${status}: ${stderr}`);
	const lines = stdout.split('\n').filter(Boolean).map((line) => JSON.parse(line));
	if (lines.length !== texts.length)
		throw new Error(`texts: ${lines.length} answers to ${texts.length} texts`);
	return lines;
}

// What is wrong between the two answers; undefined for agreement.
function disagreement(official, our) {
	const limited = our.codes.some((code) => LIMITS.has(code));
	if (official.parsed !== our.parsed && !(official.parsed && limited))
		return official.parsed ? 'Cedar parses it, we do not' : 'we parse it, Cedar does not';
	if (our.parsed && official.valid !== our.valid)
		return official.valid ? 'Cedar finds it valid, we do not' : 'we find it valid, Cedar does not';
	if (our.accepted && (!official.valid || official.warned))
		return 'we accept it, Cedar does not or warns';
	if (official.valid && our.parsed && !our.accepted && !our.codes.every(isProfile))
		return 'Cedar finds it valid, and we refuse it for another reason than the profile';
	// Not the profile's taste but Cedar's own warning, which this excuse must not cover for.
	if (official.valid && !official.warned && our.codes.includes('profile-impossible'))
		return 'we say that no request can match, Cedar does not warn of it';
	return undefined;
}

// JSON of a text's policies, in order, with the ids and positions that texts lose left out.
const jsonOf = (text) => JSON.stringify(cedar.policiesOf(text));

// Our canonical text must be the same policies to Cedar, in Cedar's layout too, and again to us.
function misprint(text, our) {
	if (jsonOf(text) !== jsonOf(our.print))
		return 'our canonical text is another policy to Cedar';
	if (jsonOf(cedar.format(our.print)) !== jsonOf(text))
		return 'Cedar formats our canonical text into another policy';
	return undefined;
}

function complain(text, what, official, our) {
	throw new Error(`${what}\n${JSON.stringify(text)}\nCedar: ${JSON.stringify(official)}\nours: ${JSON.stringify(our)}`);
}

// {texts, parsed, valid, accepted, excluded: {code: n}, printed}; throws at the first disagreement.
function compareTexts({ seed, n, scratch }) {
	const all = generate(seed, n, scratch);
	const answers = ours(all, scratch);
	const counts = { texts: n, parsed: 0, valid: 0, accepted: 0, printed: 0, excluded: {} };
	all.forEach((text, i) => {
		const official = cedar.judge(text);
		const what = disagreement(official, answers[i]) ?? (answers[i].parsed ? misprint(text, answers[i]) : undefined);
		if (what)
			complain(text, what, official, answers[i]);
		counts.parsed += official.parsed;
		counts.valid += official.valid;
		counts.accepted += answers[i].accepted;
		if (official.valid && !answers[i].accepted)
			for (const code of new Set(answers[i].codes))
				counts.excluded[code] = (counts.excluded[code] ?? 0) + 1;
	});
	const printed = all.filter((_, i) => answers[i].parsed);
	const prints = answers.filter((a) => a.parsed).map((a) => a.print);
	ours(prints, scratch).forEach((again, i) => {
		if (again.print !== prints[i])
			complain(printed[i], 'printing our canonical text again changes it', prints[i], again);
		counts.printed++;
	});
	return counts;
}

module.exports = { compareTexts, generate, disagreement };
