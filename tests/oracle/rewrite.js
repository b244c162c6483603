// SPDX-License-Identifier: BSD-2-Clause
// Modes and ends of policies as what they are defined to be: rewrites into plain Cedar (postern-policy(5)).
'use strict';

const OPEN = {
	effect: 'permit', principal: { op: 'All' }, action: { op: 'All' }, resource: { op: 'All' }, conditions: [],
};

function before(datetime) {
	const now = { '.': { left: { Var: 'context' }, attr: 'now' } };
	return { kind: 'when', body: { '<': { left: now, right: { datetime: [{ Value: datetime }] } } } };
}

function withEnds(policy, notAfter) {
	const { expires, essential } = policy.annotations;
	const ends = expires === undefined ? [] : [before(expires)];
	if (notAfter && policy.effect === 'permit' && essential === undefined)
		ends.push(before(notAfter));
	return { ...policy, conditions: [...policy.conditions, ...ends] };
}

// The two sets, each {id: policy}: what is enforced and what is reported.
function rewrite(policies, { mode, notAfter }) {
	const pick = (wanted) => Object.fromEntries(policies.filter((p) => wanted(p.annotations.mode)).map(
		(p) => [p.annotations.id, withEnds(p, notAfter)]));
	return {
		enforced: mode === 'observe' ? { open: OPEN } : pick((m) => m === undefined),
		reported: pick((m) => m !== 'off'),
	};
}

module.exports = { rewrite };
