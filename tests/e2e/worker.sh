#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# A worker that somebody has got hold of: it crashes, hangs, allocates without end, forks, opens sockets
# and files, answers garbage or too much. Each time it is contained, the cause is said, and neither the
# bundle in force nor the controller notices. The posternd here is linked so that its worker does what
# the name of a bundle says (hostile_worker.c); all else of it is the product's.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/harness/tap.sh
. tests/harness/sandbox.sh
box_start worker
box_posternd=$box_build/tests/e2e/posternd-hostile
export WORKER_MS=30000

echo '@id("web") permit (principal, action == Action::"connect", resource) when { resource.port == 18525 };' \
	>"$box_dir/bundle/policies/story.cedar"
box_keys
step "posternd starts" posternd_start
check "trust is installed" box_trust
check "bundle 5 is in force" postern push "$(box_bundle 5)"

# What must not change: the state directory, byte by byte; the image; the process.
state_now() { (cd "$box_dir/state" && find . -type f -exec sha256sum {} + | sort); }
image_now() { postern -o json status | grep -o '"imageId":[0-9]*'; }
# Of this story's posternd only: other stories may run at the same time.
workers() {
	local pid
	for pid in $(pgrep -x postern-worker); do
		[ "$(readlink "/proc/$pid/exe" 2>/dev/null)" = "$box_posternd" ] && echo "$pid"
	done
}
before_state=$(state_now) before_image=$(image_now) before_pid=$box_pid
nothing_changed() {
	local said
	said=$(postern -o json status)
	[ "$(state_now)" = "$before_state" ] || { echo "the state directory has changed"; return 1; }
	[[ $said == *'"state":"enforcing"'*"\"pid\":$before_pid,"*'"name":"story","version":5,'*"$before_image"* ]] && return 0
	echo "$said"
	return 1
}

# The one that read bundle 5 and waits to explain it.
is_confined() {
	local pid
	pid=$(workers)
	[ -n "$pid" ] || { echo "no worker"; return 1; }
	grep -qx 'NoNewPrivs:	1' "/proc/$pid/status" && grep -qx 'Seccomp:	2' "/proc/$pid/status" &&
		grep -qx 'CapEff:	0000000000000000' "/proc/$pid/status" &&
		grep -qx 'CapPrm:	0000000000000000' "/proc/$pid/status" &&
		[ "$(cat "/proc/$pid/oom_score_adj")" = 1000 ] && [ "$(ls "/proc/$pid/fd" | wc -l)" -eq 6 ]
}
check "its worker has no privilege, and no descriptor but its own" is_confined

hostile() { box_name=worker-$1 box_bundle 6; }

# contained WORD CAUSE: the push is refused as the worker's failure, with the cause, and that is all. Under a sanitizer
# a worker that ends asks for a system call first, to say what leaked or where it crashed.
contained() {
	local said status
	said=$(postern push "$(hostile "$1")" 2>&1)
	status=$?
	[ $status -eq 1 ] || { echo "exit status $status: $said"; return 1; }
	case ${SAN:+sanitized}$said in
	*"$2"*) nothing_changed ;;
	sanitized*SIGSYS*) nothing_changed ;;
	*) echo "no \"$2\" in: $said"; return 1 ;;
	esac
}
check "one that segfaults is contained" contained segv "it crashed (a wrong memory access)"
check "one that aborts" contained abort "it crashed (SIGABRT)"
check "one that ends without a word" contained quit "ended without an answer"
check "one that opens a socket" contained socket "SIGSYS"
check "one that opens a file" contained file "SIGSYS"
check "one that forks" contained fork "SIGSYS"
check "one that runs a program" contained exec "SIGSYS"
check "one that would end the controller" contained kill "SIGSYS"
check "one that would trace it" contained ptrace "SIGSYS"
check "one that makes code of data" contained code "SIGSYS"
check "one that would load eBPF" contained bpf "SIGSYS"
check "one that answers garbage" contained garbage "no sound answer"
check "one that answers too much" contained much "longer than any answer"
check "one that says more than it gives" contained short "shorter than it says"
check "an image whose references lead out of it" contained image "not sound"
check "an image without the policies" contained empty "not sound"
log_says() { [ "$(grep -c 'refused: worker' "$box_dir/posternd.log")" -eq 14 ]; }
check "the log has each" log_says

# Time: the controller serves while one hangs, and what comes meanwhile waits for its turn.
step "posternd ends" posternd_kill TERM
no_worker_is_left() {
	local n
	for n in $(seq 100); do
		[ -z "$(workers)" ] && return 0
		sleep 0.1
	done
	workers
	return 1
}
check "and no worker is left" no_worker_is_left
export WORKER_MS=4000
step "posternd starts again" posternd_start
before_pid=$box_pid before_image=$(image_now)
check "one that allocates without end is stopped when its time is over" contained allocate "did not answer in time"

