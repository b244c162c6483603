#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# What the other stories do not show of zero trust: nothing is on the wire before a decision, no address is
# trusted for where it lies, a policy that grants nothing grants nothing, and a way out in an emergency is signed, ends
# by itself and is loud. tests/zt.txt names what each story proves.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/harness/tap.sh
. tests/harness/sandbox.sh
box_start zero-trust

peer=$box_build/tools/peer hold=$box_build/tools/hold
granted=18590 other=18591 essential=18592
for port in $granted $other $essential; do
	"$hold" serve $port >/dev/null 2>&1 &
	box_started+=($!)
done

reaches() { inside timeout 5 "$peer" connect "${3-tcp}" "${2-127.0.0.1}" "$1" | grep -qx connected; }
denied() { inside timeout 5 "$peer" connect "${3-tcp}" "${2-127.0.0.1}" "$1" | grep -qx "Operation not permitted"; }
unsendable() { inside timeout 5 "$peer" send udp "${2-127.0.0.1}" "$1" | grep -qx "Operation not permitted"; }
policies() { cat >"$box_dir/bundle/policies/story.cedar"; }
traced() { postern -o json trace -n 50 --no-follow | grep "$1" | grep -q "$2"; }
stamp() { date -u -d "@$1" +%Y-%m-%dT%H:%M:%SZ; }
within() {
	local n
	for n in $(seq $(($1 * 10))); do
		"${@:2}" && return 0
		sleep 0.1
	done
	return 1
}

# A network namespace of its own, whose loopback counts every packet: nobody else sends there.
unshare -n sh -c "ip link set lo up; ip address add 10.1.2.3/32 dev lo; ip address add 192.168.7.7/32 dev lo
	echo \$\$ >'$box_dir/away'; exec sleep 300" >/dev/null 2>&1 &
box_started+=($!)
away=(nsenter -n -t)
there() { inside "${away[@]}" "$(cat "$box_dir/away")" timeout 5 "$@"; }
packets() { nsenter -n -t "$(cat "$box_dir/away")" cat /proc/net/dev | awk '$1 == "lo:" { print $3 }'; }
# adds_packets COMMAND...: as many as it sent are printed.
adds_packets() {
	local before
	before=$(packets)
	"$@" >/dev/null 2>&1
	echo $(($(packets) - before))
}
all_denied() {
	there "$peer" connect tcp 127.0.0.1 $other
	there "$peer" connect tcp ::1 $other
	there "$peer" connect udp 127.0.0.1 $other
	there "$peer" send udp 127.0.0.1 $other
	there "$peer" send udp ::1 $other
}
nothing_is_sent() { [ "$(adds_packets all_denied)" -eq 0 ]; }
something_is_sent() { [ "$(adds_packets there "$peer" connect tcp 127.0.0.1 $granted)" -gt 2 ]; }

box_keys
check "trust is installed" box_trust
step "posternd starts" posternd_start
policies <<-POLICIES
	@id("granted") permit (principal, action in Action::"egress", resource) when { resource.port == $granted };
POLICIES
check "one port is granted" postern push "$(box_bundle 1)"

# ---- decisions ----------------------------------------------------------------------------------
check "ZT-01: what no policy mentions is denied" denied $other
check "ZT-01: and told with its reason" traced '"reason":"default-deny"' "\"port\":$other"
both() { inside sh -c "'$peer' connect tcp 127.0.0.1 $granted; '$peer' connect tcp 127.0.0.1 $other; '$peer' connect tcp ::1 $other; '$peer' connect tcp 127.0.0.1 $granted" | tr '\n' ';'; }
two_answers() { [ "$(both)" = "connected;Operation not permitted;Operation not permitted;connected;" ] || { both; return 1; }; }
check "ZT-02: an answer for one destination is none for another" two_answers
check "a network namespace that counts" within 5 test -s "$box_dir/away"
for port in $granted $other; do
	"${away[@]}" "$(cat "$box_dir/away")" "$hold" serve $port >/dev/null 2>&1 &
	box_started+=($!)
done
check "ZT-04: what is granted is on the wire" within 5 something_is_sent
check "ZT-04: of what is denied not a packet is" nothing_is_sent

# ---- no place is trusted ------------------------------------------------------------------------
for address in 127.0.0.1 127.8.8.8 ::1 ::ffff:127.0.0.1 10.1.2.3 192.168.7.7; do
	there "$peer" connect tcp $address $other >"$box_dir/there" 2>&1
	check "ZT-14: $address is a destination like any other" grep -qx "Operation not permitted" "$box_dir/there"
done
there "$peer" connect tcp 10.1.2.3 $granted >"$box_dir/there" 2>&1
check "ZT-14: where a policy grants it, it is reached" grep -qx connected "$box_dir/there"

# ---- nothing granted ----------------------------------------------------------------------------
policies <<-POLICIES
	@id("lifeline") @essential
	permit (principal, action in Action::"egress", resource) when { resource.port == $essential };
POLICIES
check "a bundle with nothing but what is essential" postern push "$(box_bundle 2)"
check "ZT-12: connecting is denied" denied $granted
check "ZT-12: over IPv6" denied $granted ::1
check "ZT-12: over UDP" denied $granted 127.0.0.1 udp
check "ZT-12: sending is denied" unsendable $granted
deaf() { ! inside timeout 2 "$hold" serve 18593; }
check "ZT-12: listening is denied" deaf
check "ZT-12: and told" traced '"action":"listen"' '"verdict":"deny"'
check "ZT-12: what is essential is granted" reaches $essential

# ---- an emergency -------------------------------------------------------------------------------
end=$(($(date +%s) + 12))
box_mode=observe
box_not_after=$(stamp $end)
v3=$(box_bundle 3)
"$box_build/postern" bundle build "$box_dir/bundle" -o "$box_dir/unsigned.postern" >/dev/null 2>&1
refuses "ZT-25: a way out that is not signed is refused" "not signed" postern push "$box_dir/unsigned.postern"
check "ZT-25: a signed one that enforces nothing and ends soon is taken" postern push "$v3"
opened() { reaches $granted || [ "$(date +%s)" -ge $end ]; }
check "ZT-25: it opens everything" opened
check "ZT-25: status says that nothing is enforced" status_is state observing
check "ZT-25: each connection that it lets through is told" traced '"verdict":"would-deny"' "\"port\":$granted"
while [ "$(date +%s)" -le $end ]; do sleep 0.2; done
ended() { grep -q "bundle story 3 has ended" "$box_dir/posternd.log"; }
check "ZT-25: that it has ended is in the log" within 5 ended
box_mode=enforce box_not_after=2099-01-01T00:00:00Z
check "and the policy comes back" postern push "$(box_bundle 4)"
check "ZT-25: everything is closed again" denied $granted

step "posternd ends when asked" posternd_kill TERM
tap_end
