#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# What is taken away is cut while it lives: by a new bundle, by the clock, here and in another network
# namespace, with and without a controller, and also what is older than the enforcer.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/harness/tap.sh
. tests/harness/sandbox.sh
box_start revoke

port=18570
hold=$box_build/tools/hold
cp "$hold" "$box_dir/bin/one"
cp "$hold" "$box_dir/bin/two"
"$hold" serve $port >/dev/null 2>&1 &
box_started+=($!)

policy() { cat >"$box_dir/bundle/policies/story.cedar"; }
grant() { echo "@id(\"$1\") permit (principal in Program::\"$box_dir/bin/$1\", action in Action::\"egress\", resource)${2-};"; }

# holds NAME PROGRAM IDLE|BUSY KIND ADDRESS [COMMAND...]: one connection in the cgroup; what it says is in the file NAME.
holds() {
	local name=$1 program=$2 how=$3 kind=$4 address=$5
	shift 5
	: >"$box_dir/$name"
	inside "$@" "$box_dir/bin/$program" "$how" "$kind" "$address" $port 1 >"$box_dir/$name" 2>&1 &
	box_started+=($!)
	within 5 grep -q '^held 1$' "$box_dir/$name"
}
# within SECONDS COMMAND...: succeeds as soon as the command does.
within() {
	local n
	for n in $(seq $(($1 * 20))); do
		"${@:2}" && return 0
		sleep 0.05
	done
	return 1
}
said() { grep -q "^$2 " "$box_dir/$1"; }
# How the connection NAME ended, and that it was not more than MS after the moment FROM (in ns).
ended_soon() {
	local name=$1 how=$2 from=$3 ms=$4 at
	within $((ms / 1000 + 10)) said "$name" "$how" || { cat "$box_dir/$name"; return 1; }
	at=$(sed -n "s/^$how //p" "$box_dir/$name")
	echo "$name: $how after $(((at - from) / 1000000)) ms"
	[ $(((at - from) / 1000000)) -le "$ms" ]
}
lives() { [ "$(cat "$box_dir/$1")" = "held 1" ] || { cat "$box_dir/$1"; return 1; }; }
now() { echo "${EPOCHREALTIME/[.,]/}000"; }
counted() { postern -o json status | grep -q "\"name\":\"$1\",\"value\":$2}" || { postern -o json status; return 1; }; }

box_keys
step "posternd starts" posternd_start
check "trust is installed" box_trust

# ---- a bundle without the grant -----------------------------------------------------------------
{ grant one; grant two; } | policy
check "a bundle with two grants" postern push "$(box_bundle 1)"
check "TCP is held" holds a one idle tcp 127.0.0.1
check "TCP over IPv6" holds b one busy tcp ::1
check "TCP to a mapped address" holds c one idle tcp ::ffff:127.0.0.1
check "UDP" holds d one idle udp 127.0.0.1
check "UDP over IPv6" holds e one idle udp ::1
check "and another program's TCP" holds f two busy tcp 127.0.0.1

grant two | policy
v2=$(box_bundle 2)
postern push "$v2" --dry-run >"$box_dir/dry" 2>&1
check "a dry run names what would be cut" grep -q "tcp 127.0.0.1:[0-9]* -> 127.0.0.1:$port of $box_dir/bin/one (pid [0-9]*, uid 0): no policy permits it any more" "$box_dir/dry"
check "all five" [ "$(grep -c "$box_dir/bin/one" "$box_dir/dry")" -eq 5 ]
check "and nothing else" [ "$(grep -c "$box_dir/bin/two" "$box_dir/dry")" -eq 0 ]
dry_cuts() { postern -o json push "$v2" --dry-run | grep -q '"cuts":\["tcp .*no policy permits it any more"\]'; }
check "in JSON too" dry_cuts
check "and cuts nothing" lives a
check "the bundle without the grant" postern push "$v2"
from=$(now)
for c in a b c d e; do
	check "connection $c gets ECONNABORTED within a second" ended_soon $c ECONNABORTED "$from" 1000
done
check "the other program's lives on" lives f
traced() { postern -o json trace -n 20 --no-follow | grep '"hook":"sweep"' | grep '"action":"connect"' | grep '"verdict":"deny"' | grep -q "$box_dir/bin/one"; }
check "the cut is in the trace" within 2 traced
check "and counted" within 2 counted connections-cut 5
check "and logged" grep -q "live connections whose permission was withdrawn: 5 cut" "$box_dir/posternd.log"

