#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Every way around the enforcer that is known, tried three times: with nothing attached (does this
# kernel have it?), under a policy that allows all (it must work), and under one that denies it (it
# must fail, and an event must name who tried). What is expected of each: evasion/table.txt.
#
# usage: tests/e2e/evasion.sh [NAME...]      some attempts only; EVASION_KEEP=DIR keeps what was said
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/harness/tap.sh
. tests/harness/sandbox.sh
. tests/e2e/evasion/net.sh
. tests/e2e/evasion/policy.sh
. tests/e2e/evasion/table.sh
. tests/e2e/evasion/place.sh

evasion=$box_build/tests/e2e/evasion
names=("$@")
[ $# -gt 0 ] || mapfile -t names < <("$evasion" list)

# Those that harm the enforcer come last, one by one.
harm=" $(table_marked harm | tr '\n' ' ') "
gentle() { for name in "${names[@]}"; do [[ $harm == *" $name "* ]] || echo "$name"; done; }
harmful() { for name in "${names[@]}"; do [[ $harm != *" $name "* ]] || echo "$name"; done; }

watch_start() {
	postern -o json trace -n 0 >>"$box_dir/events" 2>"$box_dir/trace.err" &
	watch_pid=$!
	box_started+=("$watch_pid")
	sleep 0.3
}
watch_end() {
	sleep 0.5
	kill "$watch_pid" 2>/dev/null
	wait "$watch_pid" 2>/dev/null
}

deny_gentle() {
	local drive pushed
	[ ${#list[@]} -gt 0 ] || { place_push 2 deny; return; }
	touch "$box_dir/hold"
	place_attempt deny "${list[@]}" &
	drive=$!
	while ! grep -qsx ready "$box_dir/round.deny" && kill -0 "$drive"; do sleep 0.05; done
	watch_start
	place_push 2 deny
	pushed=$?
	rm -f "$box_dir/hold"
	wait "$drive"
	again deny place_attempt "${list[@]}"
	watch_end
	return "$pushed"
}

kept_events() { postern -o json trace -n 200 --no-follow >>"$box_dir/events" 2>/dev/null; }

attached() { postern -o json status 2>/dev/null | grep -o '"attached":true' | wc -l; }
is_whole() { status_is state enforcing >/dev/null 2>&1 && [ "$(attached)" -ge "$hooks" ]; }

# As before: a controller that is alive, and everything attached. It attaches again what was detached
# by itself; otherwise a new one is started.
mend() {
	local n
	[ -z "$box_pid" ] || kill -CONT "$box_pid" 2>/dev/null
	for n in $(seq 30); do
		[ -n "$box_pid" ] && kill -0 "$box_pid" 2>/dev/null || break
		is_whole && break
		sleep 0.1
	done
	kept_events
	! is_whole || return 0
	[ -z "$box_pid" ] || { kill -KILL "$box_pid"; wait "$box_pid"; } 2>/dev/null
	box_pid=
	posternd_start && echo "$box_pid" >"$box_dir/controller"
	kept_events
}

# one_by_one ROUND NAME...: each followed by repairs, unless nothing comes after it.
one_by_one() {
	local round=$1 name
	shift
	for name; do
		place_attempt "$round" "$name"
		if [ "$round" = deny ] && [ "$name" = "${names[-1]}" ]; then
			kept_events
		else
			mend >/dev/null 2>&1
		fi
	done
}

# again ROUND HOW NAME...: a busy machine can keep what should arrive from arriving in time; it may try again. What
# must not arrive is tried once.
again() {
	local round=$1 how=$2 late
	shift 2
	for _ in 1 2; do
		mapfile -t late < <(table_missing "$round" "$@")
		[ ${#late[@]} -gt 0 ] || return 0
		"$how" "$round" "${late[@]}"
	done
}

harmful_in() {
	local list
	mapfile -t list < <(harmful)
	[ ${#list[@]} -gt 0 ] || return 0
	one_by_one "$1" "${list[@]}"
	again "$1" one_by_one "${list[@]}"
}

# Attached to the root of the cgroups, which only a virtual machine can afford: tests/vm/evasion-root.sh.
if [ -n "${EVASION_ROOT:-}" ]; then
	box_attach=$(box_cgroup_root)
	table_root=1
fi
box_start "evasion${EVASION_ROOT:+-root}"
export EVASION_ATTACHED=$box_attach
trap place_end EXIT
check "two network namespaces" net_make
check "programs" place
check "the table lists every attempt, and no other" table_is_whole "$evasion"
place_attempt bare "${names[@]}"
again bare place_attempt "${names[@]}"

box_keys
check "trust is installed" box_trust
step "the controller answers" posternd_start
[ -S "$box_socket" ] || tap_end
echo "$box_pid" >"$box_dir/controller"
check "everything is allowed" place_push 1 allow
table_situation
hooks=$(attached)
mapfile -t list < <(gentle)
if [ ${#list[@]} -gt 0 ]; then
	place_attempt allow "${list[@]}"
	again allow place_attempt "${list[@]}"
fi
harmful_in allow
step "nothing of it is allowed" deny_gentle
harmful_in deny

while read -r result name; do
	case $result in
	0 | 1) tap_result "$result" "$name" ;;
	*) echo "# $name" ;;
	esac
done < <(table_judge "${names[@]}")
tap_end
