#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# The evasion story with the enforcer attached to the root of the cgroups: who leaves his cgroup, or is
# handed a socket that was made elsewhere, is seen too. Only in a virtual machine of tools/vm: anywhere
# else it could cut off whoever runs it.
set -u
cd "$(dirname "$0")/../.." || exit 1
if ! grep -q postern_tests= /proc/cmdline || [ ! -e /postern/tests/vm/init.sh ]; then
	echo "1..0 # refused: this is no virtual machine of tools/vm"
	exit 1
fi
export EVASION_ROOT=1
exec tests/e2e/evasion.sh
