#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# What a controller notices by itself: bundles that end, names that come to mean something else, hooks
# that somebody detached; and what it tells systemd.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/harness/tap.sh
. tests/harness/sandbox.sh
box_start daemon-watches

port=18540
peer=$box_build/tools/peer
"$peer" listen "$port" >/dev/null 2>&1 &
box_started+=($!)
cp "$peer" "$box_dir/bin/first"
cp "$peer" "$box_dir/bin/second"
ln -s first "$box_dir/bin/link"

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
policy() { cat >"$box_dir/bundle/policies/story.cedar"; }

box_keys
step "posternd starts" posternd_start
check "trust is installed" box_trust

# A Program that is a link means what it leads to, also when that changes.
policy <<-EOF
	@id("linked") permit (principal in Program::"$box_dir/bin/link", action == Action::"connect", resource);
EOF
check "a bundle that names a link is pushed" postern push "$(box_bundle 1)"
check "where the link leads is allowed" reaches first
check "another copy is somebody else" denied second
ln -sfn second "$box_dir/bin/link"
check "the link is followed when it is replaced" within 15 reaches second
check "where it led before is somebody else now" denied first
rm "$box_dir/bin/link"
check "a link that is gone stands for nobody" within 15 denied second
check "the state is still enforcing" status_is state enforcing

# SIGHUP looks at once.
ln -s first "$box_dir/bin/link"
kill -HUP "$box_pid"
check "SIGHUP asks for the names at once" within 3 reaches first

# Observing.
box_mode=observe
check "a bundle that observes is pushed" postern push "$(box_bundle 2)"
check "it says so" status_is state observing
check "nothing is denied" reaches second
would_deny() { postern -o json trace -n 5 --no-follow --verdict would-deny | grep -q '"verdict":"would-deny".*second'; }
check "but reported" would_deny
only_denials() { ! postern -o json trace -n 100 --no-follow --verdict deny | grep -q would-deny; }
check "and not as a denial" only_denials
box_mode=enforce

# The end of a bundle: what is essential stays.
policy <<-EOF
	@id("first") permit (principal in Program::"$box_dir/bin/first", action == Action::"connect", resource);
	@id("second") @essential permit (principal in Program::"$box_dir/bin/second", action == Action::"connect", resource);
EOF
box_not_after=$(date -u -d '+4 seconds' +%Y-%m-%dT%H:%M:%SZ)
check "a bundle with a near end is pushed" postern push "$(box_bundle 3)"
check "both are allowed before" reaches first
check "the end comes" within 10 denied first
check "what is essential is still allowed" reaches second
step "posternd is killed" posternd_kill KILL
step "and starts again" posternd_start
check "the ended bundle is taken up as ended" denied first
check "with what is essential" reaches second
box_not_after=2099-01-01T00:00:00Z
check "its successor is pushed" postern push "$(box_bundle 4)"
check "and allows again" reaches first

# A hook that another root process detached.
detach_one() {
	local id
	id=$("${BPFTOOL:-$(command -v bpftool || echo /usr/sbin/bpftool)}" link show pinned "$box_pin/links/$(cd "$box_pin/links" && ls | grep -m 1 conn4)" |
		sed -n '1s/^\([0-9]*\):.*/\1/p')
	"${BPFTOOL:-$(command -v bpftool || echo /usr/sbin/bpftool)}" link detach id "$id"
}
check "somebody detaches a hook" detach_one
check "that is noticed" within 3 grep -q "critical: postern_conn4 was detached by somebody: attached again" "$box_dir/posternd.log"
says_so() { postern status | grep -q "problem .*took hooks or pins away"; }
check "status says so" says_so
check "the state is enforcing, as the hook is back" status_is state enforcing
rm "$box_pin/links/postern_conn4"
check "a pin that somebody removed comes back" within 3 test -e "$box_pin/links/postern_conn4"

# systemd: readiness and status come as datagrams.
step "posternd ends" posternd_kill TERM
perl -MSocket -e '
	socket(S, AF_UNIX, SOCK_DGRAM, 0) or die; bind(S, sockaddr_un($ARGV[0])) or die; $| = 1;
	while (defined recv(S, $m, 4096, 0)) { $m =~ s/\n/ /g; print "$m\n" }' "$box_dir/notify" >"$box_dir/notified" &
box_started+=($!)
check "a notify socket" within 3 test -S "$box_dir/notify"
export NOTIFY_SOCKET=$box_dir/notify WATCHDOG_USEC=2000000
step "posternd starts" posternd_start
unset NOTIFY_SOCKET WATCHDOG_USEC
check "it says that it is ready" within 3 grep -q READY=1 "$box_dir/notified"
check "what its state is" within 5 grep -q STATUS=enforcing "$box_dir/notified"
check "that it lives" within 5 grep -q WATCHDOG=1 "$box_dir/notified"
step "posternd ends" posternd_kill TERM
check "and that it stops" within 3 grep -q STOPPING=1 "$box_dir/notified"
tap_end
