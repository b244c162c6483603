# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# A place of its own for one end-to-end story, to be sourced after tap.sh: a scratch cgroup, state,
# runtime and pin directories, keys, a posternd, and what can go wrong with them. Everything is named
# after the story, and is removed before it and after it.
#
#   box_start NAME           makes the place; `box_dir` and the rest below
#   box_keys, box_trust      keys; a root document, and trust in it
#   box_bundle VERSION       a signed bundle from the directory box_dir/bundle; prints its path
#   box_journal              before posternd_start: a journal of the story's own, written to box_dir/journal
#   posternd_start [OPT...]  runs posternd and waits until it answers
#   posternd_kill [SIGNAL]   ends it and waits
#   inside COMMAND...        runs a command in the cgroup
#   box_posternd             set before posternd_start: another program in its place
#   box_attach               set before box_start: the cgroup that posternd governs, if not the scratch one
#   step NAME COMMAND...     like check of tap.sh, in this shell: for what changes the story's variables
box_build=$(realpath "${BUILD:-build}")
box_posternd=$box_build/posternd
box_pid=
box_started=()
box_status=
box_config=()

box_cgroup_root() {
	awk '{ for (i = 7; i < NF; i++) if ($i == "-" && $(i + 1) == "cgroup2") { print $5; exit } }' /proc/self/mountinfo
}

box_clean() {
	local pid n
	for pid in "${box_started[@]}" $box_pid; do
		kill -9 "$pid" 2>/dev/null && wait "$pid" 2>/dev/null
	done
	box_started=() box_pid=
	# A daemon of its own is nobody's child.
	[ ! -s "$box_dir/daemon.pid" ] || kill -9 "$(cat "$box_dir/daemon.pid")" 2>/dev/null
	[ ! -d "$box_pin" ] || "$box_build/posternd" --detach --pin "$box_pin" --cgroup "$box_attach" 2>/dev/null
	[ ! -d "$box_pin" ] || rm -rf "$box_pin"
	if [ -d "$box_cgroup" ]; then
		# all at once: whoever is listed may have forked before he is ended
		echo 1 2>/dev/null >"$box_cgroup/cgroup.kill"
		while read -r pid; do kill -9 "$pid" 2>/dev/null; done <"$box_cgroup/cgroup.procs"
		for n in $(seq 50); do
			rmdir "$box_cgroup" 2>/dev/null && break
			sleep 0.02
		done
	fi
	! mountpoint -q "$box_dir/state/trust.json" || umount -l "$box_dir/state/trust.json"
	! mountpoint -q "$box_dir/state" || umount -l "$box_dir/state"
	rm -rf "$box_dir"
}

box_start() {
	local root
	if [ "$(id -u)" -ne 0 ]; then
		echo "this story loads eBPF: run it as root" >&2
		exit 1
	fi
	root=$(box_cgroup_root)
	[ -n "$root" ] || { echo "no cgroup2 hierarchy; mount -t cgroup2 none /sys/fs/cgroup" >&2; exit 1; }
	mountpoint -q /sys/fs/bpf || mount -t bpf bpf /sys/fs/bpf || exit 1
	box_dir=/run/postern-test-$1
	box_cgroup=$root/postern-test-$1
	box_pin=/sys/fs/bpf/postern-test-$1
	box_socket=$box_dir/run/control.sock
	box_attach=${box_attach:-$box_cgroup}
	box_clean
	trap box_clean EXIT
	trap 'exit 1' INT TERM
	mkdir -p "$box_dir"/{bin,bundle/policies} "$box_cgroup" || exit 1
	chmod 0755 "$box_dir" "$box_dir/bin"
}

postern() { "$box_build/postern" --socket "$box_socket" "$@"; }

# Keys: "key", which the host will trust, and "stranger".
box_keys() {
	ssh-keygen -q -t ed25519 -N '' -C story -f "$box_dir/key" &&
		ssh-keygen -q -t ed25519 -N '' -C stranger -f "$box_dir/stranger"
}

# A root document that names the key, and trust in it.
box_trust() {
	postern trust new --key "story=$box_dir/key.pub" -o "$box_dir/root.postern" &&
		postern sign "$box_dir/root.postern" --key "$box_dir/key" &&
		postern trust init "$box_dir/root.postern" --state "$box_dir/state"
}

