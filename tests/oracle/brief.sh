#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# The oracle's short run, for `make check`.
exec env ORACLE_BRIEF=1 "$(dirname "$0")/run"
