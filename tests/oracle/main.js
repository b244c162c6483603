// SPDX-License-Identifier: BSD-2-Clause
// All parts of the oracle, one TAP line each.
'use strict';

const path = require('path');
const { decisions, manyDecisions } = require('./decisions');
const { compareTexts } = require('./texts');

const number = (name, otherwise) => Number(process.env[name] ?? otherwise);
const scratch = process.env.ORACLE_SCRATCH;
// Three sizes: in `make check`, by itself, and long.
const size = process.env.ORACLE_BRIEF ? 0 : process.env.POSTERN_LONG ? 2 : 1;
const sized = (...sizes) => sizes[size];
// What `make check` decides does not change from run to run; by itself the oracle looks further each time.
const clock = Math.floor(Date.now() / 1000);
const seed = number('ORACLE_SEED', sized(1, clock, clock));
const sets = number('ORACLE_SETS', sized(32, 320, 10000));
const requests = number('ORACLE_REQUESTS', sized(200, 400, 1000));
const n = number('ORACLE_TEXTS', sized(600, 6000, 100000));
// Worlds of their own: decided by processes of `postern decide`, and asked of Cedar set by set.
const worlds = Math.min(sets, sized(4, 40, 400));

// Runs with fewer answers of a kind than this share would compare too little of it.
function enough(counts, share) {
	const rare = ['allow', 'deny', 'would-deny', 'byPolicy'].filter((kind) => counts[kind] < counts.decisions * share);
	if (counts.sets >= 20 && rare.length > 0)
		throw new Error(`too few of ${rare}: ${JSON.stringify(counts)}`);
	return counts;
}

async function worldsAgree() {
	return enough(await decisions({ seed, sets: worlds, requests, scratch }), 0.02);
}

async function familiesAgree() {
	const progress = (counts) => size === 2 && counts.sets % 320 === 0 && console.log(`# ${JSON.stringify(counts)}`);
	return enough(await manyDecisions({ seed, sets, requests, scratch, progress }), sized(0.005, 0.02, 0.02));
}

async function variantsAgree() {
	const counts = await decisions({ seed, sets: Math.ceil(worlds / 4), requests, scratch, variants: true });
	if (counts.unchanged > 1 + worlds / 20)
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

// Each wrong answer by each engine, in a brief run by the kernel only; all shrink less than they would.
async function wrongAnswersAreNoticed() {
	const cases = [
		{ wrong: 'verdict', where: 'image', complaint: /made small:\nCedar says deny .*; image says allow/ },
		{ wrong: 'verdict', where: 'reference', complaint: /made small:\nCedar says deny .*; reference says allow/ },
		{ wrong: 'verdict', where: 'kernel', complaint: /made small:\nCedar says deny .*; kernel says allow/ },
		{ wrong: 'mode', where: 'image', complaint: /Cedar says would-deny .*; image says deny/ },
		{ wrong: 'policy', where: 'image', complaint: /Cedar says \w+ "p.*; image says \w+ "q/ },
		{ wrong: 'short', where: 'kernel', complaint: /kernel answered 49 of 50 requests/ },
		{ wrong: 'silent', where: 'reference', complaint: /reference did not run: exit status 3/ },
		{ wrong: 'silent', where: 'kernel', complaint: /kernel did not run: exit status 3/ },
	];
	const tried = cases.filter(({ where }) => size > 0 || where === 'kernel');
	process.env.ORACLE_SHRINK = sized(2, 200, 200);
	for (const one of tried)
		await notice('POSTERN', `${process.env.BUILD}/postern`, one,
			() => decisions({ seed: 3, sets: 10, requests: 50, scratch: `${scratch}/wrong` }));
	return { noticed: tried.length };
}

async function wrongFamiliesAreNoticed() {
	const cases = [
		{ wrong: 'family-image', where: '', complaint: /Cedar says deny .*; image says allow/ },
		{ wrong: 'family-kernel', where: '', complaint: /Cedar says deny .*; kernel says allow/ },
		{ wrong: 'family-reference', where: '', complaint: /Cedar says deny .*; reference says allow/ },
		{ wrong: 'family-rewrite', where: '', complaint: /Cedar says .*; Cedar over our rewrite says/ },
		{ wrong: 'family-short', where: '', complaint: /kernel answered 49 of 50 requests/ },
		{ wrong: 'short', where: '', complaint: /answered of 15 of 16 sets/ },
		{ wrong: 'silent', where: '', complaint: /the engines did not run: exit status 3/ },
	];
	for (const one of cases)
		await notice('ANSWERS', `${process.env.BUILD}/tests/oracle/answers`, one,
			() => manyDecisions({ seed: 128, sets: 16, requests: 50, scratch: `${scratch}/wrong` }));
	delete process.env.ORACLE_SHRINK;
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
	['wrong answers of a family are noticed', wrongFamiliesAreNoticed],
	['wrong judgements of texts are noticed', wrongJudgementsAreNoticed],
	['texts are accepted, refused and printed as Cedar does', textsAgree],
	['worlds are decided as Cedar does', worldsAgree],
	['families of sets are decided as Cedar does', familiesAgree],
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
