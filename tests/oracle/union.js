// SPDX-License-Identifier: BSD-2-Clause
// Many sets decided by one call of Cedar: every distinct body of a policy is asked once, as a permit of its own, and Cedar
// names those that a request satisfies. A set's answer follows from its members among them: a forbid before a permit.
'use strict';

const cedar = require('./cedar');

const bodyOf = ({ principal, action, resource, conditions }) => ({ effect: 'permit', principal, action, resource, conditions });

class Union {
	constructor(name) {
		this.name = name;
		this.bodies = {};
		this.keys = new Map();
	}

	key(policy) {
		const body = bodyOf(policy);
		const text = JSON.stringify(body);
		if (!this.keys.has(text)) {
			this.keys.set(text, `${this.keys.size}`);
			this.bodies[this.keys.get(text)] = body;
		}
		return this.keys.get(text);
	}

	// {id: policy} as what decide() takes; the least id comes first.
	add(set) {
		const members = Object.entries(set).sort(([a], [b]) => cedar.byBytes(a, b));
		const of = (effect) => members.filter(([, p]) => p.effect === effect).map(([id, p]) => ({ id, key: this.key(p) }));
		return { forbids: of('forbid'), permits: of('permit') };
	}

	// After the last add(). Validates all that was added.
	close() {
		cedar.use(this.name, this.bodies);
	}

	// What a request satisfies.
	ask(call) {
		return cedar.reasons(this.name, call);
	}
}

// {allow, policy} as cedar.decide() answers.
function decide({ forbids, permits }, satisfied) {
	const forbid = forbids.find(({ key }) => satisfied.has(key));
	const by = forbid ?? permits.find(({ key }) => satisfied.has(key));
	return { allow: by !== undefined && !forbid, policy: by?.id ?? '' };
}

module.exports = { Union, decide };
