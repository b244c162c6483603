#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Ordinary operations on sockets answer the same with every hook attached under a policy that allows
# all as with nothing attached: about 1500 lines of answers, compared word for word.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/harness/tap.sh
. tests/harness/sandbox.sh
. tests/e2e/evasion/policy.sh
box_start transparency
net=postern-tr

end() {
	box_clean
	ip netns del "$net" 2>/dev/null
}
trap end EXIT

# A network namespace of its own, so that nobody else's ports are in the way.
net_make() {
	ip netns del "$net" 2>/dev/null
	ip netns add "$net" && ip -n "$net" link set lo up
}

# try FILE [WORD]: what all operations answer; "nowhere": those that are known to differ.
try() {
	local file=$1
	shift
	(cd "$box_dir/tmp" && inside timeout 100 nsenter --net="/run/netns/$net" "$box_dir/bin/transparency" "$@" >"$file" 2>&1)
}
same() { diff "$box_dir/$1" "$box_dir/$2"; }
differs() { ! same "$@" >/dev/null; }
longer_than() { [ "$(wc -l <"$box_dir/$1")" -gt "$2" ]; }
counted() { # NAME: a counter above zero
	local said
	said=$(postern -o json status | grep -oE "\"name\":\"$1\",\"value\":[0-9]+")
	echo "$said"
	[ "${said##*:}" -gt 0 ]
}

check "a network namespace" net_make
mkdir -p "$box_dir/tmp"
cp "$box_build/tests/e2e/transparency" "$box_dir/bin/"
check "the operations run with nothing attached" try "$box_dir/bare"
check "they are many" longer_than bare 1000
check "once more" try "$box_dir/again"
check "they answer the same" same bare again
check "those that are known to differ" try "$box_dir/nowhere" nowhere

box_keys
check "trust is installed" box_trust
step "the controller answers" posternd_start
check "attached, but without a policy" try "$box_dir/idle"
check "they answer the same" same bare idle

policy_allow >"$box_dir/bundle/policies/all.cedar"
check "everything is allowed" postern push "$(box_bundle 1)"
check "it is enforcing" status_is state enforcing
check "under a policy that allows all" try "$box_dir/allow"
check "they answer the same" same bare allow
check "and were decided upon" counted allow
check "once more" try "$box_dir/allow2"
check "they answer the same" same bare allow2
check "those that are known to differ" try "$box_dir/nowhere2" nowhere
check "differ still: the README lists it" differs nowhere nowhere2
tap_end
