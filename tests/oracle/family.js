// SPDX-License-Identifier: BSD-2-Clause
// A family of sets over the same entities and requests: one process for all engines, one call of Cedar for a request.
'use strict';

const fs = require('fs');
const { execFile } = require('child_process');
const cedar = require('./cedar');
const world = require('./world');
const { Union, decide } = require('./union');
const { answerOf } = require('./meaning');
const { rewrite } = require('./rewrite');
const { toCedar } = require('./request');
const { ENGINES } = require('./engines');

// So seldom the first set is asked by itself, too: that its members' effects are put together as Cedar does.
const ASKED_ALONE = 31;
const VIEWS = ['enforced', 'reported'];

const lineOf = ({ verdict, policy, reason }) => `${verdict} ${policy} ${reason}`;

// What tests/oracle/answers.c says of each directory, in order.
function askEngines(requests, dirs) {
	const program = process.env.ANSWERS ?? `${process.env.BUILD}/tests/oracle/answers`;
	return new Promise((resolve, reject) => {
		execFile(program, [requests, ...dirs.map((dir) => `${dir}/bundle`)], { maxBuffer: 1 << 30 }, (error, stdout, stderr) => {
			const lines = error ? [] : stdout.split('\n').filter(Boolean);
			if (error)
				reject(new Error(`the engines did not run: exit status ${error.code ?? error.signal}\n${stderr}`));
			else if (lines.length !== dirs.length)
				reject(new Error(`the engines answered of ${lines.length} of ${dirs.length} sets`));
			else
				resolve(lines.map((line) => JSON.parse(line)));
		});
	});
}

// Our rewrite's sets of one line of answers.
const printed = (line) => Object.fromEntries(VIEWS.map(
	(view) => [view, Object.fromEntries(cedar.policiesOf(line[view]).map((p) => [p.annotations.id, p]))]));

class Family {
	constructor(dirs) {
		this.worlds = dirs.map((dir) => world.readSet(dir));
		this.requests = world.readRequests(dirs[0]);
		this.union = new Union('union');
	}

	// Both views of one set.
	member(views) {
		return VIEWS.map((view) => this.union.add(views[view]));
	}

	// Cedar's own answer by each view of the first set against the one that was put together.
	askAlone(call, views) {
		VIEWS.forEach((view, k) => {
			const own = cedar.decide(view, call);
			if (own.allow !== views[k].allow || own.policy !== views[k].policy)
				throw new Error(`Cedar decides ${view} otherwise than its parts say: ${JSON.stringify(call)}`);
		});
	}

	// A list for each request of its answers, one for each member.
	decide(members, first) {
		this.union.close();
		VIEWS.forEach((view) => cedar.use(view, first[view]));
		return this.requests.map((request, i) => {
			const call = toCedar(request, this.worlds[0].entities);
			const satisfied = this.union.ask(call);
			const decided = members.map((views) => views.map((set) => decide(set, satisfied)));
			if (i % ASKED_ALONE === 0)
				this.askAlone(call, decided[0]);
			return decided.map((views) => lineOf(answerOf(...views)));
		});
	}

	// Adds to `differences` where an engine's answers are others than Cedar's.
	check(k, engine, lines, answers, differences) {
		if (lines?.length !== answers.length)
			throw new Error(`${engine} answered ${lines?.length ?? 0} of ${answers.length} requests`);
		lines.forEach((got, i) => {
			if (got !== answers[i][k])
				differences.push({ engine, dir: this.worlds[k].dir, request: this.requests[i], want: answers[i][k], got });
		});
	}
}

// {answers: lines of all sets, differences}. With `ours`, what our rewrite prints is decided by Cedar, too.
async function decideFamily(dirs, ours) {
	const said = askEngines(`${dirs[0]}/requests.jsonl`, dirs);
	said.catch(() => {});
	const family = new Family(dirs);
	const sets = family.worlds.map((w) => rewrite(w.policies, w.manifest, w.entities));
	const lines = ours ? await said : [];
	const members = [...sets, ...lines.map(printed)].map((views) => family.member(views));
	const answers = family.decide(members, sets[0]);
	const differences = [];
	(await said).forEach((line, k) => ENGINES.forEach(
		(engine) => family.check(k, engine, line[engine], answers, differences)));
	if (ours)
		dirs.forEach((_, k) => family.check(k, world.REWRITE, answers.map((all) => all[dirs.length + k]), answers, differences));
	return { answers: answers.flatMap((all) => all.slice(0, dirs.length)), differences };
}

// A set of a family as a world of its own, to be shrunk.
function alone(first, dir) {
	if (first !== dir)
		fs.copyFileSync(`${first}/requests.jsonl`, `${dir}/requests.jsonl`);
	return world.read(dir);
}

const parse = (line) => {
	const [, verdict, policy, reason] = line.match(/^(\S+) (\S*) (\S+)$/);
	return { verdict, policy, reason };
};

module.exports = { decideFamily, alone, parse };
