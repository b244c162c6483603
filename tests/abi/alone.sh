#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Each header of include/postern compiles alone in each of its worlds: gcc, clang, clang for eBPF.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/harness/tap.sh
clang=${CLANG:-clang}
# The kernel's UAPI headers live in the host's multiarch folder, which --target=bpf does not know.
multiarch=$(gcc -print-multiarch)

scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT

# compiles INCLUDE-DIR HEADER COMPILER...
compiles() {
	local dir=$1 header=$2
	shift 2
	printf '#include <postern/%s>\n' "$header" |
		"$@" -std=gnu11 -Wall -Wextra -Wshadow -Werror -I"$dir" -fsyntax-only -x c -
}
bpf=("$clang" --target=bpf -idirafter "/usr/include/$multiarch")

for path in include/postern/*.h; do
	header=${path##*/}
	check "$header alone under gcc" compiles include "$header" gcc
	check "$header alone under clang" compiles include "$header" "$clang"
	check "$header alone under clang for eBPF" compiles include "$header" "${bpf[@]}"
done

# The same search does find a header that leans on another.
mkdir -p "$scratch/postern"
printf '#pragma once\nstruct x { __u32 a; };\n' >"$scratch/postern/leans.h"
refuses "a header that needs another is refused by gcc" "__u32" compiles "$scratch" leans.h gcc
refuses "a header that needs another is refused by clang" "__u32" compiles "$scratch" leans.h "$clang"
refuses "a header that needs another is refused for eBPF" "__u32" compiles "$scratch" leans.h "${bpf[@]}"
tap_end
