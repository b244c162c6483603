#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Bundles, revoke documents and root documents that nobody must take (tests/e2e/hostile/), each given to a running
# posternd: each is refused with its own words and exit status, and no file of the state is changed by any.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/harness/tap.sh
. tests/harness/sandbox.sh
box_start hostile
cases=$box_dir/cases
mkdir "$cases"

check "the hostile files are made" "$box_build/tests/e2e/hostile" "$cases"
step "posternd starts" posternd_start
check "the first root document is installed" postern trust init "$cases/root1" --state "$box_dir/state"
check "the second is taken" postern trust rotate "$cases/root2"
check "so is a sound bundle" postern push "$cases/good5"
check "and a sound revoke document" postern push "$cases/revoke5"

digest() { (cd "$box_dir/state" && find . -printf '%p %i %m %T@\n' | sort && find . -type f | sort | xargs sha256sum) | sha256sum; }
before=$(digest)

is_small() { [ "$(awk '/^MemTotal/ { print $2 }' /proc/meminfo)" -lt 2000000 ]; }
# is_refused COMMAND STATUS WORDS FILE
is_refused() {
	local said status words=$3
	case $1 in
	push) said=$(postern push "$4" 2>&1) ;;
	rotate) said=$(postern trust rotate "$4" 2>&1) ;;
	init) said=$(postern trust init "$4" --state "$box_dir/state" 2>&1) ;;
	esac
	status=$?
	# What only inflating shows may be said to be too large by who verifies (4) or by who compiles (3).
	# A worker may have half of the host's memory: a small host has not enough for that.
	case ${4##*/}:$status in
	gzip-bomb:3) status=4 ;;
	gzip-bomb:1) is_small && status=4 words=worker-memory ;;
	esac
	[ $status -eq "$2" ] || { echo "exit status $status, not $2: $said"; return 1; }
	case $said in
	*"$words"*) ;;
	*) echo "no \"$words\" in: $said"; return 1 ;;
	esac
	[ "$before" = "$(digest)" ] || { echo "the state has changed: $said"; return 1; }
}

while read -r name command status words; do
	check "$command $name: $words" is_refused "$command" "$status" "$words" "$cases/$name"
done <"$cases/table"

# Data without end: reading stops at the limit.
endless() {
	mkfifo "$box_dir/endless.$1" && { (exec cat /dev/zero >"$box_dir/endless.$1" 2>/dev/null) & } &&
		is_refused "$1" "$2" "$3" "$box_dir/endless.$1"
}
check "push endless: at most 32 MiB" endless push 3 "32 MiB"
check "rotate endless: refused: size" endless rotate 4 "refused: size"
check "push device: no file to read" is_refused push 3 "cannot read" /dev/zero

many() { [ "$(wc -l <"$cases/table")" -ge 100 ]; }
check "these were a hundred or more" many
alone() { [ -z "$(cut -d ' ' -f 1 "$cases/table" | sort | uniq -d)" ]; }
check "each of another name" alone
check "the sound bundle is in force" status_is state enforcing
told() { postern -o json status | grep -q "\"name\":\"push-refused-$1\",\"value\":$(grep -c "refused: $1\$" "$cases/table")"; }
check "refusals are counted by their reason" told equivocation
root_is() { postern -o json trust show --state "$box_dir/state" | grep -q '"version":2,.*"policyVersion":5,.*"revokeVersion":5,'; }
check "and what is accepted is what was" root_is
step "posternd ends when asked" posternd_kill TERM
check "with status 0: nothing leaked, where that is watched" test "$box_status" -eq 0
tap_end
