#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# What bash and zsh complete: both scripts are asked for the same beginnings of a line, and must say what the command
# table says, which --help prints.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/harness/tap.sh
build=$(realpath "${BUILD:-build}")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
"$build/postern" completion bash >"$scratch/bash"
"$build/postern" completion zsh >"$scratch/zsh"

# in_bash WORD...: what is offered for the last word; in_zsh the same.
in_bash() {
	bash -c '. "$1"; shift; COMP_WORDS=(postern "$@"); COMP_CWORD=$#; _postern; printf "%s\n" "${COMPREPLY[@]}"' \
		x "$scratch/bash" "$@" | sort -u
}
in_zsh() {
	zsh -fc '
		compadd() { while [[ $1 != -- ]]; do shift; done; shift; print -rl -- ${(M)@:#${last}*} }
		_files() { : }
		script=$1; shift; last=${@[-1]}; words=(postern "$@"); CURRENT=$#words
		. $script' x "$scratch/zsh" "$@" | sort -u
}
offers() { # SHELL WORD -- WORD...: WORD is among what is offered
	local shell=$1 word=$2
	shift 3
	"in_$shell" "$@" | grep -qx -- "$word" || { "in_$shell" "$@"; return 1; }
}

commands=$("$build/postern" --help | awk '/^  [a-z]/ { seen = 1; sub(/^  /, ""); sub(/  .*/, ""); print; next } seen { exit }')
# each SHELL: every command, word by word, and every option of each.
each() {
	local shell=$1 command first bad=0
	while read -r command; do
		first=${command%% *}
		[ "$command" != "$first" ] || offers "$shell" "$first" -- "${first:0:2}" || return
		[ "$command" = "$first" ] || offers "$shell" "${command#* }" -- "$first" "" || return
		comm -13 <("in_$shell" $command --) \
			<("$build/postern" $command --help | sed -nE 's/^ +(-[a-z], )?(--[a-z-]+).*/\2/p' | sort -u) |
			grep . && { echo "is not offered after $command"; bad=1; }
	done <<<"$commands"
	return $bad
}
same() {
	local line
	for line in "" "tr" "trust " "trust r" "bundle " "push --" "trust rotate --" "-o " "--color " "-o json st"; do
		diff <(in_bash ${line:+${line% *}} "${line##* }") <(in_zsh ${line:+${line% *}} "${line##* }") || { echo "after: $line"; return 1; }
	done
}
check "zsh can read its script" zsh -n "$scratch/zsh"
check "bash can read its script" bash -n "$scratch/bash"
check "there are commands to complete" test "$(wc -l <<<"$commands")" -gt 20
check "bash offers every command and every option" each bash
check "zsh does, too" each zsh
check "both offer the same" same
tap_end
