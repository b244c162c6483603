#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# The life of a controller: start, push, kill -9, restart, swap under load, end. At no moment does
# anybody get a verdict that the bundle in force does not give.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/harness/tap.sh
. tests/harness/sandbox.sh
box_start daemon-lifecycle

first=18510 second=18511 never=18512 always=18513
loop=$box_dir/bin/loop
peer=$box_build/tools/peer
cp "$(realpath "$(command -v bash)")" "$loop"

for port in $first $second $never $always; do
	"$peer" listen "$port" >/dev/null 2>&1 &
	box_started+=($!)
done

# policies ODD|EVEN: odd versions let `first` through, even ones `second`; both `always`, none `never`.
policies() {
	local open=$first shut=$second
	[ $(($1 % 2)) -eq 1 ] || open=$second shut=$first
	cat >"$box_dir/bundle/policies/story.cedar" <<-EOF
		@id("always") permit (principal, action == Action::"connect", resource) when { resource.port == $always };
		@id("open-$open") permit (principal, action == Action::"connect", resource) when { resource.port == $open };
		@id("shut-$shut") forbid (principal, action == Action::"connect", resource) when { resource.port == $shut };
	EOF
}

reaches() { inside timeout 5 "$peer" connect tcp 127.0.0.1 "$1" | grep -qx connected; }
denied() { inside timeout 5 "$peer" connect tcp 127.0.0.1 "$1" | grep -qx "Operation not permitted"; }

# Connects again and again in one process, until the file `stop` is there. One line a wrong verdict.
connect_loop() {
	echo "$BASHPID" >"$box_cgroup/cgroup.procs"
	exec "$loop" -c '
		n=0
		while [ ! -e "$1/stop" ]; do
			n=$((n + 1))
			{ { :; } 3<>/dev/tcp/127.0.0.1/$2; } 2>/dev/null || echo "denied at $n"
			{ { :; } 3<>/dev/tcp/127.0.0.1/$3; } 2>/dev/null && echo "allowed at $n"
			echo $n >"$1/loops"
		done' loop "$box_dir" "$1" "$2" >"$box_dir/wrong" 2>&1
}
loop_start() {
	rm -f "$box_dir/stop" "$box_dir/loops"
	connect_loop "$1" "$2" &
	loop_pid=$!
	box_started+=("$loop_pid")
	while [ ! -s "$box_dir/loops" ]; do sleep 0.05; done
}
# Ends the loop; true when it ran at least $1 rounds and never got a wrong verdict.
loop_end() {
	touch "$box_dir/stop"
	wait "$loop_pid"
	cat "$box_dir/wrong"
	echo "rounds: $(cat "$box_dir/loops")"
	[ "$(cat "$box_dir/loops")" -ge "$1" ] && [ ! -s "$box_dir/wrong" ]
}

step "posternd starts" posternd_start
check "it says that there is no policy" status_is state no-policy
check "nothing is enforced yet" reaches $never

policies 1
box_keys
refuses "without trust nothing is accepted" "postern trust init" postern push "$(box_bundle 1)"
check "trust is installed" box_trust
check "a bundle is pushed" postern push "$box_dir/v1.postern"
check "it is enforcing" status_is state enforcing
check "what it permits is allowed" reaches $first
check "what it forbids is denied" denied $second
check "what nothing permits is denied" denied $never

explained() {
	local said
	said=$(postern why last)
	echo "$said"
	case $said in *"peer["*root*"127.0.0.1:$never"*default-deny*) ;; *) return 1 ;; esac
}
check "why explains the last denial" explained
traced() { postern -o json trace -n 50 --no-follow | grep -q "\"policy\":\"shut-$second\".*\"bundleVersion\":1"; }
check "trace names the policy and the bundle" traced
check "the same bundle again is no news" grep -q "already in force" <(postern push "$box_dir/v1.postern")

box_options
refuses "a second controller of the same state is refused" "another posternd" \
	"$box_build/posternd" --foreground "${box_options[@]}"

# kill -9
image_id() { postern -o json status | grep -o '"imageId":[0-9]*' | head -n 1; }
before=$(image_id)
step "posternd is killed" posternd_kill KILL
check "allowed stays allowed without it" reaches $first
check "denied stays denied without it" denied $second
loop_start $first $second
step "it starts again over its own remains" posternd_start
sleep 0.5
check "no wrong verdict while it did" loop_end 100
check "it is enforcing again" status_is state enforcing
check "it took up the image that was in force" test "$(image_id)" = "$before"
check "still denied" denied $second

# swaps under load
loop_start $always $never
swap() {
	local version
	for version in $(seq 2 13); do
		policies "$version"
		postern push "$(box_bundle "$version")" || return 1
	done
}
postern -o json trace -n 0 >"$box_dir/swap.events" 2>/dev/null &
trace_pid=$!
box_started+=("$trace_pid")
(
	echo "$BASHPID" >"$box_cgroup/cgroup.procs"
	exec "$loop" -c '
		while [ ! -e "$1/stop" ]; do
			{ { :; } 3<>/dev/tcp/127.0.0.1/$2; } 2>/dev/null
			{ { :; } 3<>/dev/tcp/127.0.0.1/$3; } 2>/dev/null
		done' loop "$box_dir" $first $second
) >/dev/null 2>&1 &
box_started+=($!)
check "twelve bundles are pushed under load" swap
check "no verdict was of neither bundle" loop_end 100
sleep 0.5
kill "$trace_pid"
# Every denial names the policy of its own bundle: odd versions shut `second`, even ones `first`.
consistent() {
	awk -v first="$first" -v second="$second" -v never="$never" '
		{
			match($0, /"policy":"[^"]*"/); policy = substr($0, RSTART + 10, RLENGTH - 11)
			match($0, /"bundleVersion":[0-9]+/); version = substr($0, RSTART + 16, RLENGTH - 16)
			match($0, /"port":[0-9]+/); port = substr($0, RSTART + 7, RLENGTH - 7)
			wanted = port == never ? "" : version % 2 ? "shut-" second : "shut-" first
			shut = version % 2 ? second : first
			n++
			versions[version]
			if (policy != wanted || (port != never && port != shut)) { print; bad++ }
		}
		END {
			for (v in versions) seen++
			print n + 0, "events of", seen + 0, "bundles"
			exit bad || n < 100 || seen < 6
		}' "$box_dir/swap.events"
}
check "every denial names a policy of the bundle that was in force" consistent
check "the last bundle is in force" version_is 13
left() { [ "$(ls "$box_dir/state/bundles" | wc -l)" -eq 8 ] && [ -e "$box_dir/state/bundles/"13-* ]; }
check "the newest containers are kept to go back to, and no more" left

# end and daemon
step "posternd ends when asked" posternd_kill TERM
check "with status 0" test "$box_status" -eq 0
check "its socket is gone" test ! -e "$box_socket"
check "what was in force stays" denied $second
check "it becomes a daemon and is ready when the caller goes on" "$box_build/posternd" "${box_options[@]}"
check "which answers" status_is state enforcing
postern -o json status | grep -o '"pid":[0-9]*' | cut -d: -f2 >"$box_dir/daemon.pid"
refuses "a daemon that cannot start says so and fails" "another posternd" "$box_build/posternd" "${box_options[@]}"
kill "$(cat "$box_dir/daemon.pid")"
for n in $(seq 100); do [ -e "$box_socket" ] || break; sleep 0.05; done
rm -f "$box_dir/daemon.pid"
check "detaching ends enforcement" "$box_build/posternd" --detach --pin "$box_pin" --cgroup "$box_cgroup"
check "everything is open again" reaches $never
tap_end
