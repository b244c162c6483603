#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# The house rules hold on this tree: every tools/check-* that looks at files.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/harness/tap.sh

for tool in floors doors door-comments names words sizes format limits; do
	check "check-$tool holds on this tree" "tools/check-$tool"
done
tap_end
