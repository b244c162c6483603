// SPDX-License-Identifier: BSD-2-Clause
// A bundle directory and the requests beside it, and the comparison of all engines over them.
'use strict';

const fs = require('fs');
const cedar = require('./cedar');
const engines = require('./engines');
const { Entities } = require('./entities');
const { byDefinition, byOurs } = require('./meaning');

// Not a program, but the sets that our rewrite prints, decided by Cedar; always asked.
const REWRITE = 'Cedar over our rewrite';
const KEYS = ['verdict', 'policy', 'reason'];

function readJson(file) {
	return JSON.parse(fs.readFileSync(file, 'utf8'));
}

function readSet(dir) {
	const text = fs.readFileSync(`${dir}/bundle/policies/all.cedar`, 'utf8');
	return {
		dir, policies: cedar.policiesOf(text), manifest: readJson(`${dir}/bundle/bundle.json`),
		entities: new Entities(`${dir}/bundle`),
	};
}

function readRequests(dir) {
	const lines = fs.readFileSync(`${dir}/requests.jsonl`, 'utf8').split('\n').filter(Boolean);
	return lines.map((line) => JSON.parse(line));
}

const read = (dir) => ({ ...readSet(dir), requests: readRequests(dir) });

const same = (a, b) => KEYS.every((key) => a[key] === b[key]);

// {answers, differences}: Cedar's answers, and where an engine's are others. Throws when one did not run.
async function compare(world, names) {
	const programs = names.filter((name) => name !== REWRITE);
	const said = Promise.all(programs.map((name) => engines.answers(world.dir, name, world.requests.length)));
	// While Cedar works the engines do too; their failure is seen at the await below.
	said.catch(() => {});
	const answers = world.requests.map(byDefinition(world));
	const rewritten = world.requests.map(byOurs(world));
	const differences = [];
	[...await said, rewritten].forEach((lines, k) => lines.forEach((got, i) => {
		if (!same(answers[i], got))
			differences.push({ engine: programs[k] ?? REWRITE, request: world.requests[i], want: answers[i], got });
	}));
	return { answers, differences };
}

module.exports = { REWRITE, readSet, readRequests, read, compare };
