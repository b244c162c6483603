# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# Who does what in the soak of chaos.sh, each in a loop until box_dir/stop. What they change they mark: NAME.begun before,
# NAME.done after it was seen to hold, so that a probe knows when a verdict is settled. Sourced by the story.
actors=() probes=() bpftool=${BPFTOOL:-bpftool}

mark() { echo "$2" >"$box_dir/$1.begun" && echo "$2" >"$box_dir/$1.done"; }
# As one step: a probe must not read half a number.
put_number() { echo "$2" >"$box_dir/$1.new" && mv "$box_dir/$1.new" "$box_dir/$1"; }
goes_on() { [ ! -e "$box_dir/stop" ]; }
within() {
	local n
	for n in $(seq $(($1 * 20))); do
		"${@:2}" && return 0
		sleep 0.05
	done
	return 1
}
connects_to() { inside timeout 5 "$peer" connect tcp 127.0.0.1 "$1" | grep -qx connected; }
denied_to() { inside timeout 5 "$peer" connect tcp 127.0.0.1 "$1" | grep -qx "Operation not permitted"; }

policies() {
	local open=$odd
	[ $(($1 % 2)) -eq 1 ] || open=$even
	cat >"$box_dir/bundle/policies/story.cedar" <<-EOF
		@id("always") permit (principal, action == Action::"connect", resource) when { [$always, $open].contains(resource.port) };
		@id("device") permit (principal, action == Action::"connect", resource)
		when { resource.port == $device && context.device.custom.contains("edr") };
		@id("proof") permit (principal in Identity::"nan", action == Action::"connect", resource)
		when { resource.port == $proof && context.session.mfaAge < duration("4s") };
		@id("program") permit (principal in Program::"$only", action == Action::"connect", resource) when { resource.port == $program };
	EOF
}

