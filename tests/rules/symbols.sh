#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# What is in the binaries: posternd holds no code that signs (a controller that is taken over can
# lie, but cannot sign), and no two files define one name, of which an archive would silently take
# the first.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/harness/tap.sh
build=${BUILD:-build}

scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT

# The functions of userspace/bundle/sign*.c that a program has in it.
signing_symbols() {
	nm "$1" | awk '$2 ~ /[tT]/ && $3 ~ /^bundle_sign/ { print $3 }'
}
has_none() {
	[ -s "$1" ] && nm "$1" >/dev/null || return 1
	[ -z "$(signing_symbols "$1")" ] || { signing_symbols "$1"; return 1; }
}
has_some() { [ -n "$(signing_symbols "$1")" ]; }

# Names that more than one member of an archive defines for all.
one_definition_each() {
	local twice
	twice=$(nm --defined-only "$1" 2>/dev/null | awk '$2 ~ /^[A-Z]$/ { print $3 }' | sort | uniq -d)
	[ -z "$twice" ] || { printf 'defined twice: %s\n' $twice; return 1; }
}

check "posternd has no signing code" has_none "$build/posternd"
check "postern has it, so the search finds what it looks for" has_some "$build/postern"

check "no name is defined twice in the library" one_definition_each "$build/libpostern.a"
for file in a b; do
	echo "int twin(void); int twin(void) { return 1; }" | ${CC:-gcc} -x c -c -o "$scratch/$file.o" -
done
ar rc "$scratch/twins.a" "$scratch/a.o" "$scratch/b.o"
refuses "an archive with a name defined twice is refused" "defined twice: twin" \
	one_definition_each "$scratch/twins.a"
tap_end
