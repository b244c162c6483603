#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# What a host does to a controller: a disk that becomes read-only or full, files that are damaged, that others
# can write, or that belong to somebody else, no bpffs any more, no cgroup any more, kill -9 again and again. Each
# time what was in force stays so, the cause and the remedy are said, and all is well once the cause is gone.
# (What a crash between the steps of a push leaves: daemon-recovers.sh.)
#
# POSTERN_LONG=1: every file by itself in every way, and more rounds of kill -9.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/harness/tap.sh
. tests/harness/sandbox.sh
box_start survives
# a bpffs of its own, that can be taken away; the directory is a mount as soon as posternd has started
box_pin=$box_dir/bpf
cleaned() {
	[ -z "$box_pid" ] || posternd_kill KILL
	while mountpoint -q "$box_pin"; do umount -l "$box_pin"; done
	box_clean
}
trap cleaned EXIT

long=${POSTERN_LONG:-}
one=18660 two=18661 always=18662 never=18663
peer=$box_build/tools/peer
for port in $one $two $always $never; do
	"$peer" listen "$port" >/dev/null 2>&1 &
	box_started+=($!)
done
reaches() { inside timeout 5 "$peer" connect tcp 127.0.0.1 "$1" | grep -qx connected; }
denied() { inside timeout 5 "$peer" connect tcp 127.0.0.1 "$1" | grep -qx "Operation not permitted"; }
# bundle VERSION PORT: permits that port and `always`.
bundle() {
	cat >"$box_dir/bundle/policies/story.cedar" <<-END
		@id("open") permit (principal, action == Action::"connect", resource) when { resource.port == $2 };
		@id("always") permit (principal, action == Action::"connect", resource) when { resource.port == $always };
	END
	box_bundle "$1"
}
# exits N WORDS COMMAND...: its exit status, and what it says.
exits() {
	local want=$1 words=$2 said status
	shift 2
	said=$("$@" 2>&1)
	status=$?
	[ $status -eq "$want" ] || { echo "exit status $status, not $want: $said"; return 1; }
	case $said in *"$words"*) ;; *) echo "no \"$words\" in: $said"; return 1 ;; esac
}
within() { local n; for n in $(seq 100); do "$@" >"$box_dir/last" 2>&1 && return 0; sleep 0.1; done; cat "$box_dir/last"; return 1; }
# said WORDS: the status has exit status 1, and names the cause and what to try.
said() {
	local now
	now=$(postern status 2>&1) && { echo "exit status 0: $now"; return 1; }
	now=$(grep '^problem' <<<"$now")
	[[ $now == *"$1"*"try: "* ]] || { echo "no problem \"$1\": $now"; return 1; }
}
well() { within postern status && status_is state enforcing; }
# in_force PORT: that one is open, the other is not.
in_force() {
	local shut=$two
	[ "$1" -eq $one ] || shut=$one
	reaches "$1" && reaches $always && denied $shut && denied $never
}
restarted() { posternd_kill KILL && posternd_start; }
# As after a boot: the kernel has nothing.
booted() {
	posternd_kill KILL
	"$box_build/posternd" --detach --pin "$box_pin" --cgroup "$box_cgroup" 2>/dev/null
	reaches $never && posternd_start
}
doctor_says() { postern doctor --state "$box_dir/state" --cgroup "$box_cgroup" --pin "$box_pin" 2>&1 | grep -q "MISSING  $1 .*$2"; }
floor_is() { grep -q "\"policyVersion\": $1," "$box_dir/state/trust.json" || { cat "$box_dir/state/trust.json"; return 1; }; }
state_of() { postern -o json bundles | grep -q "\"version\":$1,.*\"state\":\"$2\"" || { postern bundles; return 1; }; }
digest() { (cd "$box_dir/state" && find . -type f | sort | xargs sha256sum) | sha256sum; }

box_keys
mkdir "$box_dir/state" && mount -t tmpfs -o size=512k,mode=0700 tmpfs "$box_dir/state" || exit 1
step "posternd starts" posternd_start
check "trust is installed" box_trust
check "bundle 1 is in force" postern push "$(bundle 1 $two)"
check "bundle 2 is in force" postern push "$(bundle 2 $one)"
next=$(bundle 3 $two)

# ---- read-only ------------------------------------------------------------------------------------
check "the state becomes read-only under posternd" mount -o remount,ro "$box_dir/state"
check "status says so, and what to do" within said "Read-only file system"
check "doctor, too" doctor_says state-directory "remount,rw"
check "a push is refused" exits 1 storage postern push "$next"
check "a rollback is refused" exits 1 storage postern rollback
check "what was in force is" in_force $one
step "started on it without anything in the kernel" booted
check "it is in force before posternd answers" in_force $one
check "and is version 2" version_is 2
check "status says what is wrong" said "Read-only file system"
check "writable again" mount -o remount,rw "$box_dir/state"
check "all is well by itself" well
check "the push is taken" postern push "$next"
check "and is in force" in_force $two

