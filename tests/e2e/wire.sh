#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# What is on the wire is what was approved. The policy approves one address of each family (and what
# any-addresses mean); every attempt of the evasion story goes there in its own way: mapped, any,
# source routes, routing headers, tunnels, NAT, rewriting programs, joined connections. Packet sockets
# at the other end say where each marked packet went: nowhere but to an approved address.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/harness/tap.sh
. tests/harness/sandbox.sh
. tests/e2e/evasion/net.sh
. tests/e2e/evasion/policy.sh
. tests/e2e/evasion/table.sh
. tests/e2e/evasion/place.sh

export EVASION_PORT=7010 # the approved one, for all that have no port of their own
evasion=$box_build/tests/e2e/evasion
# Packets that no hook can see are another story's: evasion.sh.
mapfile -t names < <(table_unharmful_egress)

# "ADDRESS PORT" of the marked packets of attempts, each once: NAME PROTOCOL ADDRESS PORT.
wires() { awk '$1 == "wire" && NF == 5 { split($2, m, ":"); sub(/;/, "", m[3]); print m[3], $3, $4, $5 }' "$box_dir/round.wire" | sort -u; }
# A GRE or IP-in-IP tunnel sends without a socket: a limit, asserted on its own.
is_approved() {
	awk '
		$1 == "gre" || $1 == "ipip" { next }
		$3 != "10.91.0.2" && $3 != "fd91::2" && $3 !~ /^127[.]/ && $3 != "::1" { print; bad = 1 }
		$4 != 7010 && $4 != 0 { print; bad = 1 }
		END { exit bad }' <(wires)
}
# Where the kernel has such tunnels their packets still go where root routes them, and nowhere else.
tunnels_go_where_root_says() {
	! wires | grep -E '^(gre|ipip) ' | grep -vxE '(gre 47|ipip 4) 10[.]91[.]0[.]3 0'
}
no_join() { ! grep "^wire .* join$" "$box_dir/round.wire"; }
are_many() { local n; n=$(wires | cut -d ' ' -f 1 | sort -u | wc -l); echo "$n attempts were on the wire"; [ "$n" -ge "$1" ]; }
went() { wires | grep -qx "$1"; }

box_start wire
trap place_end EXIT
check "two network namespaces" net_make
check "programs" place
box_keys
check "trust is installed" box_trust
step "the controller answers" posternd_start
check "one destination is approved" place_push 1 wire
place_attempt wire "${names[@]}"
check "much is let through" are_many 50
check "each marked packet went to an approved address" is_approved
check "what a tunnel without a socket wraps goes where root routes it" tunnels_go_where_root_says
check "no connection was joined by way of another" no_join
check "TCP to a mapped address is IPv4 on the wire" went "tcp_mapped 6 10.91.0.2 7010"
check "UDP with an address of no family goes where it says" went "udp4_sendto_unspec 17 10.91.0.2 7010"
check "any-addresses are loopback" went "any4_tcp 6 127.0.0.1 7010"
check "those of IPv6 too" went "any6_udp 17 ::1 7010"
for name in srh_udp srh_tcp lsrr_udp lsrr_tcp dnat_udp dnat_tcp vxlan; do
	check "$name: nothing of it is on the wire" test -z "$(wires | grep "^$name ")"
done
tap_end