endless=$(hostile spin)
postern push "$endless" >"$box_dir/endless.said" 2>&1 &
pushing=$!
# The one of the bundle in force, and one that is at work.
two_at_work() {
	local n
	for n in $(seq 100); do
		[ "$(workers | wc -l)" -ge 2 ] && return 0
		sleep 0.05
	done
	return 1
}
check "one that loops for ever is under way" two_at_work
serves() { timeout 3 "$box_build/postern" --socket "$box_socket" -o json status | grep -q '"version":5' && kill -0 "$pushing"; }
check "status is answered meanwhile" serves
box_name=story
next=$(box_bundle 7)
check "the next push waits for its turn, and succeeds" postern push "$next"
ended_so() {
	wait "$pushing"
	[ $? -eq 1 ] && grep -q "did not answer in time" "$box_dir/endless.said" && version_is 7
}
step "the endless one was refused in time" ended_so

# Nobody waits any more: what comes next is done nevertheless.
left_alone() {
	local n
	timeout 0.5 "$box_build/postern" --socket "$box_socket" push "$endless"
	postern push "$(box_bundle 8)" && version_is 8
}
check "one who hangs up leaves nothing behind" left_alone

too_many() {
	local n pids=() busy
	postern push "$endless" >/dev/null 2>&1 &
	pids+=($!)
	two_at_work
	for n in $(seq 12); do
		postern push "$box_dir/v8.postern" >"$box_dir/busy.$n" 2>&1 &
		pids+=($!)
	done
	for n in "${pids[@]}"; do wait "$n"; done
	busy=$(grep -l 'too many pushes wait' "$box_dir"/busy.* | wc -l)
	[ "$busy" -ge 1 ] && [ "$busy" -lt 12 ] && version_is 8
}
[ -z "${POSTERN_LONG:-}" ] || step "more than can wait are told so" too_many

# A large bundle's worker reads the next one: what has not changed is not read again, and what has is in force.
awk 'BEGIN { srand(7); for (i = 0; i < 40000; i++) printf "%d.%d.%d.%d/32\n", 1 + 99 * rand(), 256 * rand(), 256 * rand(), 256 * rand() }' \
	>"$box_dir/bundle/large.txt"
echo '@id("large") permit (principal, action == Action::"connect", resource in Zone::"large") when { resource.port == 18525 };
	@id("one") permit (principal, action == Action::"connect", resource in Service::"one");' >"$box_dir/bundle/policies/large.cedar"
# large VERSION PORT: one service of that port beside the many prefixes.
large() {
	echo '[{"uid":{"type":"Zone","id":"large"},"attrs":{"prefixes":["@large.txt"]},"parents":[]},
		{"uid":{"type":"Service","id":"one"},"attrs":{"endpoints":["tcp 127.0.0.1/32:'"$2"'"]},"parents":[]}]' \
		>"$box_dir/bundle/entities.json"
	box_bundle "$1"
}
# Allowed, there is nobody; denied, one may not ask.
allows() { inside bash -c "exec 3<>/dev/tcp/127.0.0.1/$1" 2>&1 | grep -q "Connection refused"; }
denies() { inside bash -c "exec 3<>/dev/tcp/127.0.0.1/$1" 2>&1 | grep -q "not permitted"; }
# push_large VERSION PORT NEW: in force, with so many workers that were not there before.
push_large() {
	local bundle before
	bundle=$(large "$1" "$2") || return 1
	before=$(workers | sort)
	postern push "$bundle" && version_is "$1" && allows "$2" && denies $(($2 - 1)) || return 1
	large_worker=$(comm -13 <(echo "$before") <(workers | sort))
	[ "$(grep -c . <<<"$large_worker")" -eq "$3" ]
}
step "a large bundle has a worker" push_large 9 18601 1
reader=$large_worker
step "which reads the next one" push_large 10 18602 0
step "and the one after that" push_large 11 18603 0
step "killed, it is done without" eval 'kill -9 "$reader"; push_large 12 18604 1'
refuses "one for another host is refused" "refused: audience" postern push "$(box_audience='["elsewhere"]' && large 13 18605)"
check "and what was in force is" allows 18604
step "until a sound one comes" push_large 13 18605 1

# kill -9 while a worker is at work: it goes with its controller.
killed() {
	postern push "$endless" >/dev/null 2>&1 &
	local pid=$!
	two_at_work
	posternd_kill KILL
	wait "$pid"
	no_worker_is_left
}
step "killed with its controller" killed
step "which takes up what was in force" posternd_start
check "bundle 13" version_is 13
step "posternd ends when asked" posternd_kill TERM
check "with status 0: nothing leaked, where that is watched" test "$box_status" -eq 0
check "no worker is left" no_worker_is_left
tap_end
