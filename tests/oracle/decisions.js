// SPDX-License-Identifier: BSD-2-Clause
// Generated worlds, each request decided by Cedar and by every engine. One failure ends the run: it is shrunk and shown.
'use strict';

const fs = require('fs');
const { execFileSync } = require('child_process');
const engines = require('./engines');
const { decideFamily, alone, parse } = require('./family');
const variant = require('./variant');
const world = require('./world');
const { shrink } = require('./shrink');

const CHUNK = 20;
// Sets that share entities and requests, and how many such families there are to one whose printed rewrite is decided, too.
const FAMILY = 16;
const OURS = 4;

class Failure extends Error {}

function count(counts, { verdict, policy }) {
	counts.decisions++;
	counts[verdict]++;
	counts.byPolicy += policy !== '' ? 1 : 0;
}

async function complain(w, differences, first) {
	const small = await shrink(w, first, `${w.dir}-small`);
	throw new Failure(`${differences.length} answers differ; the first, made small:\n${small}`);
}

async function decideWorld(dir, names, counts) {
	const w = world.read(dir);
	const { answers, differences } = await world.compare(w, names);
	if (differences.length > 0)
		await complain(w, differences, differences[0]);
	counts.sets++;
	answers.forEach((answer) => count(counts, answer));
}

// One world by all engines, as it is or changed into a variant.
async function decideSeed(dir, seed, variants, counts) {
	if (variants && !variant.change(dir, seed))
		return counts.unchanged++;
	return decideWorld(dir, engines.available(), counts);
}

async function decideMany(dirs, ours, counts) {
	const { answers, differences } = await decideFamily(dirs, ours);
	if (differences.length > 0) {
		const [first] = differences;
		const words = { ...first, want: parse(first.want), got: parse(first.got) };
		await complain(alone(dirs[0], first.dir), differences, words);
	}
	counts.sets += dirs.length;
	answers.forEach((line) => count(counts, parse(line)));
}

const newCounts = () => ({ sets: 0, decisions: 0, allow: 0, deny: 0, 'would-deny': 0, byPolicy: 0, unchanged: 0 });

function makeWorlds(scratch, first, n, requests, family) {
	execFileSync(`${process.env.BUILD}/tests/oracle/worlds`, [scratch, first, n, requests, family].map(String));
	return Array.from({ length: n }, (_, i) => `${scratch}/${first + i}`);
}

// The same over families of sets: so many sets, at least. `progress` is called with the counts after each.
async function manyDecisions({ seed, sets, requests, scratch, progress = () => {} }) {
	const counts = newCounts();
	const begin = Math.ceil(seed / FAMILY) * FAMILY;
	for (let first = begin; first < begin + sets; first += FAMILY) {
		const dirs = makeWorlds(scratch, first, FAMILY, requests, FAMILY);
		try {
			await decideMany(dirs, (first / FAMILY) % OURS === 0, counts);
		} catch (error) {
			throw new Failure(`seeds from ${first} on (kept in ${scratch}): ${error.message}`);
		}
		dirs.forEach((dir) => fs.rmSync(dir, { recursive: true }));
		progress(counts);
	}
	return counts;
}

// {sets, decisions, allow, deny, would-deny, byPolicy, unchanged}; throws at the first difference, refusal or engine that did not run.
async function decisions({ seed, sets, requests, scratch, variants = false }) {
	const counts = newCounts();
	for (let first = seed; first < seed + sets; first += CHUNK) {
		const n = Math.min(CHUNK, seed + sets - first);
		for (const [i, dir] of makeWorlds(scratch, first, n, requests, 1).entries()) {
			const s = first + i;
			try {
				await decideSeed(dir, s, variants, counts);
			} catch (error) {
				throw new Failure(`seed ${s} (kept in ${dir}): ${error.message}`);
			}
			fs.rmSync(dir, { recursive: true });
		}
	}
	return counts;
}

module.exports = { decisions, manyDecisions };
