// SPDX-License-Identifier: BSD-2-Clause
// A world's answers by Cedar alone, in the words of `postern decide`.
'use strict';

const cedar = require('./cedar');
const { rewrite } = require('./rewrite');
const { toCedar } = require('./request');

function reasonOf({ allow, policy }) {
	if (allow)
		return 'permit';
	return policy === '' ? 'default-deny' : 'forbid';
}

// A function from a request to {verdict, policy, reason}.
function meaningOf({ policies, manifest, entities }) {
	const { enforced, reported } = rewrite(policies, manifest, entities);
	// Asked once where both are the same set.
	const differ = JSON.stringify(enforced) !== JSON.stringify(reported);
	cedar.use('reported', reported);
	if (differ)
		cedar.use('enforced', enforced);
	return (request) => {
		const call = toCedar(request, entities);
		const told = cedar.decide('reported', call);
		const done = differ ? cedar.decide('enforced', call) : told;
		const verdict = !done.allow ? 'deny' : told.allow ? 'allow' : 'would-deny';
		return { verdict, policy: told.policy, reason: reasonOf(told) };
	};
}

module.exports = { meaningOf };
