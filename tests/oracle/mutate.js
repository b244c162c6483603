// SPDX-License-Identifier: BSD-2-Clause
// Small slips in a policy text: a token or character lost, doubled, moved or replaced.
'use strict';

const TOKENS = /"(?:\\.|[^"\\])*"|\/\/.*|[A-Za-z_]\w*|\d+|::|&&|\|\||[<>=!]=|\s+|./gsu;
const INSERTED = ['(', ')', '[', ']', '{', '}', ',', ';', '.', '::', '==', '=', '<', '!', '-', '&&', '||', '|', '"', '\\', '@',
	'?principal', '?resource', 'if', 'then', 'else', 'in', 'is', 'has', 'like', 'when', 'unless', 'true', 'principal',
	'__cedar', '__cedar::ip', '0', '00', '1', '//', '/*', '\u00e9', '\u200b', '\u0000', '\ufeff', '\r', '\n', '\t', ' ', '*', '+',
	'%', '"\\*"', '"\\u{d800}"', '"\\u{0000041}"', '"\\x7f"', '"\\x80"', '9223372036854775808', 'ip', 'datetime', ',,', '()'];

const OPERATIONS = [
	(r, t, i) => t.splice(i, 1),
	(r, t, i) => t.splice(i, 0, t[i]),
	(r, t, i) => t.splice(i, 1, r.pick(INSERTED)),
	(r, t, i) => t.splice(i, 0, r.pick(INSERTED)),
	(r, t, i) => t.splice(i, 1, t[r.below(t.length)]),
	(r, t, i) => t.splice(i, 2, t[i + 1] ?? '', t[i]),
	(r, t, i) => t.splice(i, t.length - i),
	(r, t, i) => t.splice(i, 1, t[i].slice(0, r.below(t[i].length))),
];

function mutate(rng, text) {
	const tokens = text.match(TOKENS) ?? [];
	for (let n = 1 + rng.below(2); n > 0 && tokens.length > 0; n--)
		rng.pick(OPERATIONS)(rng, tokens, rng.below(tokens.length));
	return tokens.join('');
}

module.exports = { mutate };
