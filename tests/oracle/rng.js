// SPDX-License-Identifier: BSD-2-Clause
// Random numbers that a seed repeats (splitmix32).
'use strict';

class Rng {
	constructor(seed) {
		this.state = seed >>> 0;
	}

	next() {
		this.state = (this.state + 0x9e3779b9) >>> 0;
		let z = this.state;
		z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
		z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
		return (z ^ (z >>> 15)) >>> 0;
	}

	below(n) {
		return Math.floor((this.next() / 2 ** 32) * n);
	}

	chance(percent) {
		return this.below(100) < percent;
	}

	pick(list) {
		return list[this.below(list.length)];
	}

	some(max, make) {
		return Array.from({ length: 1 + this.below(max) }, make);
	}
}

module.exports = { Rng };
