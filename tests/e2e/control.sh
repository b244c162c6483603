#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# The control socket under attack: malformed, huge, slow and half-closed calls, floods of them, more connections than
# one user may have, who leaves in the middle of an answer, who asks for what is not his, who sends descriptors (descriptors.c). All the time others are
# answered, and afterwards posternd has no descriptor and no memory more than before. The attackers are in control.pl;
# tests/fuzz has what a message may be.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/harness/tap.sh
. tests/harness/sandbox.sh
box_start control
nobody=65534 other=65533
long=${POSTERN_LONG:-}

echo '@id("web") permit (principal, action == Action::"connect", resource) when { resource.port == 18670 };' \
	>"$box_dir/bundle/policies/story.cedar"
box_keys
step "posternd starts" posternd_start
check "trust is installed" box_trust
check "bundle 1 is in force" postern push "$(box_bundle 1)"

as() { setpriv --reuid "$1" --regid "$1" --clear-groups "${@:2}"; }
cp tests/e2e/control.pl "$box_build/tests/e2e/descriptors" "$box_build/tests/e2e/lingering" "$box_dir/bin/"
descriptors=$box_dir/bin/descriptors lingering=$box_dir/bin/lingering
attack() { as "$1" timeout 200 perl "$box_dir/bin/control.pl" "$2" "$box_socket" "${3:-16}"; }
within() { local n; for n in $(seq 100); do "$@" >"$box_dir/last" 2>&1 && return 0; sleep 0.1; done; cat "$box_dir/last"; return 1; }
counter() { postern -o json status | sed -n "s/.*\"name\":\"$1\",\"value\":\([0-9]*\).*/\1/p"; }
descriptors() { ls "/proc/$box_pid/fd" | wc -l; }
# What is resident once posternd has given back what was freed, as it does after a push: how much freed memory the
# allocator holds at some moment is nobody's leak.
memory() {
	postern push "$box_dir/v1.postern" >/dev/null 2>&1
	awk '/^VmRSS/ { print $2 }' "/proc/$box_pid/status"
}
# meanwhile COMMAND...: while it runs, each status is answered, and none takes five seconds. That of somebody else, too.
meanwhile() {
	local pid n=0
	"$@" >"$box_dir/attack" 2>&1 &
	pid=$!
	while kill -0 $pid 2>/dev/null || [ $n -eq 0 ]; do
		timeout 5 "$box_build/postern" --socket "$box_socket" status >"$box_dir/answer" 2>&1 ||
			{ echo "no answer meanwhile:"; cat "$box_dir/answer"; kill $pid; wait $pid; return 1; }
		n=$((n + 1))
		sleep 0.1
	done
	wait $pid || { cat "$box_dir/attack"; return 1; }
	cat "$box_dir/attack"
}
# All connections of attackers are gone, with all that they took.
left_nothing() { [ "$(descriptors)" -le "$before" ] || { ls -l "/proc/$box_pid/fd"; return 1; }; }

# Once around first, so that what is made once is there before it is measured.
attack $nobody leaving 40
attack $nobody malformed >"$box_dir/last" 2>&1
sleep 0.3
before=$(descriptors) memory_before=$(memory)

check "malformed calls end their connections, and nobody else's" meanwhile attack $nobody malformed
check "those of an admin, too" meanwhile attack 0 malformed
check "a message that is too long is refused" meanwhile attack $nobody huge
check "slow ones make nobody wait" meanwhile attack $nobody slow
check "what was asked before a half-close is answered" meanwhile attack $nobody half
check "who floods makes nobody wait" meanwhile attack $nobody pipelined
check "nor does an admin who does" meanwhile attack 0 pipelined
check "who leaves in the middle of an answer leaves nothing" meanwhile attack 0 leaving 60
check "descriptors that are no bundle are refused, and none is kept" meanwhile "$descriptors" "$box_socket" "$box_dir/v1.postern"
check "who may send none loses the connection" meanwhile as $nobody "$box_dir/bin/descriptors" "$box_socket"
check "nor is posternd stopped by what nobody closes at once" meanwhile as $nobody "$lingering" "$box_socket"
check "of one user's connections sixteen are served" meanwhile attack $nobody many 16
check "which is counted" test "$(counter connections-over-quota)" -ge 84
check "bad input is counted" test "$(counter calls-bad-input)" -ge 20
check "all descriptors are given back" within left_nothing

# Somebody has all of his sixteen: others get in, also when they are no more than he is.
attack $nobody hold 16 >"$box_dir/held" &
holding=$!
check "one user holds all that he may have" within grep -q held "$box_dir/held"
check "another one gets in" attack $other half
check "an admin gets in" postern status
refuses "he does not" "" attack $nobody half
pkill -P $holding
wait $holding
check "until he lets go" within attack $nobody half

check "what is not for him is refused to him" attack $nobody forbidden
check "which is counted" test "$(counter calls-not-allowed)" -ge 10
check "nothing has changed" version_is 1
check "and is enforced" status_is state enforcing
check "all descriptors are given back" within left_nothing

# Round after round: what one of them would leak adds up.
rounds() {
	local n
	for n in $(seq "$1"); do
		attack $nobody malformed && attack $nobody half && attack 0 leaving 60 && attack $nobody huge &&
			"$descriptors" "$box_socket" "$box_dir/v1.postern" || return 1
	done
}
turns=1
[ -z "$long" ] || turns=50
check "$turns more round(s) of it" rounds $turns
check "all descriptors are given back" within left_nothing
# The sanitizers keep up to 256 MiB that were freed, and say themselves at the end what leaked.
most=4096
[ -z "${SAN:-}" ] || most=524288
grown() {
	local now
	now=$(memory)
	echo "$memory_before KiB, then $now"
	[ $((now - memory_before)) -le $most ]
}
# It is given back a moment after a push.
check "and so is the memory" within grown
[ -z "$long" ] || check "a stranger who sends a byte now and then is not waited for" attack $nobody slowest
check "posternd is the same process" grep -q "\"pid\":$box_pid," <(postern -o json status)
step "posternd ends when asked" posternd_kill TERM
check "with status 0: nothing leaked, where that is watched" test "$box_status" -eq 0
tap_end
