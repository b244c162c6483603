// SPDX-License-Identifier: BSD-2-Clause
// Addresses and prefixes as numbers: written anew here, so that the oracle shares no code with what it judges.
'use strict';

const BITS = { 4: 32n, 6: 128n };

function number4(text) {
	return text.split('.').reduce((n, part) => (n << 8n) | BigInt(part), 0n);
}

function groups(text) {
	return text === '' ? [] : text.split(':');
}

function number6(text) {
	const dotted = text.match(/^(.*:)(\d+\.\d+\.\d+\.\d+)$/);
	if (dotted) {
		const n = number4(dotted[2]);
		text = `${dotted[1]}${(n >> 16n).toString(16)}:${(n & 0xffffn).toString(16)}`;
	}
	const [head, tail] = text.split('::').map(groups);
	const all = tail ? [...head, ...Array(8 - head.length - tail.length).fill('0'), ...tail] : head;
	return all.reduce((n, part) => (n << 16n) | BigInt(`0x${part}`), 0n);
}

// {family, n}; IPv4 inside IPv6 stays IPv6 here.
function plain(text) {
	return text.includes(':') ? { family: 6, n: number6(text) } : { family: 4, n: number4(text) };
}

// An address of a request: the kernel hooks judge IPv4 inside IPv6 as IPv4.
function parse(text) {
	const a = plain(text);
	return a.family === 6 && a.n >> 32n === 0xffffn ? { family: 4, n: a.n & 0xffffffffn } : a;
}

function format(a) {
	if (a.family === 4)
		return [24n, 16n, 8n, 0n].map((k) => (a.n >> k) & 255n).join('.');
	return [7n, 6n, 5n, 4n, 3n, 2n, 1n, 0n].map((k) => ((a.n >> (16n * k)) & 0xffffn).toString(16)).join(':');
}

// "10.0.0.0/8" as {family, n, shift}.
function parsePrefix(text) {
	const [address, bits] = text.split('/');
	const a = plain(address);
	const shift = bits === undefined ? 0n : BITS[a.family] - BigInt(bits);
	return { family: a.family, n: a.n >> shift, shift };
}

function isIn(a, prefix) {
	return a.family === prefix.family && a.n >> prefix.shift === prefix.n;
}

const any = (family) => ({ family, n: 0n });
const loopback = (family) => ({ family, n: family === 4 ? 0x7f000001n : 1n });

module.exports = { parse, format, parsePrefix, isIn, any, loopback };