# What bundle.json of the story's bundle says; a story changes these between bundles.
box_name=story box_mode=enforce box_audience='["*"]' box_not_after=2099-01-01T00:00:00Z
box_phases='{ "identity": "enforce", "device": "enforce", "network": "enforce" }'

box_manifest() {
	cat >"$box_dir/bundle/bundle.json" <<-EOF
		{ "format": 1, "name": "$box_name", "version": $1, "notAfter": "$box_not_after", "audience": $box_audience,
		  "mode": "$box_mode", "phases": $box_phases }
	EOF
}

# box_bundle VERSION [KEY]: builds and signs; the path is on stdout.
box_bundle() {
	local out=$box_dir/v$1.postern
	box_manifest "$1"
	rm -f "$out"
	{
		"$box_build/postern" bundle build "$box_dir/bundle" -o "$out" &&
			"$box_build/postern" sign "$out" --key "$box_dir/${2:-key}"
	} >>"$box_dir/build.log" 2>&1 || { cat "$box_dir/build.log" >&2; return 1; }
	echo "$out"
}

box_options() {
	box_options=(--cgroup "$box_attach" --state "$box_dir/state" --runtime "$box_dir/run" --pin "$box_pin" "${box_config[@]}")
}

box_journal() {
	local n
	perl -MIO::Socket::UNIX -e '
		$| = 1;
		my $s = IO::Socket::UNIX->new(Type => SOCK_DGRAM, Local => $ARGV[0]) or die;
		while (defined $s->recv(my $entry, 65536)) { print "$entry\n" }' "$box_dir/journal.sock" >"$box_dir/journal" &
	box_started+=($!)
	echo "journal = $box_dir/journal.sock" >"$box_dir/journal.conf"
	box_config=(--config "$box_dir/journal.conf")
	for n in $(seq 100); do [ -S "$box_dir/journal.sock" ] && return; sleep 0.05; done
	return 1
}

# journal_has KIND LINE: an entry of the kind, as daemon/notice.c calls it, with that field.
journal_has() {
	local id
	id=$(sed -n "s/^#define MESSAGE_$1 \"\(.*\)\"$/\1/p" userspace/daemon/notice.c)
	[ -n "$id" ] && ID=$id LINE=$2 perl -00 -ne '$found = 1 if /^MESSAGE_ID=$ENV{ID}$/m && /^\Q$ENV{LINE}\E$/m; END { exit !$found }' \
		"$box_dir/journal" || { cat "$box_dir/journal"; return 1; }
}

# Waits up to 30 s: loading eBPF on a busy machine takes its time.
posternd_answers() {
	local n
	for n in $(seq 300); do
		[ -S "$box_socket" ] && postern -o json status 2>/dev/null | grep -q '"state"' && return 0
		[ -z "$box_pid" ] || kill -0 "$box_pid" 2>/dev/null || break
		sleep 0.1
	done
	cat "$box_dir/posternd.log"
	return 1
}

posternd_start() {
	box_options
	"$box_posternd" --foreground "${box_options[@]}" "$@" >>"$box_dir/posternd.log" 2>&1 &
	box_pid=$!
	posternd_answers
}

posternd_kill() {
	local pid=$box_pid
	[ -n "$pid" ] && kill "-${1:-TERM}" "$pid" || return 1
	wait "$pid"
	box_status=$?
	box_pid=
	return 0
}

step() {
	local name=$1 status
	shift
	"$@" >"$box_dir/said" 2>&1
	status=$?
	tap_result "$status" "$name"
	[ "$status" -eq 0 ] || head -n 40 "$box_dir/said" | sed 's/^/# /'
}

# In the cgroup, as whoever runs the story.
inside() {
	(
		echo "$BASHPID" >"$box_cgroup/cgroup.procs" || exit 125
		exec "$@"
	)
}

# status_is MEMBER VALUE: a top-level text of the status.
status_is() {
	local said
	said=$(postern -o json status)
	case $said in
	*"\"$1\":\"$2\""*) return 0 ;;
	esac
	echo "$said"
	return 1
}

# version_is N: the bundle in force.
version_is() {
	local said
	said=$(postern -o json status)
	case $said in
	*"\"bundle\":{\"name\":\"story\",\"version\":$1,"*) return 0 ;;
	esac
	echo "$said"
	return 1
}
