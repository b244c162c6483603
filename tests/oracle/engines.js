// SPDX-License-Identifier: BSD-2-Clause
// `postern decide` by one engine: its answers, or an error. An engine that answers too little did not run.
'use strict';

const { execFile } = require('child_process');
const fs = require('fs');

const ENGINES = ['reference', 'image', 'kernel'];
// Asked for each time: the oracle's own test puts a wrong program here.
const postern = () => process.env.POSTERN ?? `${process.env.BUILD}/postern`;

function run(args) {
	return new Promise((resolve) => {
		execFile(postern(), args, { maxBuffer: 1 << 30 }, (error, stdout, stderr) => {
			resolve({ status: error ? error.code ?? error.signal : 0, stdout, stderr });
		});
	});
}

async function answers(dir, engine, requests) {
	const args = ['decide', `${dir}/bundle`, '--requests', `${dir}/requests.jsonl`, '--engine', engine];
	const { status, stdout, stderr } = await run(args);
	if (status !== 0)
		throw new Error(`${engine} did not run: exit status ${status}\n${errorsOf(stderr)}`);
	const lines = stdout.split('\n').filter(Boolean).map((line) => JSON.parse(line));
	if (lines.length !== requests)
		throw new Error(`${engine} answered ${lines.length} of ${requests} requests`);
	return lines;
}

// The messages without the warnings, which generated policies give many of.
function errorsOf(stderr) {
	return stderr.split(/^(?=\S)/m).filter((message) => !message.includes(': warning: ')).join('');
}

// Root loads the engine in the kernel; without root the run says so and is no success.
const available = () => ENGINES.filter((e) => e !== 'kernel' || process.getuid() === 0);

function write(dir, { policies, requests, manifest, entities }) {
	fs.mkdirSync(`${dir}/bundle/policies`, { recursive: true });
	fs.writeFileSync(`${dir}/bundle/policies/all.cedar`, policies);
	fs.writeFileSync(`${dir}/bundle/bundle.json`, JSON.stringify(manifest));
	fs.writeFileSync(`${dir}/bundle/entities.json`, JSON.stringify(entities, null, 1));
	fs.writeFileSync(`${dir}/requests.jsonl`, requests.map((r) => `${JSON.stringify(r)}\n`).join(''));
}

module.exports = { ENGINES, available, answers, write, run };
