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
	const { enforced, reported } = rewrite(policies, manifest);
	cedar.use('enforced', enforced);
	cedar.use('reported', reported);
	return (request) => {
		const call = toCedar(request, entities);
		const told = cedar.decide('reported', call);
		const done = cedar.decide('enforced', call);
		const verdict = !done.allow ? 'deny' : told.allow ? 'allow' : 'would-deny';
		return { verdict, policy: told.policy, reason: reasonOf(told) };
	};
}

module.exports = { meaningOf };
