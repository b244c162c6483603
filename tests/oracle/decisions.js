// SPDX-License-Identifier: BSD-2-Clause
// Generated worlds, each request decided by Cedar and by every engine. One failure ends the run: it is shrunk and shown.
'use strict';

const fs = require('fs');
const { execFileSync } = require('child_process');
const engines = require('./engines');
const variant = require('./variant');
const world = require('./world');
const { shrink } = require('./shrink');

const CHUNK = 20;

class Failure extends Error {}

async function decideWorld(dir, seed, names, counts) {
	const w = world.read(dir);
	const { answers, differences } = await world.compare(w, names);
	if (differences.length > 0)
		throw new Failure(`seed ${seed}: ${differences.length} answers differ; the first, made small:\n` +
			`${await shrink(w, differences[0], `${dir}-small`)}`);
	counts.sets++;
	for (const { verdict, policy } of answers) {
		counts.decisions++;
		counts[verdict]++;
		counts.byPolicy += policy !== '' ? 1 : 0;
	}
}

// One world by all engines, as it is or changed into a variant.
async function decideSeed(dir, seed, variants, counts) {
	if (variants && !variant.change(dir, seed))
		return counts.unchanged++;
	return decideWorld(dir, seed, engines.available(), counts);
}

// {sets, decisions, allow, deny, would-deny, byPolicy, unchanged}; throws at the first difference, refusal or engine that did not run.
async function decisions({ seed, sets, requests, scratch, variants = false }) {
	const counts = { sets: 0, decisions: 0, allow: 0, deny: 0, 'would-deny': 0, byPolicy: 0, unchanged: 0 };
	for (let first = seed; first < seed + sets; first += CHUNK) {
		const n = Math.min(CHUNK, seed + sets - first);
		execFileSync(`${process.env.BUILD}/tests/oracle/worlds`, [scratch, first, n, requests].map(String));
		for (let s = first; s < first + n; s++) {
			const dir = `${scratch}/${s}`;
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

module.exports = { decisions };
