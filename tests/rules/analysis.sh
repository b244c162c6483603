#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Static analysis of what an attacker's bytes reach: gcc's analyzer and cppcheck. Each must see a planted defect too: a
# tool that is silent for another reason proves nothing. With POSTERN_LONG cppcheck reads all of user space, and
# clang-tidy, which takes a quarter of an hour, the trusted path (make lint: all of it).
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/harness/tap.sh

scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
read -ra flags <<<"-Iuserspace -Iinclude -I${BUILD:-build}/gen $(pkg-config --cflags libcrypto jansson)"
trusted=(userspace/{bundle,compile,policy}/*.c)

cat >"$scratch/planted.c" <<'END'
#include <stdlib.h>
int planted(size_t n);
int planted(size_t n)
{
	char *p = malloc(n);

	if (!p)
		return -1;
	free(p);
	free(p);
	return 0;
}
END
tidy() { printf '%s\n' "$@" | tools/run-tidy -- -std=gnu11 -D_GNU_SOURCE "${flags[@]}"; }
finds() {
	local said
	if said=$("$@" 2>&1); then
		echo "nothing was found: $said"
		return 1
	fi
	case $said in *planted.c:*) ;; *) echo "it failed otherwise: $said"; return 1 ;; esac
}
check "gcc -fanalyzer sees what is freed twice" finds tools/run-analyzers gcc "$scratch/planted.c"
check "cppcheck sees it" finds tools/run-analyzers cppcheck "$scratch/planted.c"
check "gcc -fanalyzer has nothing to say of ${#trusted[@]} files" tools/run-analyzers gcc "${trusted[@]}" -- "${flags[@]}"
check "cppcheck has nothing to say of them" tools/run-analyzers cppcheck "${trusted[@]}" -- "${flags[@]}"
if [ -n "${POSTERN_LONG:-}" ]; then
	cp .clang-tidy "$scratch/" # it looks for its rules beside the file
	check "clang-tidy sees it" finds tidy "$scratch/planted.c"
	check "cppcheck has nothing to say of user space" tools/run-analyzers cppcheck userspace/*/*.c -- "${flags[@]}"
	check "clang-tidy has nothing to say of the trusted path" tidy "${trusted[@]}"
fi
tap_end