# ---- a grant that holds by another policy -------------------------------------------------------
{ grant two; echo "@id(\"loopback\") permit (principal, action in Action::\"egress\", resource) when { resource.ip.isLoopback() };"; } | policy
check "a bundle with two ways to the same" postern push "$(box_bundle 3)"
check "TCP is held by either" holds g two busy tcp ::1
sed -i '/"two"/d' "$box_dir/bundle/policies/story.cedar"
check "one of them goes" postern push "$(box_bundle 4)"
sleep 1
check "what the other grants is not cut" lives g
check "nor what was there before" lives f

# ---- another network namespace ------------------------------------------------------------------
{ grant one; grant two; } | policy
check "a bundle with two grants" postern push "$(box_bundle 5)"
unshare -n sh -c 'ip link set lo up && exec "$@"' - "$hold" serve $port >"$box_dir/away" 2>&1 &
away=$!
box_started+=($away)
check "another network namespace" within 5 grep -q ready "$box_dir/away"
there=(nsenter -t $away -n)
check "TCP is held there" holds h one idle tcp 127.0.0.1 "${there[@]}"
check "UDP" holds i one idle udp ::1 "${there[@]}"
check "and another program's TCP" holds j two busy tcp ::1 "${there[@]}"
grant two | policy
check "the bundle without the grant" postern push "$(box_bundle 6)"
from=$(now)
check "TCP there gets ECONNABORTED within a second" ended_soon h ECONNABORTED "$from" 1000
check "UDP too" ended_soon i ECONNABORTED "$from" 1000
check "the other program's lives on" lives j

# ---- the clock ----------------------------------------------------------------------------------
ends_in() { date -u -d "+$1 seconds" +%Y-%m-%dT%H:%M:%SZ; }
nanoseconds() { echo "$(date -u -d "$1" +%s)000000000"; }
end=$(ends_in 6)
{ grant one " when { context.now < datetime(\"$end\") }"; grant two; } | policy
check "a grant that ends by itself" postern push "$(box_bundle 7)"
check "TCP is held until then" holds k one idle tcp 127.0.0.1
check "UDP" holds l one idle udp 127.0.0.1
check "and another program's" holds m two busy tcp 127.0.0.1
check "TCP is cut when it ends" ended_soon k ECONNABORTED "$(nanoseconds "$end")" 1000
check "UDP too" ended_soon l ECONNABORTED "$(nanoseconds "$end")" 1000
not_early() { [ "$(sed -n 's/^ECONNABORTED //p' "$box_dir/k")" -ge "$(nanoseconds "$end")" ]; }
check "not before" not_early
check "the other program's lives on" lives m

# ---- without a controller -----------------------------------------------------------------------
end=$(ends_in 6)
{ grant one " when { context.now < datetime(\"$end\") }"; grant two; } | policy
check "another grant that ends" postern push "$(box_bundle 8)"
check "TCP is held" holds n one busy tcp 127.0.0.1
check "and another program's" holds o two busy tcp 127.0.0.1
step "posternd is killed" posternd_kill KILL
sleep 1
check "both live" lives n
check "its packets are dropped when the grant ends" ended_soon n SILENT "$(nanoseconds "$end")" 2000
check "the other program's live on" lives o
step "posternd starts again" posternd_start
check "and cuts nothing else" lives o

# ---- older than the enforcer --------------------------------------------------------------------
step "posternd ends" posternd_kill TERM
detach() { "$box_build/posternd" --detach --pin "$box_pin" --cgroup "$box_cgroup"; }
check "nothing is enforced" detach
check "TCP is held meanwhile" holds p one idle tcp ::1
check "UDP" holds q one idle udp 127.0.0.1
check "and another program's" holds r two busy tcp 127.0.0.1
from=$(now)
step "posternd starts, and enforces what it accepted before" posternd_start
check "older TCP is judged, and cut" ended_soon p ECONNABORTED "$from" 30000
check "older UDP too" ended_soon q ECONNABORTED "$from" 30000
check "what is allowed lives on" lives r
check "the state is enforcing" status_is state enforcing
tap_end
