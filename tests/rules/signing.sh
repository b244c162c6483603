#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# posternd holds no code that signs: a controller that is taken over can lie, but cannot sign.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/harness/tap.sh
build=${BUILD:-build}

# The functions of userspace/bundle/sign*.c that a program has in it.
signing_symbols() {
	nm "$1" | awk '$2 ~ /[tT]/ && $3 ~ /^bundle_sign/ { print $3 }'
}
has_none() {
	[ -s "$1" ] && nm "$1" >/dev/null || return 1
	[ -z "$(signing_symbols "$1")" ] || { signing_symbols "$1"; return 1; }
}
has_some() { [ -n "$(signing_symbols "$1")" ]; }

check "posternd has no signing code" has_none "$build/posternd"
check "postern has it, so the search finds what it looks for" has_some "$build/postern"
tap_end
