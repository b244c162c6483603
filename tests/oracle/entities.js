// SPDX-License-Identifier: BSD-2-Clause
// What a bundle defines: which Zones and Services an endpoint is in, and what a person is in.
'use strict';

const fs = require('fs');
const path = require('path');
const address = require('./address');

// "@feed.txt" stands for the prefixes of that file, one a line, # begins a comment.
function prefixTexts(bundle, listed) {
	return listed.flatMap((text) => {
		if (!text.startsWith('@'))
			return [text];
		const file = fs.readFileSync(path.join(bundle, text.slice(1)), 'utf8');
		return file.split('\n').map((line) => line.replace(/#.*/, '').trim()).filter(Boolean);
	});
}

// "tcp 10.20.0.0/24:5432", "udp [fd00::]/8:8000-8010"
function parseEndpoints(text) {
	const [, protocol, addr, bits, first, last] =
		text.match(/^(\w+) \[?([^\]/]*)\]?(?:\/(\d+))?:(\d+)(?:-(\d+))?$/);
	const prefix = address.parsePrefix(bits === undefined ? addr : `${addr}/${bits}`);
	return { protocol, prefix, first: +first, last: +(last ?? first) };
}

class Entities {
	constructor(bundle) {
		this.all = JSON.parse(fs.readFileSync(path.join(bundle, 'entities.json'), 'utf8'));
		this.byName = new Map(this.all.map((e) => [`${e.uid.type} ${e.uid.id}`, e]));
		this.zones = this.all.filter((e) => e.uid.type === 'Zone').map((e) => ({
			uid: e.uid, prefixes: prefixTexts(bundle, e.attrs.prefixes).map(address.parsePrefix),
		}));
		this.services = this.all.filter((e) => e.uid.type === 'Service').map((e) => ({
			uid: e.uid, endpoints: e.attrs.endpoints.map(parseEndpoints),
		}));
	}

	// What an endpoint is directly in.
	around({ protocol, ip, port }) {
		const zones = this.zones.filter((z) => z.prefixes.some((p) => address.isIn(ip, p)));
		const services = this.services.filter((s) => s.endpoints.some((e) => e.protocol === protocol &&
			address.isIn(ip, e.prefix) && port >= e.first && port <= e.last));
		return [...zones, ...services].map((found) => found.uid);
	}

	// The defined ones among these and all that they are in: no other can matter to a request.
	closure(uids) {
		const found = new Map();
		const visit = (uid) => {
			const name = `${uid.type} ${uid.id}`;
			const entity = this.byName.get(name);
			if (!entity || found.has(name))
				return;
			found.set(name, entity);
			entity.parents.forEach(visit);
		};
		uids.forEach(visit);
		return [...found.values()];
	}
}

module.exports = { Entities };
