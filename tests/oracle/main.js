// SPDX-License-Identifier: BSD-2-Clause
// All parts of the oracle, one TAP line each.
'use strict';

const path = require('path');
const { decisions } = require('./decisions');
const { compareTexts } = require('./texts');

const number = (name, otherwise) => Number(process.env[name] ?? otherwise);
const long = Boolean(process.env.POSTERN_LONG);
const scratch = process.env.ORACLE_SCRATCH;
const seed = number('ORACLE_SEED', Math.floor(Date.now() / 1000));
const sets = number('ORACLE_SETS', long ? 10000 : 60);
const requests = number('ORACLE_REQUESTS', long ? 1000 : 200);
const n = number('ORACLE_TEXTS', long ? 100000 : 6000);

// Runs with fewer answers of a kind than this share would compare too little of it.
function enough(counts, share) {
	const rare = ['allow', 'deny', 'would-deny', 'byPolicy'].filter((kind) => counts[kind] < counts.decisions * share);
	if (sets >= 20 && rare.length > 0)
		throw new Error(`too few of ${rare}: ${JSON.stringify(counts)}`);
	return counts;
}

async function worldsAgree() {
	return enough(await decisions({ seed, sets, requests, scratch }), 0.02);
}

async function variantsAgree() {
	const counts = await decisions({ seed, sets: Math.ceil(sets / 5), requests, scratch, variants: true });
	if (counts.unchanged > sets / 20)
		throw new Error(`too many worlds without a variant: ${JSON.stringify(counts)}`);
	return enough(counts, 0.02);
}

function textsAgree() {
	const counts = compareTexts({ seed, n, scratch });
	for (const kind of ['parsed', 'valid', 'accepted'])
		if (n >= 1000 && (counts[kind] < n * 0.1 || counts[kind] > n * 0.9))
			throw new Error(`too few or too many ${kind}: ${JSON.stringify(counts)}`);
	return counts;
}

// Runs a part with a wrong program in place of ours; its complaint must match.
async function notice(variable, program, { wrong, where, complaint }, part) {
	Object.assign(process.env, { RIGHT: program, WRONG: wrong, WRONG_IF: where });
	process.env[variable] = path.join(__dirname, 'wrong');
	try {
		await part();
	} catch (error) {
		if (complaint.test(error.message))
			return;
		throw new Error(`${wrong} in ${where}: it was noticed, but said: ${error.message}`);
	} finally {
		delete process.env[variable];
	}
	throw new Error(`${wrong} in ${where}: a wrong program was not noticed`);
}

async function wrongAnswersAreNoticed() {
	const cases = [
		{ wrong: 'verdict', where: 'image', complaint: /made small:\nCedar says deny .*; image says allow/ },
		{ wrong: 'verdict', where: 'reference', complaint: /made small:\nCedar says deny .*; reference says allow/ },
		{ wrong: 'verdict', where: 'kernel', complaint: /made small:\nCedar says deny .*; kernel says allow/ },
		{ wrong: 'mode', where: 'image', complaint: /Cedar says would-deny .*; image says deny/ },
		{ wrong: 'policy', where: 'image', complaint: /Cedar says \w+ "p.*; image says \w+ "q/ },
		{ wrong: 'short', where: 'kernel', complaint: /kernel answered 49 of 50 requests/ },
		{ wrong: 'silent', where: 'kernel', complaint: /kernel did not run: exit status 3/ },
		{ wrong: 'silent', where: 'reference', complaint: /reference did not run: exit status 3/ },
	];
	for (const one of cases)
		await notice('POSTERN', `${process.env.BUILD}/postern`, one,
			() => decisions({ seed: 1, sets: 10, requests: 50, scratch: `${scratch}/wrong` }));
	return { noticed: cases.length };
}

async function wrongJudgementsAreNoticed() {
	const cases = [
		{ wrong: 'accepted', where: '', complaint: /^we accept it/ },
		{ wrong: 'refused', where: '', complaint: /^Cedar parses it, we do not/ },
		{ wrong: 'print', where: '', complaint: /another policy to Cedar/ },
		{ wrong: 'short', where: '', complaint: /99 answers to 100 texts/ },
	];
	for (const one of cases)
		await notice('TEXTS', `${process.env.BUILD}/tests/oracle/texts`, one,
			() => compareTexts({ seed: 1, n: 100, scratch }));
	return { noticed: cases.length };
}

const PARTS = [
	['wrong answers are noticed', wrongAnswersAreNoticed],
	['wrong judgements of texts are noticed', wrongJudgementsAreNoticed],
	['texts are accepted, refused and printed as Cedar does', textsAgree],
	['worlds are decided as Cedar does', worldsAgree],
	['conditions on this end, and prefixes from files', variantsAgree],
];

async function main() {
	console.log(`1..${PARTS.length}`);
	console.log(`# again: ORACLE_SEED=${seed} ORACLE_SETS=${sets} ORACLE_REQUESTS=${requests} ORACLE_TEXTS=${n} make oracle`);
	for (const [i, [name, part]] of PARTS.entries()) {
		const begin = Date.now();
		try {
			const figures = await part();
			console.log(`ok ${i + 1} - ${name}`);
			console.log(`# ${JSON.stringify(figures)} in ${((Date.now() - begin) / 1000).toFixed(1)} s`);
		} catch (error) {
			console.log(`not ok ${i + 1} - ${name}`);
			console.log(error.message.replace(/^/gm, '# '));
			process.exitCode = 1;
		}
	}
}

main();
