#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# The test runner itself: whatever goes wrong in a test program must show in the sum and the status.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/harness/tap.sh

scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/e2e"
printf 'slow 1\n' >"$scratch/limits"

# program NAME: a test program from standard input.
program() {
	{ echo '#!/bin/sh'; cat; } >"$scratch/$1"
	chmod +x "$scratch/$1"
}

program good <<<'echo "1..2"; echo "ok 1 - a"; echo "ok 2 - b"'
program bad <<<'echo "ok 1 - a"; echo "not ok 2 - b"; exit 1'
program dies <<<'echo "ok 1 - a"; kill -SEGV $$'
program slow <<<'echo "ok 1 - a"; exec sleep 20'
program silent <<<'exit 0'
program status <<<'echo "ok 1 - a"; exit 3'
program short <<<'echo "1..3"; echo "ok 1 - a"'
program skips <<<'echo "ok 1 - a"; echo "not ok 2 # SKIP b"'
program litters <<<'echo "ok 1 - a"; sleep 30 &'
program murders <<<'ps -o ppid= -p "$(ps -o ppid= -p $$)" | xargs kill -KILL; sleep 5'
program e2e/story.sh <<<'echo once upon a time'
program e2e/lazy.sh <<<'echo "skipped: no root"; exit 77'

# sum STATUS SUM PROGRAM...: the runner's exit status and last line.
sum() {
	local want_status=$1 want_sum=$2 said status last programs
	shift 2
	programs=("${@/#/$scratch/tests/}")
	programs=("${programs[@]/#"$scratch/tests/--"/--}")
	said=$(BUILD=$scratch TEST_LOGS=$scratch/logs TEST_LIMITS=$scratch/limits \
		tests/harness/run "${programs[@]}" 2>&1)
	status=$?
	last=$(printf '%s\n' "$said" | tail -n 1)
	[ "$status" -eq "$want_status" ] && [ "$last" = "$want_sum" ] && return
	printf 'status %s, output:\n%s\n' "$status" "$said"
	return 1
}
ln -s . "$scratch/tests"

check "passing tests are counted" sum 0 "2 passed, 0 failed, 0 skipped" good
check "a failed test fails the run" sum 1 "1 passed, 1 failed, 0 skipped" bad
check "a program that dies is a failure" sum 1 "1 passed, 1 failed, 0 skipped" dies
check "a program over its time is a failure" sum 1 "1 passed, 1 failed, 0 skipped" slow
check "a program without a test is a failure" sum 1 "0 passed, 1 failed, 0 skipped" silent
check "an exit status without a failed test is a failure" sum 1 "1 passed, 1 failed, 0 skipped" status
check "fewer tests than planned is a failure" sum 1 "1 passed, 1 failed, 0 skipped" short
check "a skipped test fails the run" sum 1 "1 passed, 0 failed, 1 skipped" skips
check "a program that leaves processes behind is a failure" sum 1 "1 passed, 1 failed, 0 skipped" litters
check "a missing program is a failure" sum 1 "0 passed, 1 failed, 0 skipped" absent
check "a story counts as one" sum 0 "1 passed, 0 failed, 0 skipped" e2e/story.sh
check "a story may skip, which fails the run" sum 1 "0 passed, 0 failed, 1 skipped" e2e/lazy.sh
check "sums add up over programs" sum 1 "4 passed, 1 failed, 0 skipped" good bad e2e/story.sh
check "a failure does not end the run" sum 1 "3 passed, 1 failed, 0 skipped" bad good
check "what runs beside the others is added" sum 0 "3 passed, 0 failed, 0 skipped" good -- e2e/story.sh
check "a failure beside the others fails the run" sum 1 "4 passed, 1 failed, 0 skipped" good -- bad e2e/story.sh
check "a runner beside the others that is ended is a failure" sum 1 "2 passed, 1 failed, 0 skipped" good -- murders
tap_end
