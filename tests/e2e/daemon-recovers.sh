#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# What a crash between the steps of a push leaves, and what a damaged state directory does: the old
# bundle or the new one is in force, never neither, and a state that is not sound is said.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/harness/tap.sh
. tests/harness/sandbox.sh
box_start daemon-recovers

open=18530 shut=18531
peer=$box_build/tools/peer
for port in $open $shut; do
	"$peer" listen "$port" >/dev/null 2>&1 &
	box_started+=($!)
done
reaches() { inside timeout 5 "$peer" connect tcp 127.0.0.1 "$1" | grep -qx connected; }
denied() { inside timeout 5 "$peer" connect tcp 127.0.0.1 "$1" | grep -qx "Operation not permitted"; }
policy() {
	echo "@id(\"open\") permit (principal, action == Action::\"connect\", resource) when { resource.port == $1 };" \
		>"$box_dir/bundle/policies/story.cedar"
}
# The stored containers, as posternd names them: version, and the start of the payload's digest.
store_as() {
	local digest
	digest=$("$box_build/postern" -o json bundle show "$2" | grep -o '"sha256":"[0-9a-f]*"' | cut -d'"' -f4)
	cp "$2" "$box_dir/state/bundles/$1-${digest:0:16}.postern"
}
image_id() { postern -o json status | grep -o '"imageId":[0-9]*' | head -n 1; }
restarted() { posternd_kill KILL && posternd_start; }
problem_is() { postern -o json status | grep -q "\"problems\":\\[\"[^]]*$1"; }

policy $open
box_keys
step "posternd starts" posternd_start
check "trust is installed" box_trust
check "bundle 1 is in force" postern push "$(box_bundle 1)"

# after step 2: the container is written, nothing else is
policy $shut
newer=$(box_bundle 2)
check "a container is left as by a push that was cut off" store_as 2 "$newer"
step "restarted" restarted
check "the push is finished" version_is 2
check "and decides" denied $open
check "in both directions" reaches $shut
check "the host remembers it: version 1 is a rollback now" \
	grep -q rollback <(postern push "$box_dir/v1.postern" 2>&1)

# after step 3, before 4: active.json is of the bundle before, or of nothing
rm "$box_dir/state/active.json"
before=$(image_id)
step "restarted without active.json" restarted
check "the bundle is in force" version_is 2
check "by a new image" test "$(image_id)" != "$before"
echo '{ "version": 2, "digest"' >"$box_dir/state/active.json"
step "restarted with half of active.json" restarted
check "the bundle is in force" version_is 2
check "and enforced" status_is state enforcing

# a cut-off push of a container that nobody would accept
head -c 300 "$newer" >"$box_dir/state/bundles/9-0123456789abcdef.postern"
step "restarted with half a container" restarted
check "the accepted bundle is in force" version_is 2
check "and enforced" status_is state enforcing
rm "$box_dir/state/bundles/9-0123456789abcdef.postern"

# a stranger's container in the directory
policy $open
strange=$(box_bundle 3 stranger)
store_as 3 "$strange"
step "restarted with a stranger's container" restarted
check "it is not taken" version_is 2
rm -f "$box_dir"/state/bundles/3-*

# the accepted container is damaged, or gone: the kernel goes on, and that is said
stored=$(ls "$box_dir"/state/bundles/2-*)
perl -pi -e 's/SIGNATURE/SIGNATURF/' "$stored"
step "restarted with the container damaged" restarted
check "it says so" status_is state degraded
check "and what to do" problem_is "push it again"
check "what the kernel has goes on: denied" denied $open
check "and allowed" reaches $shut
rm "$stored"
step "restarted without the container" restarted
check "it says so" status_is state degraded
check "denied" denied $open
refuses "status has exit status 1" "" postern status
check "pushing it again heals" postern push "$newer"
check "it is enforcing" status_is state enforcing
check "denied" denied $open

# trust is damaged
cp "$box_dir/state/trust.json" "$box_dir/trust.kept"
sed -i 's/"policyVersion": 2/"policyVersion": 1/' "$box_dir/state/trust.json"
step "restarted with trust.json changed by hand" restarted
check "it says so" status_is state degraded
check "denied" denied $open
policy $open
refuses "and nothing is accepted by such a state" trust postern push "$(box_bundle 4)"
cp "$box_dir/trust.kept" "$box_dir/state/trust.json"
step "restarted with trust as it was" restarted
check "it is enforcing" status_is state enforcing

# after a boot the kernel has nothing: simulated by taking links and maps away
step "posternd ends" posternd_kill TERM
check "links and maps are gone" "$box_build/posternd" --detach --pin "$box_pin" --cgroup "$box_cgroup"
check "nothing is enforced" reaches $open
step "posternd starts" posternd_start
check "the accepted bundle is in force before it answers" version_is 2
check "denied" denied $open
step "posternd ends when asked" posternd_kill TERM
check "with status 0: nothing leaked, where that is watched" test "$box_status" -eq 0
tap_end
