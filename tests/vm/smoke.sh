#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# The oldest kernel that Postern supports, at every `make check`: the programs load within their
# budget, and connects are allowed and denied. Everything, on every kernel: make vm.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/harness/tap.sh

kernel=6.1
result=${BUILD:-build}/vm/$kernel/result

# Its TAP, under numbers of our own: "STATUS NAME".
results() {
	awk '
		/^@@ log/ { program = $3 }
		/^@@ run/ { program = "" }
		program && /^(not )?ok / {
			status = /^not/ ? 1 : 0
			sub(/^(not )?ok [0-9]+ - /, "")
			print status, program ": " $0
		}' "$result"
}

# The runner has further complaints, such as a program that died after its last result.
no_complaint() {
	grep -q "^@@ end" "$result" &&
		[ "$(sed -n 's/^[0-9]* passed, \([0-9]*\) failed, 0 skipped$/\1/p' "$result")" -eq \
			"$(results | grep -c '^1 ')" ]
}

said=$(tools/vm -k "$kernel" build/tests/kernel/budget build/tests/kernel/connect 2>&1)
while read -r status name; do
	tap_result "$status" "$kernel: $name"
done < <(results)
check "$kernel: boots, and every program runs to its end" no_complaint
[ "$tap_bad" -eq 0 ] || printf '%s\n' "$said" | sed 's/^/# /'
tap_end
