#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# The Makefile: nothing is built twice, a changed header rebuilds exactly what includes it, and every
# target is in `make help`. Looks at what make would do; builds nothing.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/harness/tap.sh

# The make that runs this test must not shine through.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES
# As make was called: the names of objects in the .d files are relative where O was.
directory=${BPF_BUILD:-build}
directory=${directory#"$PWD"/}
would() { make --no-print-directory -n V=1 O="$directory" ${SAN:+SAN="$SAN"} ${CC:+CC="$CC"} "$@"; }
# The C files that make would compile, in order.
compiled() { would "$@" all | grep -oE ' -c -o [^ ]+ [^ ]+$' | awk '{ print $NF }' | sort; }
# The C files of the two programs that include a base header which nobody includes further.
includers() { grep -lE "#include \"base/$1\"" userspace/*/*.c | sort; }

builds_nothing() { [ -z "$(compiled)" ] || { compiled; return 1; }; }
rebuilds_exactly() {
	local want got
	want=$(includers "$1")
	got=$(compiled -W "userspace/base/$1")
	[ -n "$want" ] && [ "$want" = "$got" ] && return
	diff <(printf '%s\n' "$want") <(printf '%s\n' "$got")
	return 1
}
# Every phony target but the inner ones has a line of help.
helps() {
	local missing
	missing=$(comm -23 \
		<(awk '/^[.]PHONY:/ && $2 !~ /-built$|[$]/ { print $2 }' Makefile | sort) \
		<(make --no-print-directory help | awk '{ print $1 }' | sort))
	[ -z "$missing" ] || { printf 'no help for: %s\n' "$missing"; return 1; }
}
hardened() {
	local flags
	flags=$(would -B all)
	for flag in -fstack-protector-strong -Wall -Wextra -Werror -fPIE -pie -Wl,-z,relro,-z,now; do
		printf '%s\n' "$flags" | grep -qF -- "$flag" || { echo "no $flag"; return 1; }
	done
}

check "after a build there is nothing to build" builds_nothing
check "a changed header rebuilds what includes it, and only that" rebuilds_exactly suggest.h
check "a changed header of the clock likewise" rebuilds_exactly clock.h
check "make help lists every target" helps
check "the programs are built with warnings and hardening" hardened
tap_end