# ---- who asks
probe() {
	local name=$1.${#probes[@]}
	( echo "$BASHPID" >"$box_cgroup/cgroup.procs" && exec "$loop" tests/e2e/chaos/probe.sh "$box_dir" "$@" ) >"$box_dir/$name.wrong" 2>&1 &
	probes+=($!) && box_started+=($!)
}
# The same as nobody, in a login session of its own.
session_probe() {
	(
		echo "$BASHPID" >"$box_cgroup/cgroup.procs" && echo 65534 >/proc/self/loginuid || exit 125
		exec setpriv --reuid 65534 --regid 65534 --clear-groups "$loop" tests/e2e/chaos/probe.sh "$box_dir" "$@"
	) >"$box_dir/$1.wrong" 2>&1 &
	probes+=($!) && box_started+=($!)
}

# ---- who changes things
pusher() {
	local version=1 out
	while goes_on; do
		version=$((version + 1))
		policies $version
		out=$(box_bundle $version) || { echo "actor: no bundle $version"; return; }
		put_number push.begun $version
		# posternd may be killed meanwhile: again, until it says that it is in force.
		until timeout 20 "$box_build/postern" --socket "$box_socket" push "$out" >/dev/null 2>&1; do
			goes_on || return
			sleep 0.1
		done
		put_number push.done $version
		rm -f "$box_dir"/v*.postern
		sleep 0.3
	done
	echo "pushes: $version"
}

flipper() {
	local n=1
	while goes_on; do
		n=$((n + 1))
		put_number fact.begun $n
		fact_is $((n % 2))
		if [ $((n % 2)) -eq 1 ]; then
			within 60 sees connects_to || { goes_on && echo "actor: the fact $n was not won in a minute"; return; }
		else
			within 60 sees denied_to || { goes_on && echo "actor: the fact $n was not lost in a minute"; return; }
		fi
		put_number fact.done $n
		sleep 1
	done
	echo "flips: $n"
}
# Or the end.
sees() { ! goes_on || "$1" $device; }

killer() {
	local n=0
	while goes_on; do
		sleep $((2 + RANDOM % 5))
		goes_on || break
		n=$((n + 1))
		put_number kill.begun $n
		kill -9 "$(posternd_pid)"
		box_pid=
		sleep 0.$((RANDOM % 10))
		within 30 posternd_again || { echo "actor: posternd does not start again"; return; }
		# Device facts are the worst until they were read twice; what the fact is meanwhile, nobody waits for.
		sleep 12
		within 60 device_settled || { echo "actor: the fact does not hold again after a start"; return; }
		put_number kill.done $n
	done
	echo "kills: $n"
}
# The fact holds again, or is to be lost anyway.
device_settled() {
	! goes_on || [ $(($(cat "$box_dir/fact.begun") % 2)) -eq 0 ] || connects_to $device
}
posternd_pid() { cat "$box_dir/pid" 2>/dev/null || echo "$box_pid"; }
posternd_again() {
	box_options
	"$box_build/posternd" --foreground "${box_options[@]}" --config "$box_dir/posternd.conf" >>"$box_dir/posternd.log" 2>&1 9>&- &
	echo $! >"$box_dir/pid"
	within 30 answers_now
}
answers_now() { timeout 5 "$box_build/postern" --socket "$box_socket" -o json status 2>/dev/null | grep -q '"state":"enforcing"'; }

# Cgroups come and go, each with somebody in it who connects.
climber() {
	local n=0 sub said
	while goes_on; do
		n=$((n + 1))
		sub=$box_cgroup/sub$((n % 7))
		mkdir -p "$sub"
		said=$(echo "$BASHPID" >"$sub/cgroup.procs"; for port in $always $never; do timeout 20 "$peer" connect tcp 127.0.0.1 $port; done)
		[ "$said" = $'connected\nOperation not permitted' ] || echo "cgroup: $said"
		rmdir "$sub" 2>/dev/null
	done
	echo "cgroups: $n"
}

# A program of its own, another of the same bytes, and one that becomes the other.
execer() {
	local n=0
	while goes_on; do
		n=$((n + 1))
		[ "$(inside timeout 20 "$only" connect tcp 127.0.0.1 $program)" = connected ] || echo "program: its own was denied"
		[ "$(inside timeout 20 "$other" connect tcp 127.0.0.1 $program)" = "Operation not permitted" ] || echo "program: another was allowed"
		[ "$(inside timeout 20 "$only" exec "$other" connect tcp 127.0.0.1 $program)" = "Operation not permitted" ] ||
			echo "program: its child's program was allowed"
	done
	echo "execs: $((3 * n))"
}

# Denials as fast as they come, and readers of their events that come and go.
flooder() {
	local n=0
	while goes_on; do
		n=$((n + 1))
		timeout 2 "$box_build/postern" --socket "$box_socket" -o json trace >/dev/null 2>&1 &
		inside timeout 10 "$loop" -c 'for i in {1..2000}; do { { :; } 3<>/dev/tcp/127.0.0.1/$1; } 2>/dev/null && echo "fixed: the flood was allowed"; done' loop $never
		wait
	done
	echo "floods of 2000: $n"
}

# Takes memory and gives it back; the page cache goes with it.
presser() {
	while goes_on; do
		head -c 200M /dev/zero | tail -c 200M | wc -c >/dev/null
		sleep 0.5
	done
}

# ---- afterwards
all_end() {
	local pid
	for pid in "${actors[@]}" "${probes[@]}"; do
		within 60 not_there "$pid" || { ps -fp "$pid"; return 1; }
	done
}
not_there() { ! kill -0 "$1" 2>/dev/null; }
# "KIND ID" of what is pinned: links, maps, and the programs of the links.
pinned_ids() {
	local file
	for file in "$box_pin"/links/*; do
		"$bpftool" link show pinned "$file" | sed -nE '1s/^([0-9]+): .* prog ([0-9]+).*/link \1\nprog \2/p'
	done
	for file in "$box_pin"/maps/*; do
		"$bpftool" map show pinned "$file" | sed -nE '1s/^([0-9]+): .*/map \1/p'
	done
}
# Links at the story's cgroup: as many after many starts as after one.
links_here() { "$bpftool" -j link show | grep -oE "\"cgroup_id\":$(stat -c %i "$box_cgroup")[,}]" | wc -l; }
no_more_links() { [ "$(links_here)" = "$links_first" ] || { links_here; return 1; }; }
ids_are_gone() {
	local kind id bad=0
	while read -r kind id; do
		! "$bpftool" "$kind" show id "$id" >/dev/null 2>&1 || { echo "still there: $kind $id"; bad=1; }
	done <"$box_dir/ids"
	[ "$bad" -eq 0 ]
}
# Without the three for each worker, which goes when nobody has asked it for a minute.
descriptors() {
	local pid all workers
	pid=$(posternd_pid)
	all=$(ls "/proc/$pid/fd" | wc -l)
	workers=$(readlink "/proc/$pid/fd"/* | grep -c memfd:postern-worker-in)
	echo $((all - 3 * workers))
}
# Images that may be gone back to have one each: seven more than after the first bundle.
descriptors_are_few() {
	echo "descriptors: $(descriptors), $descriptors_first after the first start"
	[ "$(descriptors)" -le "$((descriptors_first + 11))" ]
}
status_number() { postern -o json status | grep -oE "\"$1\":[0-9]+" | head -n 1 | cut -d: -f2; }
# Records of processes and sockets go with them: as many as there are processes. What programs that have ended and images
# to go back to take is bounded by a megabyte; records of a tenth of the sockets that were made would be more.
records_are_gone() {
	local processes memory
	processes=$(status_number processes) memory=$(status_number memory)
	echo "processes: $processes of $(ps -e | wc -l), memory: $memory, first $memory_first"
	[ "$processes" -le $(($(ps -e | wc -l) + 100)) ] && [ "$memory" -le $((memory_first + 1048576)) ]
}
end_posternd() {
	local pid
	pid=$(posternd_pid)
	kill -TERM "$pid" && within 30 not_there "$pid" && box_pid=
}
