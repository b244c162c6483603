#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# How long a live connection outlives its permission: from the answer to a push that takes it away, and from the moment at
# which it ends by itself, to ECONNABORTED at the application. Exit status 1 if one outlived it by a second.
#   BENCH_CONNECTIONS=N (default 250), at most 4000
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/harness/tap.sh
. tests/harness/sandbox.sh
box_start bench-cut

port=18590 n=${BENCH_CONNECTIONS:-250}
hold=$box_build/tools/hold
ulimit -n 8192
cp "$hold" "$box_dir/bin/one"
"$hold" serve $port >/dev/null 2>&1 &
box_started+=($!)
missed=0

fail() { echo "cut: $*" >&2; exit 1; }
now() { echo "${EPOCHREALTIME/[.,]/}000"; }
policy() { cat >"$box_dir/bundle/policies/story.cedar"; }
grant() { echo "@id(\"one\") permit (principal in Program::\"$box_dir/bin/one\", action in Action::\"egress\", resource)${1-};"; }
push() { postern push "$(box_bundle "$1")" >>"$box_dir/build.log" 2>&1 || fail "$(tail -5 "$box_dir/build.log")"; }

# holds KIND: so many connections, in the cgroup.
holds() {
	: >"$box_dir/held"
	inside "$box_dir/bin/one" idle "$1" 127.0.0.1 $port "$n" >"$box_dir/held" 2>&1 &
	held=$!
	box_started+=($held)
	until grep -q "^held $n$" "$box_dir/held"; do
		kill -0 $held 2>/dev/null || fail "not held: $(cat "$box_dir/held")"
		sleep 0.05
	done
}

# report WHAT FROM: when all have ended.
report() {
	local tries
	for tries in $(seq $((200 + n / 5))); do
		[ "$(grep -c '^ECONNABORTED ' "$box_dir/held")" -ge "$n" ] && break
		sleep 0.1
	done
	awk -v from="$2" '/^ECONNABORTED / { printf "%.3f\n", ($2 - from) / 1e6 }' "$box_dir/held" | sort -n >"$box_dir/took"
	awk -v n="$n" -v what="$1" '
		function at(part) { return took[int(part * (NR - 1) + 0.5) + 1] }
		{ took[NR] = $1 }
		END {
			printf "  %-44s %5d of %d   p50 %8.1f ms   p99 %8.1f ms   worst %8.1f ms\n", what, NR, n, at(0.5), at(0.99), at(1)
			exit NR < n || at(1) > 1000
		}' "$box_dir/took" || missed=1
}

box_keys || fail "no keys"
posternd_start || fail "posternd does not start"
box_trust >/dev/null 2>&1 || fail "no trust"
version=1
echo "from the loss of the permission to ECONNABORTED, $n live connections"
for kind in tcp udp; do
	grant | policy
	push $version
	holds $kind
	grant " when { resource.port == 1 }" | policy
	bundle=$(box_bundle $((version + 1)))
	began=$(now)
	postern push "$bundle" >>"$box_dir/build.log" 2>&1 || fail "no push"
	answered=$(now)
	report "$kind, after the answer to a push" "$answered"
	report "$kind, after that push was begun" "$began"

	end=$(date -u -d "+$((6 + n / 100)) seconds" +%Y-%m-%dT%H:%M:%SZ)
	grant " when { context.now < datetime(\"$end\") }" | policy
	push $((version + 2))
	holds $kind
	report "$kind, after the grant's own end" "$(date -u -d "$end" +%s)000000000"
	version=$((version + 3))
done
exit $missed
