#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Every member of every struct that kernel and user space share has the same place and size in both,
# and every enumerator the same value: the types that clang writes into eBPF objects (BTF) become
# assertions that gcc and clang check on the headers.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/harness/tap.sh
clang=${CLANG:-clang}
bpftool=${BPFTOOL:-/usr/sbin/bpftool}
bpf_build=${BPF_BUILD:-build}
multiarch=$(gcc -print-multiarch)
here=$PWD/tests/abi

scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT

# include_all DIR: C that includes every shared header of the tree DIR.
include_all() { (cd "$1" && printf '#include <%s>\n' postern/*.h); }

# definitions DIR COMPILER...: "struct postern_x" and "enum postern_x" as that compiler sees them.
definitions() {
	local dir=$1
	shift
	include_all "$dir" | "$@" -I"$dir" -E -P -x c - |
		grep -oE '\b(struct|enum) postern_[a-z0-9_]+ *\{' | tr -d '{' | sed 's/ *$//' | sort -u
}
bpf=("$clang" --target=bpf -idirafter "/usr/include/$multiarch")

# shared_types DIR: what is defined in both worlds.
shared_types() { comm -12 <(definitions "$1" gcc) <(definitions "$1" "${bpf[@]}"); }

# btf_of DIR OBJECT: an eBPF object with one global of every shared type.
btf_of() {
	{
		include_all "$1"
		shared_types "$1" | awk '{ print $0, "global_" NR ";" }'
	} >"$scratch/globals.bpf.c"
	"${bpf[@]}" -g -O2 -mcpu=v3 -I"$1" -c -o "$2" "$scratch/globals.bpf.c"
}

# assertions OBJECT: "type<TAB>assertion" lines.
assertions() { "$bpftool" btf dump file "$1" format raw | awk -f "$here/layout.awk"; }

# same_layout DIR ASSERTIONS TYPE COMPILER: TYPE has assertions, and they hold in the headers of DIR.
same_layout() {
	local lines
	lines=$(awk -F '\t' -v type="${3#* }" '$1 == type { print $2 }' "$2")
	[ -n "$lines" ] || { echo "no assertion for $3"; return 1; }
	{ include_all "$1"; printf '%s\n' "$lines"; } |
		"$4" -std=gnu11 -I"$1" -fsyntax-only -x c - 2>&1 | grep -E 'error' && return 1
	return 0
}

# All types of the headers, from an object made for that.
check "an eBPF object of all shared types compiles" btf_of include "$scratch/globals.bpf.o"
assertions "$scratch/globals.bpf.o" >"$scratch/assertions"
while read -r type; do
	for compiler in gcc "$clang"; do
		check "$type: eBPF as under $compiler" same_layout include "$scratch/assertions" "$type" "$compiler"
	done
done < <(shared_types include)

# The types as they are in the programs that are loaded.
loaded=$bpf_build/bpf/postern.bpf.o
if [ -e "$loaded" ] || compgen -G 'bpf/*.bpf.c' >/dev/null; then
	assertions "$loaded" >"$scratch/loaded"
	check "the loaded object has shared types" test -s "$scratch/loaded"
	while read -r type; do
		check "$type: as in $(basename "$loaded")" same_layout include "$scratch/loaded" "$type" gcc
	done < <(shared_types include | awk 'NR == FNR { loaded[$1] = 1; next } $2 in loaded' "$scratch/loaded" -)
fi

# The comparison can fail: one side of a small world is changed.
world() {
	mkdir -p "$scratch/$1/postern"
	printf '#include <linux/types.h>\n%s\n' "$2" >"$scratch/$1/postern/t.h"
}
kernel='enum postern_e { POSTERN_A = 1, POSTERN_B = 2 };
	struct postern_t { __u32 a; union { __u16 b; __u8 c[2]; }; __u16 d; __u8 e[8]; __u32 pad[2]; };'
world kernel "$kernel"
btf_of "$scratch/kernel" "$scratch/kernel.bpf.o"
assertions "$scratch/kernel.bpf.o" >"$scratch/kernel.assertions"

# differs NAME TYPE WORDS SED-EXPRESSION: user space as changed must be found to differ.
differs() {
	world user "$(printf '%s\n' "$kernel" | sed "$4")"
	refuses "found: $1" "$3" same_layout "$scratch/user" "$scratch/kernel.assertions" "$2" gcc
}
world user "$kernel"
check "the small world agrees with itself" \
	same_layout "$scratch/user" "$scratch/kernel.assertions" "struct postern_t" gcc
differs "a member more" "struct postern_t" "sizeof(struct postern_t)" 's/__u32 a;/__u32 a, more;/'
differs "a member less" "struct postern_t" "postern_t" 's/__u32 pad\[2\];//'
differs "a member moved within the same size" "struct postern_t" "offsetof(struct postern_t, d)" \
	's/__u16 d; __u8 e\[8\];/__u8 e[8]; __u16 d;/'
differs "two members of one size swapped" "struct postern_t" "offsetof(struct postern_t, a)" \
	's/__u32 a;/__u32 swapped;/; s/__u32 pad\[2\];/__u32 a, pad;/'
differs "a wider member in the place of padding" "struct postern_t" "e)" 's/e\[8\]; __u32 pad\[2\]/e[16]/'
differs "a member of an unnamed union" "struct postern_t" "c)" 's/c\[2\]/c[1]/'
differs "another value of an enumerator" "enum postern_e" "POSTERN_B == 2" 's/POSTERN_B = 2/POSTERN_B = 3/'
refuses "found: a type without an assertion" "no assertion for struct postern_absent" \
	same_layout "$scratch/user" "$scratch/kernel.assertions" "struct postern_absent" gcc
tap_end
