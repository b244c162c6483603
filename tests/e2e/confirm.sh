#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Bundles on trial: confirmed they stay; else the one before is back at the deadline, also with a dead
# controller and with none before. What was confirmed once can be gone back to. And break glass.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/harness/tap.sh
. tests/harness/sandbox.sh
box_start confirm

one=18640 two=18641
peer=$box_build/tools/peer
for port in $one $two; do
	"$peer" listen "$port" >/dev/null 2>&1 &
	box_started+=($!)
done
reaches() { inside timeout 5 "$peer" connect tcp 127.0.0.1 "$1" | grep -qx connected; }
denied() { inside timeout 5 "$peer" connect tcp 127.0.0.1 "$1" | grep -qx "Operation not permitted"; }
policy() {
	echo "@id(\"open\") permit (principal, action == Action::\"connect\", resource) when { resource.port == $1 };" \
		>"$box_dir/bundle/policies/story.cedar"
}
bundle() {
	policy "$2"
	box_bundle "$1"
}
now_ms() { echo $((${EPOCHREALTIME/[.,]/} / 1000)); }
# Waits until the command succeeds; fails unless that was within MS after the moment FROM (ms).
back_within() {
	local from=$1 ms=$2 took
	shift 2
	while ! "$@"; do
		[ $(($(now_ms) - from)) -le $((ms + 10000)) ] || break
		sleep 0.02
	done
	took=$(($(now_ms) - from))
	echo "after $took ms"
	[ $took -le "$ms" ]
}
state_of() { postern -o json bundles | grep -q "\"version\":$1,.*\"state\":\"$2\"" || { postern bundles; return 1; }; }
floor_is() { grep -q "\"policyVersion\":$1," <(tr -d ' ' <"$box_dir/state/trust.json") || { cat "$box_dir/state/trust.json"; return 1; }; }
# exits N WORD COMMAND...: its exit status, and what it says.
exits() {
	local want=$1 word=$2 said status
	shift 2
	said=$("$@" 2>&1)
	status=$?
	echo "$said"
	[ $status -eq "$want" ] && grep -q -- "$word" <<<"$said"
}
# When the trial ends, in ms; a little early rather than late.
deadline() { echo $(($(now_ms) + $(postern -o json bundles | grep -o '"confirmLeftMs":[0-9]*' | grep -o '[0-9]*$'))); }
problem_is() { postern -o json status | grep -q "\"problems\":\\[\"[^]]*$1" || { postern status; return 1; }; }

box_keys
step "a journal listens" box_journal
step "posternd starts" posternd_start
check "trust is installed" box_trust

# ---- the first bundle: there is nothing to go back to ---------------------------------------------
first=$(bundle 1 $one)
check "pushing waits, and answers 6 when nobody has confirmed" exits 6 "nobody confirmed" postern push "$first" --confirm-within 2s
check "nothing is enforced then" reaches $two
check "the state is no-policy" status_is state no-policy
check "it is listed" state_of 1 rolled-back
check "confirming comes too late" exits 6 "not confirmed in time" postern confirm
check "on trial again" postern push "$first" --confirm-within 600s --no-wait
check "denied" denied $two
check "status says by when" grep -q "not confirmed" <(postern status)
check "the floor has not moved" grep -qv policyVersion.*1 "$box_dir/state/trust.json"
check "confirmed" postern confirm
check "the floor has" floor_is 1
check "confirming again has nothing to confirm" exits 1 "no bundle waits" postern confirm
check "it is in force" state_of 1 in-force

# ---- a trial that is confirmed, and one that is not -----------------------------------------------
second=$(bundle 2 $two)
postern push "$second" --confirm-within 600s >"$box_dir/waiting" 2>&1 &
waiting=$!
within() { local n; for n in $(seq 200); do "$@" && return 0; sleep 0.05; done; return 1; }
check "pushed by somebody who waits" within grep -q "NOT confirmed" "$box_dir/waiting"
check "it decides" reaches $two
check "and the one before does not" denied $one
check "it is pending" state_of 2 pending
check "the floor has not moved" floor_is 1
policy $one
refuses "the same version with other bytes is equivocation" equivocation postern push "$(cp "$second" "$box_dir/kept"; box_bundle 2)"
cp "$box_dir/kept" "$second"
check "confirmed from another connection" postern confirm
wait $waiting
check "who waits is told" test $? -eq 0
check "the floor has moved" floor_is 2
third=$(bundle 3 $one)
check "a third one on trial" postern push "$third" --confirm-within 2s --no-wait
check "decides" reaches $one
check "the one before is back by itself" back_within "$(now_ms)" 4000 reaches $two
check "it is known" within state_of 3 rolled-back
check "and is version 2" version_is 2
check "enforcing" status_is state enforcing
check "the floor has not moved" floor_is 2
policy $two
refuses "its version with other bytes is equivocation also now" equivocation postern push "$(box_bundle 3)"
policy $one
check "with the same ones it is taken" postern push "$(box_bundle 3)"
check "the floor has moved" floor_is 3

