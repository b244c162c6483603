#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# How long it takes from `postern push` to enforcing: a million prefixes in one go (verified, inflated, parsed, compiled,
# loaded), one service changed in that bundle, thousands of policies; what posternd and the kernel keep meanwhile; and,
# with BENCH_LONG=1, `nft -f` of the same prefixes. Figures go to $BUILD/bench/push.json, too.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/harness/tap.sh
. tests/harness/sandbox.sh
box_start bench-push

compare=$box_build/tests/bench/compare/compare
mkdir -p "$box_build/bench"
json=$box_build/bench/push.json
figures=()

fail() { echo "push: $*" >&2; exit 1; }
# figure NAME NUMBER UNIT: prints it and keeps it.
figure() {
	printf '  %-58s %10.1f %s\n' "$1" "$2" "$3"
	figures+=("{\"name\":\"$1\",\"value\":$2,\"unit\":\"$3\"}")
}
us() { echo "${EPOCHREALTIME/[.,]/}"; }
ms() { awk -v us="$1" 'BEGIN { printf "%.1f", us / 1000 }'; }

# rules STYLE N GROUPS: the story's bundle is that set.
rules() {
	rm -rf "$box_dir/bundle"
	mkdir -p "$box_dir/bundle"
	"$compare" rules "$@" "$box_dir/bundle" || fail "no rules"
}

# subjects PROGRAMS UNITS IDENTITIES: each has a policy of its own for a service of its own. 43 signs of base64 are a key.
subjects() {
	rm -rf "$box_dir/bundle"
	mkdir -p "$box_dir/bundle/policies"
	awk -v programs="$1" -v units="$2" -v identities="$3" \
		-v policies="$box_dir/bundle/policies/all.cedar" '
		function entity(type, id, attributes) {
			printf "%s{\"uid\":{\"type\":\"%s\",\"id\":\"%s\"},\"attrs\":{%s},\"parents\":[]}\n",
				n++ ? "," : "[", type, id, attributes
		}
		function subject(type, name, id) {
			entity("Service", id, sprintf("\"endpoints\":[\"tcp 10.%d.%d.%d/32:%d\"]",
				n / 65536, n / 256 % 256, n % 256, 1000 + n % 100))
			printf "@id(\"%s\") permit (principal in %s::\"%s\", action == Action::\"connect\", resource in Service::\"%s\");\n",
				id, type, name, id >policies
		}
		BEGIN {
			for (i = 0; i < programs; i++) subject("Program", "/usr/bin/p" i, "p" i)
			for (i = 0; i < units; i++) subject("Unit", "u" i ".service", "u" i)
			for (i = 0; i < identities; i++) {
				entity("Identity", "i" i, sprintf("\"user\":\"user%d\",\"requireVerified\":false," \
					"\"keys\":[\"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA%042d\"]", i, i))
				subject("Identity", "i" i, "i" i)
			}
			print "]"
		}' >"$box_dir/bundle/entities.json"
}

# push NAME VERSION: signs what is there, and pushes it; how long the second took.
push() {
	local bundle began took
	bundle=$(box_bundle "$2") || fail "no bundle"
	began=$(us)
	postern push "$bundle" >>"$box_dir/build.log" 2>&1 || fail "$(tail -5 "$box_dir/build.log")"
	took=$(($(us) - began))
	figure "$1" "$(ms $took)" ms
}

resident() { # NAME
	figure "$1" "$(awk '/^VmRSS/ { printf "%.1f", $2 / 1024 }' "/proc/$box_pid/status")" MiB
}
# What the maps take, by the kernel's account. NAME
maps() {
	local bytes
	bytes=$(postern -o json status | grep -oE '"memory":[0-9]+' | head -1)
	[ -z "$bytes" ] || figure "$1" "$(awk -v b="${bytes##*:}" 'BEGIN { printf "%.1f", b / 1048576 }')" MiB
}

echo '[]' >"$box_dir/none"
box_keys || fail "no keys"
box_trust >/dev/null 2>&1 || fail "no trust"
posternd_start || fail "posternd does not start"

echo "from push to enforcing"
rules uniform 10 10
push "10 prefixes" 1
resident "posternd resident, 10 prefixes"
maps "maps in the kernel, 10 prefixes"

rules uniform 1000000 200
push "1,000,000 prefixes" 2
resident "posternd resident, 1,000,000 prefixes"
maps "maps in the kernel, 1,000,000 prefixes"

# One service of three addresses more, in the same bundle.
sed -i '1s|^\[|[{"uid":{"type":"Service","id":"one"},"attrs":{"endpoints":["tcp 192.0.2.7/32:8443"]},"parents":[]},|' \
	"$box_dir/bundle/entities.json"
echo '@id("one") permit (principal, action == Action::"connect", resource in Service::"one");' \
	>"$box_dir/bundle/policies/one.cedar"
push "1,000,000 prefixes, one service added" 3
sed -i 's|192[.]0[.]2[.]7/32:8443|192.0.2.9/32:8443|' "$box_dir/bundle/entities.json"
push "1,000,000 prefixes, one service changed" 4

# Each policy about ports of its own. In an image a row has a cell for every class of ports: where policies also lie in
# one another, as in IP chains, four thousand of them make more rows than an image has lines for (30,000 of 14,000 cells).
rules uniform 100000 4000
push "4,000 policies over 100,000 prefixes" 5
maps "maps in the kernel, 4,000 policies"
rules chain 100000 400
push "400 policies that overlap, over 100,000 prefixes" 6
maps "maps in the kernel, 400 that overlap"

subjects 10000 1000 500
push "10,000 programs, 1,000 units, 500 identities" 7

if [ "${BENCH_LONG:-0}" != 0 ]; then
	rules uniform 1000000 200
	awk '
		BEGIN { print "table ip bench { map m { type ipv4_addr : mark; flags interval; elements = {" }
		{ file = FILENAME; gsub(/[^0-9]/, "", file); printf "%s%s : %d", n++ ? "," : "", $0, file + 1; if (n % 16 == 0) print "" }
		END { print "}\n}\n}" }' "$box_dir"/bundle/g*.txt >"$box_dir/nft"
	began=$(us)
	unshare -n nft -f "$box_dir/nft" || fail "nft"
	figure "nft -f of the same 1,000,000 prefixes" "$(ms $(($(us) - began)))" ms
fi
printf '[%s]\n' "$(IFS=,; echo "${figures[*]}")" >"$json"
echo "  $json"
