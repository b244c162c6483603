#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# The instruction budget can fail: a program over it, without one, and a budget without a program.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/harness/tap.sh
[ "$(id -u)" -eq 0 ] || { echo "skipped: loading eBPF programs needs root"; exit 77; }

measure=${BUILD:-build}/tests/kernel/budget
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT

# A budget in which the first program has one instruction, one in which it has no row, one row too many.
awk '/^[^#]/ && !done { $2 = 1; done = 1 } { print }' tests/kernel/budget.txt >"$scratch/small"
awk '/^[^#]/ && !done { done = 1; next } { print }' tests/kernel/budget.txt >"$scratch/missing"
{ cat tests/kernel/budget.txt; echo "postern_nobody 1000"; } >"$scratch/stale"
first=$(awk '/^[^#]/ { print $1; exit }' tests/kernel/budget.txt)

refuses "a program over its budget is found" "not ok" "$measure" "$scratch/small"
refuses "and named" "$first" "$measure" "$scratch/small"
refuses "a program without a budget is found" "$first has no budget" "$measure" "$scratch/missing"
refuses "a budget without a program is found" "postern_nobody" "$measure" "$scratch/stale"
refuses "a file of budgets that is not there is found" "cannot be read" "$measure" "$scratch/absent"
tap_end
