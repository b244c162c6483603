#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# A bare machine, as far as a mount namespace can make one: postern doctor names each thing that is missing there, with
# its remedy, and posternd does not start where it could not enforce.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/harness/tap.sh
build=$(realpath "${BUILD:-build}")
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/bin" "$scratch/empty"
cp "$build/postern" "$build/posternd" "$scratch/bin"
chmod -R a+rX "$scratch"

# hidden WHAT... -- COMMAND...: the command, in a mount namespace in which these are not there.
hidden() {
	local what=()
	while [ "$1" != -- ]; do what+=("$1"); shift; done
	shift
	HIDE="${what[*]}" unshare -m --propagation private bash -c '
		for what in $HIDE; do
			case $what in
			cgroup2) while at=$(findmnt -rnt cgroup2 -o TARGET | tail -n 1) && [ -n "$at" ]; do umount -l "$at" || exit 125; done ;;
			*) if [ -d "$what" ]; then mount -t tmpfs -o mode=755 tmpfs "$what"
			   elif [ -e "$what" ]; then mount --bind /dev/null "$what"; fi || exit 125 ;;
			esac
		done
		exec "$@"' hidden "$@"
}
doctor() { "$scratch/bin/postern" --socket "$scratch/none.sock" doctor --state "$scratch/empty/state" "$@"; }
bare=(/sys/kernel/btf /sys/fs/bpf cgroup2 /run /etc/group /usr/bin/ssh-keygen)
examine() { hidden "${bare[@]}" -- "$scratch/bin/postern" --socket "$scratch/none.sock" -o "$1" doctor --state "$scratch/empty/state"; }

examine text >"$scratch/text" 2>"$scratch/err"
said=$?
check "on a bare machine the answer is no" test $said -eq 1
check "with what to do next" grep -qx "not ready: see the remedies above" "$scratch/text"
# found STATE NAME REMEDY
found() { grep -qE "^$1 +$2 +$3" "$scratch/text" || { cat "$scratch/text"; return 1; }; }
while read -r state name remedy; do
	check "$name is missed, with its remedy" found "$state" "$name" "$remedy"
done <<'END'
MISSING btf run a kernel built with CONFIG_DEBUG_INFO_BTF
MISSING tracing run as root on a kernel built with CONFIG_BPF_EVENTS
MISSING cgroup2 mount -t cgroup2 none /sys/fs/cgroup
MISSING trust-root postern trust init ROOT
MISSING controller systemctl start posternd
absent bpffs-mounted mount -t bpf bpf /sys/fs/bpf
absent group systemd-sysusers, or groupadd --system postern
absent journal start systemd-journald
absent ssh-keygen apt install openssh-client
END
check "what is there is not missed" found ok connect4 ""

# Nothing is said to be missing without a remedy, to people or to programs.
examine json >"$scratch/json" 2>/dev/null
remedies() {
	grep -q '"present":false' "$scratch/json" || return 1
	! grep '"present":false' "$scratch/json" | grep '"remedy":""'
}
check "each that is missing has a remedy" remedies
same() { [ "$(grep -c '"required":true,"present":false' "$scratch/json")" -eq "$(grep -c '^MISSING' "$scratch/text")" ]; }
check "JSON misses as much" same

# Without the rights to load programs, each hook is named.
powerless() { setpriv --reuid 65534 --regid 65534 --clear-groups "$scratch/bin/postern" --socket "$scratch/none.sock" doctor; }
powerless >"$scratch/text" 2>/dev/null
for hook in sock_create connect4 connect6 sendmsg4 sendmsg6 bind4 bind6 post_bind4 post_bind6 ingress egress setsockopt device; do
	check "without rights $hook is missed" found MISSING $hook "run as root on a kernel built with CONFIG_CGROUP_BPF"
done

# A clock before what this host has known: the state of a host that was in 2098.
put_back() {
	local sum
	ssh-keygen -q -t ed25519 -N '' -f "$scratch/key" && "$scratch/bin/postern" trust new --key "a=$scratch/key.pub" -o "$scratch/root" &&
		"$scratch/bin/postern" sign "$scratch/root" --key "$scratch/key" &&
		"$scratch/bin/postern" trust init "$scratch/root" --state "$scratch/empty/state" || return
	sed -i '/checksum/d; s/"timeFloorMs": .*/"timeFloorMs": 4070908800000/' "$scratch/empty/state/trust.json"
	sum=$(sed 's/^ *//; s/": /":/' "$scratch/empty/state/trust.json" | tr -d '\n' | sha256sum | cut -d ' ' -f 1)
	sed -i "s/4070908800000/&,\n  \"checksum\": \"$sum\"/" "$scratch/empty/state/trust.json"
	doctor >"$scratch/text" 2>"$scratch/err"
	found ok trust-root ""
}
check "a host that was in 2098 is believed" put_back
check "then the clock is missed" found MISSING clock "timedatectl set-ntp true"

# posternd says the same and does not pretend.
no_btf() {
	local status
	hidden /sys/kernel/btf -- timeout 60 "$scratch/bin/posternd" --foreground --state "$scratch/d" --runtime "$scratch/r" \
		--pin /sys/fs/bpf/postern-test-doctor --cgroup "$scratch/empty" >"$scratch/text" 2>&1
	status=$?
	cat "$scratch/text"
	[ $status -eq 1 ] && grep -q "btf is missing; try: run a kernel built with CONFIG_DEBUG_INFO_BTF" "$scratch/text" &&
		grep -q "cgroup2 is missing; try: mount cgroup2" "$scratch/text" && [ ! -e "$scratch/d" ]
}
check "posternd does not start there, and names all of it at once" no_btf
tap_end