# ---- full -----------------------------------------------------------------------------------------
fill() { dd if=/dev/zero of="$box_dir/state/filler" bs=4k 2>/dev/null; [ -s "$box_dir/state/filler" ]; }
check "a bundle on trial" postern push "$(bundle 4 $one)" --confirm-within 600s --no-wait
check "the disk is full" fill
before=$(digest)
check "status says so" within said "No space left on device"
check "doctor, too" doctor_says state-directory "make room"
check "it cannot be confirmed" exits 1 storage postern confirm
check "and is on trial still" state_of 4 pending
check "and in force" in_force $one
check "nothing new is taken" exits 1 storage postern push "$(bundle 5 $two)"
check "no older one either" exits 1 storage postern rollback 1
check "nothing has changed in the state" test "$before" = "$(digest)"
if [ -n "$long" ]; then
	step "restarted" restarted
	check "it is on trial still" state_of 4 pending
	check "and in force" in_force $one
fi
check "the trial can be ended all the same" postern rollback
check "version 3 is in force" in_force $two
check "enforcing can be suspended" postern mode observe --for 60s --reason full
check "which is so" reaches $never
check "and resumed" postern mode enforce
check "which is so" denied $never
check "room is made" rm "$box_dir/state/filler"
check "all is well by itself" well
check "trial and confirmation succeed" eval 'postern push "$box_dir/v4.postern" --confirm-within 600s --no-wait && postern confirm'
check "version 4 is in force" in_force $one
check "and remembered" floor_is 4

# ---- damaged --------------------------------------------------------------------------------------
"$box_build/postern" revoke build --identity mallory -n 7 -o "$box_dir/revoke.postern" 2>/dev/null &&
	"$box_build/postern" sign "$box_dir/revoke.postern" --key "$box_dir/key" 2>/dev/null
check "a revoke document is taken" postern push "$box_dir/revoke.postern"
echo '{ "format": 1, "counters": {} }' >"$box_dir/state/counters.json"
stored=bundles/$(cd "$box_dir/state/bundles" && echo 4-*)
damage() {
	local file=$box_dir/state/$1 size
	size=$(stat -c %s "$file")
	case $2 in
	garbage) head -c 500 /dev/urandom >"$file" ;;
	half) truncate -s $((size / 2)) "$file" ;;
	empty) : >"$file" ;;
	gone) rm -f "$file" ;;
	directory) rm -f "$file" && mkdir "$file" ;;
	esac
}
# What is said of a damaged file; which port is open after a boot then.
declare -A words=([trust.json]=trust.json [root.postern]=root.postern [rollout.json]=rollout.json [$stored]="could not be taken up"
	[counters.json]=counters.json [revoke.postern]="revoke document" [active.json]="")
said_of() {
	local file
	for file in "$@"; do
		[ -z "${words[$file]}" ] || said "${words[$file]}" || return 1
	done
}
# damaged WAY FILE...: found so at a start, it is said, and what the kernel has goes on (long). After a boot it is
# in force again, or the bundle before it where its own container is damaged.
damaged() {
	local way=$1 file after=$one
	shift
	[ "$1" != "$stored" ] || after=$two
	rm -rf "$box_dir/kept" && cp -a "$box_dir/state" "$box_dir/kept"
	for file; do damage "$file" "$way"; done
	[ -z "$long" ] || { restarted && in_force $one && said_of "$@"; } || return 1
	booted && in_force $after && said_of "$@"
}
restored() {
	posternd_kill KILL
	rm -rf "$box_dir/state/"* && cp -a "$box_dir/kept/." "$box_dir/state"
	posternd_start && well && version_is 4 && in_force $one
}
tried() {
	step "$*: said; enforced after a boot" damaged "$@"
	step "well when restored" restored
}
if [ -n "$long" ]; then
	for way in garbage half empty directory gone; do
		for file in "${!words[@]}"; do
			# a host that never had one has no such file
			case $file:$way in counters.json:gone | rollout.json:gone) ;; *) tried $way "$file" ;; esac
		done
	done
else
	tried garbage trust.json counters.json revoke.postern active.json
fi
# while it runs
cp "$box_dir/state/trust.json" "$box_dir/trust.kept"
check "trust.json is damaged under posternd" damage trust.json garbage
check "status says so" within said "trust.json"
check "doctor says so" doctor_says trust-root "from a backup"
check "nothing is taken" exits 4 trust postern push "$(bundle 5 $two)"
check "what was in force is" in_force $one
cp "$box_dir/trust.kept" "$box_dir/state/trust.json"
check "all is well by itself" well

# ---- whose it is ----------------------------------------------------------------------------------
for file in trust.json root.postern .; do
	mode=$(stat -c %a "$box_dir/state/$file")
	check "others can write $file" chmod go+w "$box_dir/state/$file"
	check "status says so" within said "others than root can write"
	check "nothing is taken" exits 4 trust postern push "$box_dir/v5.postern"
	chmod "$mode" "$box_dir/state/$file"
	check "all is well by itself" well
