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

# What a program has libcrypto do that takes a private key.
private_key_calls() {
	nm -D --undefined-only "$1" | grep -oE '(EVP_DigestSign|EVP_PKEY_sign|EVP_Sign|ECDSA_(do_)?sign|EVP_PKEY_new_raw_private|PEM_read.*Private|EVP_PKEY_(generate|keygen)|d2i_.*Private)[A-Za-z_]*'
}
calls_none() {
	[ -s "$1" ] && nm -D "$1" >/dev/null || return 1
	[ -z "$(private_key_calls "$1")" ] || { private_key_calls "$1"; return 1; }
}
calls_some() { [ -n "$(private_key_calls "$1")" ]; }

# Members of an archive that need signing, but are not of it.
needs_signing() {
	nm -A "$1" 2>/dev/null | awk '$(NF - 1) == "U" && $NF ~ /^bundle_sign/ { print $1 }' | grep -v ':sign[a-z_]*\.o:' | sort -u
}
needs_none() { [ -z "$(needs_signing "$1")" ] || { needs_signing "$1"; return 1; }; }

# Names that more than one member of an archive defines for all.
one_definition_each() {
	local twice
	twice=$(nm --defined-only "$1" 2>/dev/null | awk '$2 ~ /^[A-Z]$/ { print $3 }' | sort | uniq -d)
	[ -z "$twice" ] || { printf 'defined twice: %s\n' $twice; return 1; }
}

check "posternd has no signing code" has_none "$build/posternd"
check "postern has it, so the search finds what it looks for" has_some "$build/postern"
check "posternd has libcrypto do nothing with a private key" calls_none "$build/posternd"
check "postern has, so this search finds it, too" calls_some "$build/postern"
check "nothing in the library needs signing but signing" needs_none "$build/libpostern.a"

check "no name is defined twice in the library" one_definition_each "$build/libpostern.a"
for file in a b; do
	echo "int twin(void); int twin(void) { return 1; }" | ${CC:-gcc} -x c -c -o "$scratch/$file.o" -
done
ar rc "$scratch/twins.a" "$scratch/a.o" "$scratch/b.o"
refuses "an archive with a name defined twice is refused" "defined twice: twin" \
	one_definition_each "$scratch/twins.a"
tap_end
