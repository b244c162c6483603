#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# Another root process takes hooks and pins away: the verdict is back within a second, it is said
# loudly, a policy can ask for it, and connections that came in meanwhile are cut. Programs of others
# on the same hooks are named.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/harness/tap.sh
. tests/harness/sandbox.sh
box_start self-protection
bpftool=${BPFTOOL:-$(command -v bpftool || echo /usr/sbin/bpftool)}

port=18560
peer=$box_build/tools/peer
"$peer" listen "$port" >/dev/null 2>&1 &
box_started+=($!)
for name in plain guarded stranger; do cp "$peer" "$box_dir/bin/$name"; done

reaches() { inside timeout 5 "$box_dir/bin/$1" connect tcp 127.0.0.1 $port | grep -qx connected; }
denied() { inside timeout 5 "$box_dir/bin/$1" connect tcp 127.0.0.1 $port | grep -qx "Operation not permitted"; }
# within SECONDS COMMAND...: succeeds as soon as the command does.
within() {
	local n
	for n in $(seq $(($1 * 10))); do
		"${@:2}" && return 0
		sleep 0.1
	done
	return 1
}
intact() { postern -o json posture | grep -q '"name":"enforcer-intact"[^}]*"holds":true'; }
broken() { postern -o json posture | grep -q '"name":"enforcer-intact"[^}]*"holds":false'; }
detach() {
	local id
	id=$("$bpftool" link show pinned "$box_pin/links/$1" | sed -n '1s/^\([0-9]*\):.*/\1/p') &&
		"$bpftool" link detach id "$id"
}
attached() { postern -o json status | grep -q "\"name\":\"$1\",[^}]*\"attached\":true"; }

mkdir -p "$box_dir/root/run"
echo "posture = $box_dir/root" >"$box_dir/posternd.conf"
cat >"$box_dir/bundle/policies/story.cedar" <<-EOT
	@id("plain") permit (principal in Program::"$box_dir/bin/plain", action == Action::"connect", resource);
	@id("guarded") permit (principal in Program::"$box_dir/bin/guarded", action == Action::"connect", resource)
	when { context.device.custom.contains("enforcer-intact") };
EOT

box_keys
step "posternd starts" posternd_start --config "$box_dir/posternd.conf"
check "trust is installed" box_trust
check "before there is a policy the enforcer is not intact" broken
check "a bundle is pushed" postern push "$(box_bundle 1)"
check "what needs no fact is allowed at once" reaches plain
check "the enforcer is intact after two readings" within 20 intact
check "and a policy can ask for that" reaches guarded
check "a stranger is denied" denied stranger

# A hook is detached: everybody gets through until it is back.
for hook in postern_conn4 postern_create postern_egress; do
	check "somebody detaches $hook" detach "$hook"
	sleep 1
	check "a second later a stranger is denied" denied stranger
	check "as $hook is attached again" attached "$hook"
	check "and that is logged as critical" \
		grep -q "critical: $hook was detached by somebody: attached again" "$box_dir/posternd.log"
	check "who is allowed stays so" reaches plain
done
check "the fact is lost at once" within 2 broken
check "and with it what a policy granted by it" within 2 denied guarded
says_so() { postern status | grep -q "problem .*somebody with root's rights took hooks or pins away.*3 hooks"; }
check "status says so" says_so
counted() { postern -o wide status | grep -q "hooks-attached-again 3"; }
check "and counts" counted
check "the state is enforcing: every hook is back" status_is state enforcing
check "intact for two readings, the fact holds again" within 30 intact
check "and grants again" within 2 reaches guarded

# Pins: without them a restart would start from nothing.
rm -rf "${box_pin:?}/links" "${box_pin:?}/maps"
pinned() { [ -e "$box_pin/links/postern_conn4" ] && [ -e "$box_pin/links/postern_exec" ] && [ -e "$box_pin/maps/ledger" ]; }
check "all pins are removed and come back" within 2 pinned
check "that too is no longer intact" within 2 broken
step "posternd is killed" posternd_kill KILL
check "what is pinned enforces" denied stranger
check "and allows" reaches plain
step "posternd starts again" posternd_start --config "$box_dir/posternd.conf"
check "over the pins that it had made again" denied stranger
check "and the policy is in force" version_is 1

# A pin that is somebody else's link, and a program in the place of ours, are in tests/kernel/mend.c.
mkdir -p "$box_dir/obj"
cat >"$box_dir/obj/else.c" <<-EOT
	__attribute__((section("cgroup/connect4"), used)) int somebody_else(void *ctx)
	{
		return 1;
	}
	char _license[] __attribute__((section("license"), used)) = "Dual BSD/GPL";
EOT
compiled() { "${CLANG:-clang}" -O2 -target bpf -c "$box_dir/obj/else.c" -o "$box_dir/obj/else.o"; }
if command -v "${CLANG:-clang}" >/dev/null; then
	before=$(postern status | grep -c '^foreign')
	check "somebody else's program is made" compiled
	check "and loaded" "$bpftool" prog load "$box_dir/obj/else.o" "$box_pin/else"
	check "and attached beside ours" "$bpftool" cgroup attach "$box_cgroup" cgroup_inet4_connect pinned "$box_pin/else" multi
	names_it() { [ "$(postern status | grep -c '^foreign')" -eq $((before + 1)) ] && postern status | grep -q '^foreign .* somebody_else on cgroup/connect4'; }
	check "status names it" names_it
	check "a stranger is denied beside it" denied stranger
	check "who is allowed stays so" reaches plain
	check "it goes" "$bpftool" cgroup detach "$box_cgroup" cgroup_inet4_connect pinned "$box_pin/else"
	rm -f "$box_pin/else"
fi
step "posternd ends" posternd_kill TERM
tap_end