done
# As in its unit: root with six capabilities, for whom somebody else's directory is one that cannot be written.
as_in_unit() {
	posternd_kill KILL
	box_options
	setpriv --bounding-set -all,+bpf,+perfmon,+net_admin,+sys_ptrace,+dac_read_search,+sys_admin \
		--inh-caps -all --ambient-caps -all --no-new-privs \
		"$box_posternd" --foreground "${box_options[@]}" >>"$box_dir/posternd.log" 2>&1 &
	box_pid=$!
	posternd_answers
}
if [ -n "$long" ]; then
	step "the state belongs to somebody else" chown -R 65534:65534 "$box_dir/state"
	step "posternd starts with the capabilities of its unit" as_in_unit
	check "status says so" said "Permission denied"
	check "what was in force is" in_force $one
	check "nothing is taken" exits 4 trust postern push "$box_dir/v5.postern"
	step "it is root's again" chown -R 0:0 "$box_dir/state"
	check "all is well by itself" well
fi
check "bundle 5 is taken" postern push "$box_dir/v5.postern"
check "and in force" in_force $two

# ---- what it stands on ----------------------------------------------------------------------------
check "the bpffs goes away" umount -l "$box_pin"
check "status says so" within said "no bpffs is mounted"
check "what was in force is" in_force $two
check "and a push is taken" postern push "$(bundle 6 $one)"
check "and in force" in_force $one
check "one is mounted again" mount -t bpf bpf "$box_pin"
pins() { [ -e "$box_pin/links/postern_conn4" ] && [ -e "$box_pin/maps/ledger" ]; }
check "everything is pinned again" within pins
check "all is well by itself" well
step "posternd is killed" posternd_kill KILL
check "enforcement is again one that survives it" in_force $one
step "and starts" posternd_start

# The processes of the story leave the cgroup before it is removed: the loop below needs it again.
check "the cgroup goes away" rmdir "$box_cgroup"
check "status says so" within said "was removed"
check "another one of its name" mkdir "$box_cgroup"
check "is not taken for it" said "was removed"
step "restarted" restarted
check "it is governed" in_force $one
check "well" well

# ---- kill -9, again and again ---------------------------------------------------------------------
# Odd versions open `two`, even ones `one`; both `always`, none `never`.
loop=$box_dir/bin/loop
cp "$(realpath "$(command -v bash)")" "$loop"
connect_loop() {
	echo "$BASHPID" >"$box_cgroup/cgroup.procs"
	exec "$loop" -c '
		n=0
		while [ ! -e "$1/stop" ]; do
			n=$((n + 1))
			{ { :; } 3<>/dev/tcp/127.0.0.1/$2; } 2>/dev/null || echo "denied at $n"
			{ { :; } 3<>/dev/tcp/127.0.0.1/$3; } 2>/dev/null && echo "allowed at $n"
			echo $n >"$1/loops"
		done' loop "$box_dir" $always $never >"$box_dir/wrong" 2>&1
}
connect_loop &
loop_pid=$!
box_started+=("$loop_pid")
within test -s "$box_dir/loops"
version_now() { postern -o json status | sed -n 's/.*"bundle":{"name":"story","version":\([0-9]*\).*/\1/p'; }
# Killed some ms into a push, a little later each time: the old version or the new one is in force, and decides.
killed_in_pushes() {
	local round now last=6 version port pushing taken=0
	for round in $(seq "$1"); do
		version=$((6 + round)) port=$two
		[ $((version % 2)) -eq 1 ] || port=$one
		bundle $version $port >/dev/null || return 1
		postern push "$box_dir/v$version.postern" >/dev/null 2>&1 &
		pushing=$!
		sleep "$(printf '0.%03d' $((round * 97 % 60 + 2)))"
		posternd_kill KILL
		wait "$pushing"
		posternd_start || return 1
		now=$(version_now)
		[ "$now" = "$version" ] || [ "$now" = "$last" ] || { echo "version $now after $last and a push of $version"; return 1; }
		taken=$((taken + (now == version)))
		port=$two
		[ $((now % 2)) -eq 1 ] || port=$one
		in_force $port || { echo "version $now is not what decides"; return 1; }
		floor_is "$now" || return 1
		last=$now
	done
	echo "$taken of $1 pushes were finished"
}
rounds=2
[ -z "$long" ] || rounds=40
step "killed in $rounds pushes: old or new, each time" killed_in_pushes $rounds
loop_ended() {
	touch "$box_dir/stop"
	wait "$loop_pid"
	cat "$box_dir/wrong"
	[ "$(cat "$box_dir/loops")" -ge 50 ] && [ ! -s "$box_dir/wrong" ]
}
step "and nobody got a verdict of neither" loop_ended
check "nothing is left over in the state" test -z "$(find "$box_dir/state" -name '.*.tmp')"
step "posternd ends when asked" posternd_kill TERM
check "with status 0: nothing leaked, where that is watched" test "$box_status" -eq 0
tap_end
