#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# The guard: with it, root's other processes can neither detach a link nor write into a map, remove a
# pin, kill or trace posternd; `posternd --detach` can, and everybody's own eBPF goes on. Where LSM
# programs do not run, posternd says that there is none, and all of it goes through.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/harness/tap.sh
. tests/harness/sandbox.sh
box_start guard
bpftool=${BPFTOOL:-$(command -v bpftool || echo /usr/sbin/bpftool)}
others=/sys/fs/bpf/postern-test-guard-others

link_id() { "$bpftool" link show pinned "$box_pin/links/postern_conn4" | sed -n '1s/^\([0-9]*\):.*/\1/p'; }
denied() { ! "$@" 2>"$box_dir/why" && grep -q "Operation not permitted" "$box_dir/why"; }
write_map() { "$bpftool" map update pinned "$box_pin/maps/generation" key 0 0 0 0 value 0 0 0 0; }
attached() { postern -o json status | grep -q "\"name\":\"$1\",[^}]*\"attached\":true"; }
listed() { postern -o json status | grep -q '"name":"postern_kill"'; }
alive() { kill -0 "$box_pid" && postern -o json status | grep -q '"state"'; }
says_absent() { grep -q "warning: the guard is on, and LSM programs do not run here: there is none" "$box_dir/posternd.log"; }
# In a mount namespace of its own, as its unit has it started.
guarded_start() {
	box_options
	unshare --mount "$box_build/posternd" --foreground "${box_options[@]}" --config "$box_dir/posternd.conf" \
		>>"$box_dir/posternd.log" 2>&1 &
	box_pid=$!
	posternd_answers
}
# A map of somebody else's: made, pinned, written, moved, removed.
use_own() {
	mkdir -p "$others" &&
		"$bpftool" map create "$others/one" type array key 4 value 4 entries 1 name stranger &&
		"$bpftool" map update pinned "$others/one" key 0 0 0 0 value 1 0 0 0 &&
		mv "$others/one" "$others/two" && rm "$others/two" && rmdir "$others"
}
# within SECONDS COMMAND...: succeeds as soon as the command does.
within() {
	local n
	for n in $(seq $(($1 * 10))); do
		"${@:2}" && return 0
		sleep 0.1
	done
	return 1
}
# Whether this process may open posternd's memory, which asks as ptrace(2) does.
reads_memory() { (exec 3<"/proc/$box_pid/mem") 2>/dev/null; }

cat >"$box_dir/bundle/policies/story.cedar" <<-EOT
	@id("all") permit (principal, action in Action::"egress", resource);
EOT
box_keys

step "posternd starts without a guard, as it does unless it is told" posternd_start
check "status lists none" eval '! listed'
check "who is root can open its memory" reads_memory
step "and can kill it" posternd_kill KILL

echo "guard = on" >"$box_dir/posternd.conf"
step "posternd starts with one, over what it left" guarded_start
check "trust is installed" box_trust
check "a bundle is pushed" postern push "$(box_bundle 1)"
check "and in force" version_is 1

if attached postern_map; then
	for program in map prog cmd unlink rmdir rename kill ptrace; do
		check "postern_$program is attached" attached "postern_$program"
	done
	check "our map cannot be written" denied write_map
	check "our link cannot be detached" denied "$bpftool" link detach id "$(link_id)"
	check "our program's descriptor is not given" denied "$bpftool" prog show name postern_conn4
	check "a pin cannot be removed" denied rm "$box_pin/links/postern_conn4"
	check "nor moved away" denied mv "$box_pin/links/postern_conn4" /sys/fs/bpf/elsewhere
	check "nor the directory" denied mv "$box_pin" "$others"
	check "posternd cannot be killed" denied kill -KILL "$box_pid"
	check "nor stopped" denied kill -STOP "$box_pid"
	check "nor ended" denied kill -TERM "$box_pid"
	check "nor its memory be opened" eval '! reads_memory'
	check "SIGHUP goes through" kill -HUP "$box_pid"
	check "posternd is alive" alive
	check "and its hook attached" attached postern_conn4
	check "nobody had to mend anything" eval '! grep -q "by somebody" "$box_dir/posternd.log"'
	check "who uses eBPF for himself goes on" use_own
	check "other processes can be killed" eval 'sleep 60 & kill -KILL $!'
	cp "$box_build/posternd" "$box_dir/bin/copy"
	check "another file with posternd's content is nobody" eval '! "$box_dir/bin/copy" --detach --pin "$box_pin" --cgroup "$box_cgroup"'
	check "posternd --detach is obeyed" "$box_build/posternd" --detach --pin "$box_pin" --cgroup "$box_cgroup"
	check "a running posternd pins again" within 5 test -e "$box_pin/links/postern_conn4"
	mkdir "$box_cgroup/inner" && echo "$box_pid" >"$box_cgroup/inner/cgroup.procs"
	check "its cgroup can be killed, which is a limit" eval 'echo 1 >"$box_cgroup/inner/cgroup.kill"'
	wait "$box_pid"
	box_pid=
	rmdir "$box_cgroup/inner"
	check "without posternd there is no guard: a map can be written" write_map
	check "and a pin removed" rm "$box_pin/links/postern_conn4"
else
	check "posternd says that there is no guard here" says_absent
	check "our map can be written, which is a limit" write_map
	check "our link can be detached, which is a limit" "$bpftool" link detach id "$(link_id)"
	check "a pin can be removed, which is a limit" rm "$box_pin/links/postern_conn6"
	check "who uses eBPF for himself goes on" use_own
	check "posternd's memory can be opened, which is a limit" reads_memory
	check "posternd is alive" alive
	step "and is ended" posternd_kill TERM
fi
rm -rf "$others"
tap_end
