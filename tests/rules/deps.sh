#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# tools/install-deps on machines of our making: dpkg-query, apt-get and id are stand-ins.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/harness/tap.sh

scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT

# stand_in NAME: a program from standard input, found before the real one.
stand_in() {
	{ echo '#!/bin/sh'; cat; } >"$scratch/$1"
	chmod +x "$scratch/$1"
}
# machine UID ABSENT-PACKAGE...: who runs it, and what is not installed.
machine() {
	printf '%s\n' "${@:2}" >"$scratch/absent"
	: >"$scratch/asked"
	stand_in id <<<"echo $1"
	stand_in dpkg-query <<<"for p; do :; done; grep -qxF -- \"\$p\" $scratch/absent || echo installed"
	stand_in apt-get <<<"echo \"\$*\" >>$scratch/asked"
}
deps() { PATH=$scratch:$PATH tools/install-deps "$@"; }
says_nothing() { local said; said=$(deps 2>&1) && [ -z "$said" ] && [ ! -s "$scratch/asked" ]; }
asks_for() { deps >/dev/null && grep -qE "install .* $1\$" "$scratch/asked"; }
asks_nothing() { ! deps >/dev/null 2>&1 && [ ! -s "$scratch/asked" ]; }
updates_once() {
	stand_in apt-get <<-EOF2
		echo "\$*" >>$scratch/asked
		[ "\$1" = update ] && touch $scratch/updated
		[ -e $scratch/updated ]
	EOF2
	deps >/dev/null && [ "$(awk '{ print $1 }' "$scratch/asked" | tr '\n' ' ')" = "install update install " ]
}

machine 1000
check "nothing missing: silent, also without root" says_nothing
machine 0 libbpf-dev bpftool
check "root: only what is missing is installed" asks_for "bpftool libbpf-dev"
machine 1000 libbpf-dev
refuses "not root: the missing package is named" "missing packages: libbpf-dev" deps
refuses "not root: and what to do" "sudo apt-get install libbpf-dev" deps
check "not root: apt-get is not tried" asks_nothing
machine 0 libbpf-dev
check "a fresh machine: the package lists are fetched when they are in the way" updates_once
stand_in apt-get <<<'echo "E: no such package"; exit 100'
refuses "apt-get fails: its words are shown" "E: no such package" deps
refuses "apt-get fails: and what to do" "sources.list" deps
machine 1000 clang-tidy
refuses "a further package can be asked for" "missing packages: clang-tidy" deps clang-tidy
tap_end
