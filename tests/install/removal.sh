#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# The package's own scripts, run against a posternd that enforces: an upgrade leaves everything attached, a removal
# leaves nothing attached, and a purge nothing on the disk.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/harness/tap.sh
. tests/harness/sandbox.sh
box_start removal
bpftool=${BPFTOOL:-$(command -v bpftool || echo /usr/sbin/bpftool)}

echo '@id("none") permit (principal, action == Action::"connect", resource) when { resource.port == 18541 };' \
	>"$box_dir/bundle/policies/story.cedar"
box_keys
# The scripts know the installed places only: this posternd stands for the installed one.
box_options
printf '#!/bin/sh\nexec %s "$@" --pin %s --cgroup %s\n' "$box_build/posternd" "$box_pin" "$box_attach" >"$box_dir/bin/posternd"
chmod +x "$box_dir/bin/posternd"
script() { PATH=$box_dir/bin:$PATH sh "tools/install/debian/$1" "${@:2}"; }

attached() { "$bpftool" cgroup show "$box_cgroup" | grep -c postern; }
links() { "$bpftool" -j link show | tr '{' '\n' | grep -c "\"cgroup_id\":$(stat -c %i "$box_cgroup")," ; }
denied() { ! inside bash -c 'exec 3<>/dev/tcp/127.0.0.1/18542' 2>&1 | grep -q refused; }

step "posternd starts" posternd_start
check "trust is installed" box_trust
check "a bundle is in force" postern push "$(box_bundle 1)"
check "programs are attached" test "$(attached)" -gt 10
check "a connection is denied" denied
step "posternd ends" posternd_kill TERM
check "before an upgrade the script detaches nothing" script prerm upgrade 0.2.0
check "all is attached still" test "$(attached)" -gt 10
check "and denies" denied
check "a removal" script prerm remove
check "leaves no program attached" test "$(attached)" -eq 0
check "no link to the cgroup" test "$(links)" -eq 0
check "no pin" test ! -e "$box_pin"
check "and nothing is denied" eval '! denied'

purged() {
	unshare -m --propagation private sh -c '
		mount -t tmpfs tmpfs /var/lib && mount -t tmpfs tmpfs /run && mkdir -p /var/lib/postern/bundles /run/postern &&
			sh tools/install/debian/postrm "$1" && ls /var/lib /run' sh "$1"
}
check "a removal keeps what the host trusts" eval 'purged remove | grep -q postern'
check "a purge does not" eval 'said=$(purged purge) && ! grep -q postern <<<"$said"'
tap_end
