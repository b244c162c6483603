#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Every sentence on who a process is, and every promise, has a test that exists, and tools/check-principal notices where not: in a
# copy of the tree one thing at a time is changed, and must be refused by name.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/harness/tap.sh
top=$PWD

check "every sentence has a test" tools/check-principal

tree=$(mktemp -d) || exit 1
trap 'rm -rf "$tree"' EXIT
mkdir -p "$tree"/{tools/install,tests/golden/policy}
cp -r tools/install/man "$tree/tools/install/"
cp -r tests/{kernel,e2e,unit,principal.txt,promises.txt} "$tree/tests/"
cp -r tests/golden/policy/check "$tree/tests/golden/policy/"
check "a copy of the tree is accepted" tools/check-principal "$tree"

# bad NAME WORDS FILE SED-SCRIPT: the script must change the file.
bad() {
	cp "$tree/$3" "$tree/kept"
	sed -i -E "$4" "$tree/$3"
	if cmp -s "$tree/$3" "$tree/kept"; then
		check "$1 (the change is one)" false
	else
		refuses "$1" "$2" "$top/tools/check-principal" "$tree"
	fi
	cp "$tree/kept" "$tree/$3"
}

page=tools/install/man/postern-policy.5
bad "a sentence without a test" "program-moon: the sentence has no test" $page 's/^\.It Cm program-copy/.It Cm program-moon/'
bad "a test without a sentence" "program-copy: the table has it" $page '/^\.It Cm program-copy/d'
bad "a sentence that is said twice" "said twice" $page 's/^\.It Cm program-copy/&\n&/'
bad "a test that was renamed" "has no test \"a_fork_is_the_same_program\"" tests/kernel/identity.c 's/unit_test\(a_fork_is/unit_test(fork_is/'
bad "a test of a story that was renamed" "has no test \"a copy of it is somebody else\"" tests/e2e/principals.sh 's/a copy of it is/the copy is/'
bad "an evasion that is gone" "has no test \"exe_forged\"" tests/e2e/evasion/table.txt '/^exe_forged /d'
bad "a file that is gone" "there is no tests/kernel/none.c" tests/principal.txt 's|tests/kernel/unit.c  |tests/kernel/none.c  |'
bad "a promise without a test" "moon: the sentence has no test" tools/install/man/postern.7 's/^\.It Cm no-gap/.It Cm moon/'
tap_end
