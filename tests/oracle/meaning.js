// SPDX-License-Identifier: BSD-2-Clause
// A world's answers by Cedar alone, in the words of `postern decide`.
'use strict';

const path = require('path');
const { execFileSync } = require('child_process');
const cedar = require('./cedar');
const { rewrite } = require('./rewrite');
const { toCedar } = require('./request');

function reasonOf({ allow, policy }) {
	if (allow)
		return 'permit';
	return policy === '' ? 'default-deny' : 'forbid';
}

// The answer, from what Cedar says of the enforced and of the reported set.
function answerOf(done, told) {
	const verdict = !done.allow ? 'deny' : told.allow ? 'allow' : 'would-deny';
	return { verdict, policy: told.policy, reason: reasonOf(told) };
}

// A function from a request to {verdict, policy, reason}, over two sets {id: policy} known by this name.
function meaningOf({ enforced, reported }, name, entities) {
	// Asked once where both are the same set.
	const differ = JSON.stringify(enforced) !== JSON.stringify(reported);
	cedar.use(`${name} reported`, reported);
	if (differ)
		cedar.use(`${name} enforced`, enforced);
	return (request) => {
		const call = toCedar(request, entities);
		const told = cedar.decide(`${name} reported`, call);
		const done = differ ? cedar.decide(`${name} enforced`, call) : told;
		return answerOf(done, told);
	};
}

// By the rewrite that stands here.
const byDefinition = ({ policies, manifest, entities }) =>
	meaningOf(rewrite(policies, manifest, entities), 'defined', entities);

// By the sets that our own rewrite prints.
function byOurs({ dir, entities }) {
	const answers = path.join(process.env.BUILD, 'tests/oracle/answers');
	const texts = JSON.parse(execFileSync(answers, ['-', `${dir}/bundle`], { maxBuffer: 1 << 30, encoding: 'utf8', stdio: 'pipe' }));
	const setOf = (text) => Object.fromEntries(cedar.policiesOf(text).map((p) => [p.annotations.id, p]));
	return meaningOf({ enforced: setOf(texts.enforced), reported: setOf(texts.reported) }, 'ours', entities);
}

module.exports = { answerOf, byDefinition, byOurs };
