#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# The manual says what the programs do, and tools/check-docs notices where it does not: in a copy of
# the tree one thing at a time is changed in a program or in a page, and must be refused by name.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/harness/tap.sh
top=$PWD
build=$(realpath "${BUILD:-build}")

check "the manual and the programs say the same" tools/check-docs

scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
tree=$scratch/tree
mkdir -p "$tree/tools" "$scratch/build"
cp -r README.md include userspace bpf "$tree/"
cp -r tools/install "$tree/tools/"

check_docs() { BUILD=$scratch/build "$top/tools/check-docs" "$tree"; }

# program NAME [SED-SCRIPT]: the program, or a stand-in whose --help differs by that script.
program() {
	local at=$scratch/build/$1
	rm -f "$at"
	if [ $# -eq 1 ]; then
		ln -s "$build/$1" "$at"
		return
	fi
	printf '#!/bin/sh\n%s "$@" | sed -E %s\n' "$build/$1" "'$2'" >"$at"
	chmod +x "$at"
}

# bad_help NAME WORDS PROGRAM SED-SCRIPT
bad_help() {
	program "$3" "$4"
	refuses "$1" "$2" check_docs
	program "$3"
}

# bad NAME WORDS FILE SED-SCRIPT: the script must change the file.
bad() {
	local file=$tree/$3
	cp "$file" "$scratch/kept"
	sed -i -E "$4" "$file"
	if cmp -s "$file" "$scratch/kept"; then
		check "$1 (the change is one)" false
	else
		refuses "$1" "$2" check_docs
	fi
	cp "$scratch/kept" "$file"
}

program postern
program posternd
check "a copy of the tree is accepted" check_docs

man=tools/install/man
bad_help "a command without a section" "only the program has frobnicate" \
	postern 's/^  why  .*/&\n  frobnicate       does/'
bad "a section without a command" "only the page has frobnicate" $man/postern.1 's/^\.Ss why$/.Ss frobnicate/'
bad_help "an option that the page lacks" "only the program has push --force" \
	postern 's/^  -n, --dry-run.*/&\n      --force            do/'
bad "an option that no command has" "only the page has push --quick/-n" \
	$man/postern.1 's/^\.It Fl n , -dry-run/.It Fl n , -quick/'
bad "an option under another letter" "only the page has sign --key/-y" \
	$man/postern.1 's/^\.It Fl k , -key Ar FILE$/.It Fl y , -key Ar FILE/'
bad_help "a global option that the page lacks" "only the program has --verbose" \
	postern 's/\[--color/[--verbose] [--color/'
bad "a global option that does not exist" "only the page has --colour" \
	$man/postern.1 's/^\.It Fl -color/.It Fl -colour/'
bad_help "an option of the controller that the page lacks" "posternd.8, options: only the program has --nice" \
	posternd 's/^  --foreground .*/&\n  --nice           be/'
bad "a setting that the page lacks" "posternd.conf.5, keys: only the program has pin" \
	$man/posternd.conf.5 's/^\.It Cm pin/.It Cm pins/'
bad "a member of events that the page lacks" "members of trace: only the program has weather" \
	userspace/wire/org.postern.Controller.varlink 's/repeats: int/weather: int, repeats: int/'
bad "a member of the status that does not exist" "members of status: only the page has moon" \
	$man/postern.1 's/^\.Va problems \./.Va problems , moon ./'
bad "an exit status that the page lacks" "exit statuses: only the program has 8" \
	userspace/cli/command.h 's/^\tEXIT_REFUSED = 7,/\tEXIT_NEW = 8,\n&/'
bad "an exit status that does not exist" "exit statuses: only the page has 9" $man/postern.1 's/^\.It 7$/.It 9/'
bad "a limit with another number" "only the program has POSTERN_NESTING_MAX 65" \
	include/postern/limits.h 's/(NESTING_MAX) 64/\1 65/'
bad "a limit that is a term" "only the program has POSTERN_PREFIXES_MAX 16777216" \
	include/postern/limits.h 's/\(8u << 20\)/(16u << 20)/'
bad "a limit that the header lacks" "only the page has POSTERN_MOONS_MAX 2" \
	$man/postern.7 's/^\.It Dv POSTERN_FACTS_MAX.*/&\n.It Dv POSTERN_MOONS_MAX Ta 2 Ta moons/'
bad "a reason under another name" "only the program has no-route" userspace/compile/reason.c 's/"no-path"/"no-route"/'
bad "a reason without a name" "only the program has POSTERN_R_MOON" \
	include/postern/abi.h 's/^\tPOSTERN_REASONS,/\tPOSTERN_R_MOON,\n&/'
bad "a refusal under another name" "only the program has replayed" userspace/bundle/answer.c 's/"rollback",/"replayed",/'
bad "a code that the page lacks" "only the program has profile-weather" \
	userspace/policy/profile.c 's/"profile-if"/"profile-weather"/'
bad "a code that no program prints" "only the page has apply-moon" $man/postern-policy.5 's/^\.It Cm apply-unit-path/.It Cm apply-moon/'
bad "a reference to no page in a program" "there is no page postern-limits.7" \
	userspace/cli/cmd_check.c 's/^(static int run\()/\/* postern-limits(7) *\/\n\1/'
bad "a reference to no page in a page" "there is no page postern-moon.5" $man/postern.7 's/^\.Xr postern-policy 5/.Xr postern-moon 5/'
bad "a page under another name" ".Dt names another page" $man/posternd.8 's/^\.Dt .*/.Dt POSTERN 8/'

rm "$scratch/build/postern"
refuses "no program to ask" "is not there to be asked" check_docs
tap_end
