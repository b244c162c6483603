// SPDX-License-Identifier: BSD-2-Clause
// A bundle directory and the requests beside it, and the comparison of all engines over them.
'use strict';

const fs = require('fs');
const cedar = require('./cedar');
const engines = require('./engines');
const { Entities } = require('./entities');
const { meaningOf } = require('./meaning');

const KEYS = ['verdict', 'policy', 'reason'];

function readJson(file) {
	return JSON.parse(fs.readFileSync(file, 'utf8'));
}

function read(dir) {
	const text = fs.readFileSync(`${dir}/bundle/policies/all.cedar`, 'utf8');
	const lines = fs.readFileSync(`${dir}/requests.jsonl`, 'utf8').split('\n').filter(Boolean);
	return {
		dir, policies: cedar.policiesOf(text), manifest: readJson(`${dir}/bundle/bundle.json`),
		entities: new Entities(`${dir}/bundle`), requests: lines.map((line) => JSON.parse(line)),
	};
}

const same = (a, b) => KEYS.every((key) => a[key] === b[key]);

// {answers, differences}: Cedar's answers, and where an engine's are others. Throws when one did not run.
async function compare(world, names) {
	const said = Promise.all(names.map((name) => engines.answers(world.dir, name, world.requests.length)));
	// While Cedar works the engines do too; their failure is seen at the await below.
	said.catch(() => {});
	const meaning = meaningOf(world);
	const answers = world.requests.map(meaning);
	const differences = [];
	(await said).forEach((lines, k) => lines.forEach((got, i) => {
		if (!same(answers[i], got))
			differences.push({ engine: names[k], request: world.requests[i], want: answers[i], got });
	}));
	return { answers, differences };
}

module.exports = { read, compare };
