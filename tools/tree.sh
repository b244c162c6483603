# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# For the tools/check-* programs, to be sourced: the tree they look at is their first argument, or
# the one they stand in. Paths are relative to it, and without what git does not keep.
tools=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "${1:-$tools/..}" || exit 1

# tree_files FIND-EXPRESSION...: files of the tree, sorted.
tree_files() {
	find . \( -name .git -o -path ./build \) -prune -o -type f \( "$@" \) -print | sed 's|^\./||' | sort
}

# Complaints come on standard input, one a line; none is success. The hint follows them.
tree_verdict() {
	local said
	said=$(cat)
	[ -n "$said" ] || exit 0
	printf '%s\n' "$said" >&2
	printf '%s: %s\n' "$(basename "$0")" "$1" >&2
	exit 1
}
