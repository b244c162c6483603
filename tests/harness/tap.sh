# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# TAP for test scripts, to be sourced: check NAME COMMAND... runs the command and prints one result;
# tap_end prints the plan and exits. What a failed command printed follows it as comments.
tap_count=0
tap_bad=0

tap_result() {
	tap_count=$((tap_count + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $tap_count - $2"
	else
		tap_bad=$((tap_bad + 1))
		echo "not ok $tap_count - $2"
	fi
}

check() {
	local name=$1 said status
	shift
	said=$("$@" 2>&1)
	status=$?
	tap_result "$status" "$name"
	[ "$status" -eq 0 ] || printf '%s\n' "$said" | head -n 40 | sed 's/^/# /'
}

# refuses NAME WORDS COMMAND...: the command must fail and its output must contain WORDS.
refuses() {
	local name=$1 words=$2 said
	shift 2
	if said=$("$@" 2>&1); then
		tap_result 1 "$name"
		echo "# accepted what it must refuse"
	elif printf '%s\n' "$said" | grep -qF -- "$words"; then
		tap_result 0 "$name"
	else
		tap_result 1 "$name"
		printf 'no "%s" in:\n%s\n' "$words" "$said" | head -n 40 | sed 's/^/# /'
	fi
}

tap_end() {
	echo "1..$tap_count"
	[ "$tap_bad" -eq 0 ]
	exit
}
