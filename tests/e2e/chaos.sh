#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Everything at once: connects, execs, logins, pushes, posture flips, kills of posternd, cgroups made and removed, a flood of
# events and memory pressure, while probes that know what each verdict may be ask without pause (tests/e2e/chaos/probe.sh).
# No wrong verdict, and nothing left over. CHAOS_SECONDS=30; `make chaos` takes 600.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/harness/tap.sh
. tests/harness/sandbox.sh
box_start chaos

seconds=${CHAOS_SECONDS:-30}
always=18610 never=18611 odd=18612 even=18613 device=18614 proof=18615 program=18616
root=$box_dir/root facts=$box_dir/root/run/postern/posture.d
peer=$box_build/tools/peer token=$box_build/tests/e2e/token
loop=$box_dir/bin/loop only=$box_dir/bin/only other=$box_dir/bin/other
cp "$(realpath "$(command -v bash)")" "$loop"
cp "$peer" "$only" && cp "$peer" "$other"
for port in $always $never $odd $even $device $proof $program; do
	"$peer" listen $port >/dev/null 2>&1 &
	box_started+=($!)
done
. tests/e2e/chaos/actors.sh

mkdir -p "$facts"
chmod 0755 "$root" "$root/run" "$root/run/postern" "$facts"
echo "posture = $root" >"$box_dir/posternd.conf"
cat >"$box_dir/bundle/entities.json" <<-EOF
	[ { "uid": { "type": "Identity", "id": "nan" }, "parents": [],
	    "attrs": { "user": "nobody", "requireVerified": false, "keys": [ "$("$token" public ed25519 7)" ] } } ]
EOF
fact_is() { echo "$1 $(($(date +%s) + 3600))" >"$box_dir/fact" && mv "$box_dir/fact" "$facts/edr"; }
printf '#!/bin/sh\nexec %s sign ed25519 7 1 $(($(date +%%s) - 1700000000)) "$1"\n' "$token" >"$box_dir/bin/signer"
printf '#!/bin/sh\nexec timeout 20 %s --socket %s login --signer %s\n' "$box_build/postern" "$box_socket" "$box_dir/bin/signer" >"$box_dir/bin/login"
chmod 0755 "$box_dir/bin/signer" "$box_dir/bin/login"

box_keys
fact_is 1
mark push 0 && mark fact 1 && mark kill 0
: >"$box_dir/tally" && : >"$box_dir/knew" && chmod 0666 "$box_dir/tally" "$box_dir/knew"
check "trust is installed" box_trust
step "posternd starts" posternd_start --config "$box_dir/posternd.conf"
policies 1
check "a bundle is pushed" postern push "$(box_bundle 1)"
mark push 1
check "the device's fact holds" within 40 connects_to $device

descriptors_first=$(descriptors) links_first=$(links_here) memory_first=$(status_number memory)

probe fixed $always $never
probe fixed $always $never
probe turned $odd $even
probe device $device
session_probe proof $proof
for actor in pusher flipper killer climber execer flooder presser; do
	$actor >"$box_dir/$actor.log" 2>&1 &
	actors+=($!)
	box_started+=($!)
done
sleep "$seconds"
# Every probe knew at times what the answer had to be; in a long soak, and where nothing changes, it was both. A slow host
# gets more time for it: changes take long there, and while one is under way nobody knows.
everybody_knew() {
	awk -v long=$((seconds >= 120)) '{ n[$1]++ } END {
		for (i = split("fixed turned device proof", kind, " "); i > 0; i--)
			if (n[kind[i]] < (long || kind[i] == "fixed" ? 2 : 1)) exit 1 }' <(sort -u "$box_dir/knew")
}
within 600 everybody_knew
touch "$box_dir/stop"
check "everybody ends" all_end
quiet_logs() {
	cat "$box_dir"/*.wrong "$box_dir"/*.log | grep -E '^(fixed|turned|device|proof|program|cgroup|actor): ' | head -n 30
	! grep -qE '^(fixed|turned|device|proof|program|cgroup|actor): ' "$box_dir"/*.wrong "$box_dir"/{pusher,flipper,killer,climber,execer,flooder,presser}.log
}
check "no verdict was wrong" quiet_logs
tallied() {
	sort "$box_dir/tally"
	awk -v long=$((seconds >= 120)) '{ a[$1] += $2; d[$1] += $3; n++ } END {
		for (k in a)
			if ((long || k == "fixed") ? !a[k] || !d[k] : a[k] + d[k] == 0) { print k, "asked too little"; bad = 1 }
		exit bad || n < 5 }' "$box_dir/tally"
}
check "every probe asked, and knew the answer" tallied
echo "# $(sort "$box_dir/tally" | tr '\n' ';') $(tail -qn 1 "$box_dir"/{pusher,flipper,killer,climber,execer,flooder}.log | tr '\n' ';')"

[ -n "$box_pid" ] || box_pid=$(cat "$box_dir/pid")
check "posternd is enforcing" within 20 status_is state enforcing
check "at its cgroup are the links of one start" no_more_links
check "its descriptors are no more than after a start" descriptors_are_few
check "no socket record is left" within 20 records_are_gone
pinned_ids >"$box_dir/ids"
check "links, maps and programs are known" test "$(wc -l <"$box_dir/ids")" -gt 30
step "posternd ends" end_posternd
check "detaching works" "$box_build/posternd" --detach --pin "$box_pin" --cgroup "$box_cgroup"
rm -rf "$box_pin"
check "none of them is left" within 20 ids_are_gone
tap_end