# ---- the connection that pushed -------------------------------------------------------------------
# one connection: a push, and right behind it a confirmation
same_connection() {
	perl -MIO::Socket::UNIX -MMIME::Base64 -e '
		my ($path, $bundle) = @ARGV;
		local $/;
		open(my $f, "<", $bundle) or die;
		my $push = encode_base64(<$f>, "");
		my $s = IO::Socket::UNIX->new(Peer => $path) or die;
		print $s "{\"method\":\"org.postern.Controller.Push\",\"parameters\":{\"bundle\":\"$push\",\"confirmWithinMs\":600000}}\0" .
			"{\"method\":\"org.postern.Controller.Confirm\"}\0";
		$s->flush;
		$/ = "\0";
		print scalar(<$s>), "\n", scalar(<$s>), "\n";
	' "$box_socket" "$1" >"$box_dir/answers"
	cat "$box_dir/answers"
	grep -q same-connection "$box_dir/answers"
}
fourth=$(bundle 4 $two)
check "the connection that pushed cannot confirm" same_connection "$fourth"
check "it is pending" state_of 4 pending
check "rolling back ends the trial" postern rollback
check "version 3 decides" reaches $one

# ---- with a dead controller -----------------------------------------------------------------------
check "on trial for 10 s" postern push "$fourth" --confirm-within 10s --no-wait
end=$(deadline)
step "posternd is killed" posternd_kill KILL
check "the new bundle goes on" reaches $two
check "until its deadline: the one before is back within a second of it" back_within "$end" 1000 reaches $one
check "and the new one is not" denied $two
step "posternd starts" posternd_start
check "it knows" state_of 4 rolled-back
check "version 3 is in force" version_is 3
check "the floor is as it was" floor_is 3
check "enforcing" status_is state enforcing

# a restart in the middle of a trial
check "on trial" postern push "$fourth" --confirm-within 600s --no-wait
step "posternd is killed" posternd_kill KILL
step "and starts again" posternd_start
check "the trial goes on" state_of 4 pending
check "with its bundle" version_is 4
check "and can be ended" postern rollback
check "the one before is in force" version_is 3
check "and decides" reaches $one
check "on trial" postern push "$fourth" --confirm-within 600s --no-wait
step "posternd is killed" posternd_kill KILL
step "and starts again" posternd_start
check "it can be confirmed" postern confirm
check "version 4 is in force" state_of 4 in-force
check "the floor has moved" floor_is 4

# ---- back to what was confirmed once --------------------------------------------------------------
check "rollback goes to the version before" postern rollback
check "which is 3" version_is 3
check "and decides" reaches $one
check "the floor stays" floor_is 4
step "restarted" eval 'posternd_kill KILL && posternd_start'
check "it is in force still" version_is 3
check "to a version by its number" postern rollback 1
check "which is in force" version_is 1
check "nobody can go to what was never there" exits 1 "no bundle of version 77" postern rollback 77
check "pushing an older one is refused all the same" exits 4 rollback postern push "$third"
check "the newest can be pushed again" postern push "$fourth"
check "and is in force" version_is 4
fifth=$(bundle 5 $one)
postern push "$fifth" --confirm-within 1s >"$box_dir/waiting" 2>&1
check "what was never confirmed cannot be gone back to" exits 7 "never confirmed" postern rollback 5
check "it is logged who rolled back" grep -q "rolled back by uid 0" "$box_dir/posternd.log"

# ---- break glass ----------------------------------------------------------------------------------
check "a reason is needed" exits 2 why postern mode observe --for 30m
from=$(now_ms)
check "observing for 15 s" postern mode observe --for 15s --reason "story INC-77"
check "nothing is denied" reaches $one
check "the state is degraded" status_is state degraded
check "with the reason" problem_is "INC-77"
check "and exit status 1" exits 1 INC-77 postern status
check "it is reported" within eval 'postern -o json trace -n 20 --no-follow | grep -q would-deny'
step "posternd is killed" posternd_kill KILL
check "it ends by itself within a second" back_within $((from + 15000)) 1000 denied $one
step "posternd starts" posternd_start
check "enforcing" status_is state enforcing
check "observing again" postern mode observe --for 60s --reason again
check "nothing is denied" reaches $one
check "ended early" postern mode enforce
check "denied" denied $one
check "ending it again is no change" exits 0 "nothing was suspended" postern mode enforce
check "detached" postern detach --reason "story INC-78"
check "nothing is denied" reaches $one
check "the state is degraded" status_is state degraded
check "with the reason" problem_is "INC-78"
step "restarted" eval 'posternd_kill KILL && posternd_start'
check "detached still" reaches $one
check "the state is degraded still" status_is state degraded
check "enforcing again" postern mode enforce
check "denied" denied $one
check "enforcing" status_is state enforcing
step "posternd is killed" posternd_kill KILL
check "detaching needs no controller" postern detach --reason dead --pin "$box_pin"
check "nothing is denied" reaches $one
step "posternd starts" posternd_start
check "enforcing" status_is state enforcing
while read -r kind line; do
	check "the journal has $kind, with $line" journal_has "$kind" "$line"
done <<END
CONFIRM POSTERN_BUNDLE_VERSION=2
LAPSE POSTERN_BUNDLE_BEFORE=3
ROLLBACK POSTERN_BUNDLE_VERSION=1
OBSERVE POSTERN_REASON=story INC-77
ENFORCE POSTERN_UID=0
DETACH POSTERN_REASON=story INC-78
END
check "a reason begins no other line" exits 2 "reason" postern mode observe --for 60s --reason $'one\nMESSAGE=two'
step "posternd ends when asked" posternd_kill TERM
check "with status 0: nothing leaked, where that is watched" test "$box_status" -eq 0
tap_end
