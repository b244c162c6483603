#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# All of user space and its tests pass the other compiler too, with the same warnings as errors: the
# commands are make's own, without writing objects.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/harness/tap.sh

# The make that runs this test must not shine through.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES
other=clang
case ${CC:-gcc} in *clang*) other=gcc ;; esac

scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT

# The other compiler's commands for each C file, from what a full build would do.
commands() {
	make --no-print-directory -n -B V=1 O="${BPF_BUILD:-build}" CC="$other" "$@" |
		grep -E "^$other .* -c -o [^ ]+ [^ ]+\.c$" | grep -v -- '-target bpf' |
		sed -E "s/ -MMD -MP -MF [^ ]+ -c -o [^ ]+ / -fsyntax-only /"
}
run_all() { tr '\n' '\0' | xargs -0 -P 2 -I '{}' sh -c '{}' 2>&1; }

commands all $(find tests/unit -name '*.c' | sed "s|^tests/\(.*\)\.c$|${BPF_BUILD:-build}/$other/tests/\1|") >"$scratch/commands"
for folder in $(find userspace tests/unit -mindepth 1 -maxdepth 1 -type d | sort); do
	grep -E " $folder/[^ ]*\.c$" "$scratch/commands" >"$scratch/of"
	[ -s "$scratch/of" ] || continue
	check "$folder under $other" run_all <"$scratch/of"
done

# The same commands do fail on a file with a warning.
printf 'int f(int a);\nint f(int a)\n{\n\tint unused = a;\n\treturn 0;\n}\n' >"$scratch/bad.c"
head -n 1 "$scratch/commands" | sed -E "s| [^ ]+\.c$| $scratch/bad.c|" >"$scratch/of"
refuses "a warning is an error under $other" "unused" run_all <"$scratch/of"
tap_end
