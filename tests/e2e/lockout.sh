#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# A push that would cut off who manages the host is refused, and says whom and by what: an SSH server is
# played by a program called sshd, its peer sits in a network namespace and pushes through the connection.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/harness/tap.sh
. tests/harness/sandbox.sh
box_start lockout

space=postern-lockout here=10.251.77.1 there=10.251.77.2 port=2222 server=192.0.2.53
clean() {
	ip netns pids $space 2>/dev/null | xargs -r kill -9
	ip netns del $space 2>/dev/null
	ip link del plockout0 2>/dev/null
	box_clean
}
clean
mkdir -p "$box_dir"/{bin,bundle/policies} "$box_cgroup"
trap clean EXIT
ip netns add $space &&
	ip link add plockout0 type veth peer name plockout1 netns $space &&
	ip addr add $here/30 dev plockout0 && ip link set plockout0 up &&
	ip -n $space addr add $there/30 dev plockout1 && ip -n $space link set plockout1 up ||
	{ echo "no network namespace"; exit 1; }

cp "$(realpath "$(command -v perl)")" "$box_dir/bin/sshd"
# Takes lines, runs each, sends what it said, its exit status and a dot.
cat >"$box_dir/sshd.pl" <<'EOF'
use IO::Socket::INET;
$SIG{CHLD} = "IGNORE";
my $l = IO::Socket::INET->new(Listen => 5, LocalAddr => $ARGV[0], LocalPort => $ARGV[1], ReuseAddr => 1) or die $!;
open(my $ready, ">", $ARGV[2]);
while (my $c = $l->accept) {
	next if fork;
	$SIG{CHLD} = "DEFAULT";
	$c->autoflush(1);
	while (my $line = <$c>) {
		chomp $line;
		my $said = `$line 2>&1`;
		print $c $said, "exit ", $? >> 8, "\n.\n";
	}
	exit;
}
EOF
# Sends each line of its input, prints what comes back; "lost" when the connection goes.
cat >"$box_dir/ssh.pl" <<'EOF'
use IO::Socket::INET;
$| = 1;
my $c = IO::Socket::INET->new(PeerAddr => $ARGV[0], PeerPort => $ARGV[1], Timeout => 5) or do { print "lost\n.\n"; exit };
$c->autoflush(1);
while (my $line = <STDIN>) {
	print $c $line;
	while (1) {
		my $said = <$c>;
		if (!defined $said) { print "lost\n.\n"; exit }
		print $said;
		last if $said eq ".\n";
	}
}
EOF
within() { local n; for n in $(seq 200); do "$@" && return 0; sleep 0.05; done; return 1; }
# ssh COMMAND...: through the connection; connect makes it, and makes a new one after it was lost.
connect() {
	coproc PEER { exec ip netns exec $space perl "$box_dir/ssh.pl" $here $port; }
	box_started+=("$PEER_PID")
	# a coprocess' own descriptors are not there in subshells
	exec {to_peer}>&"${PEER[1]}" {from_peer}<&"${PEER[0]}"
}
ssh() {
	local line
	echo "$*" >&"$to_peer" || return
	while read -r -t 120 line <&"$from_peer"; do
		[ "$line" = . ] && return
		echo "$line"
	done
}
# Reads the answer to its end: what is left of it would be taken for the next one's.
lives() {
	local said
	said=$(ssh echo yes)
	[ "${said%%$'\n'*}" = yes ]
}
pushes() { ssh "$box_build/postern" --socket "$box_socket" push "$@" >"$box_dir/answer"; cat "$box_dir/answer"; }
says() { grep -qE -- "$1" "$box_dir/answer" || { cat "$box_dir/answer"; return 1; }; }

# The name server that posternd reads of is the story's.
echo "nameserver $server" >"$box_dir/resolv.conf"
posternd_start() {
	box_options
	unshare -m --propagation slave sh -c 'mount --bind "$1" /etc/resolv.conf && shift && exec "$@"' - \
		"$box_dir/resolv.conf" "$box_build/posternd" --foreground "${box_options[@]}" >>"$box_dir/posternd.log" 2>&1 &
	box_pid=$!
	posternd_answers
}

policy() { cat >"$box_dir/bundle/policies/story.cedar"; }
rest='@id("dns") permit (principal, action in Action::"egress", resource) when { resource.port == 53 };'
ssh_in="@essential @id(\"ssh\") permit (principal in Program::\"$box_dir/bin/sshd\", action in Action::\"ingress\", resource) when { resource.localPort == $port };
@essential @id(\"ssh-port\") permit (principal in Program::\"$box_dir/bin/sshd\", action == Action::\"listen\", resource);"

inside "$box_dir/bin/sshd" "$box_dir/sshd.pl" $here $port "$box_dir/ready" >"$box_dir/sshd.log" 2>&1 &
box_started+=($!)
box_keys
check "the server listens" within test -f "$box_dir/ready"
step "posternd starts" posternd_start
check "trust is installed" box_trust
connect 2>/dev/null
check "there is a connection" lives

# ---- the first bundle, with nothing attached ------------------------------------------------------
echo "$rest" | policy
bad=$(box_bundle 1)
pushes "$bad" >/dev/null
check "a first bundle without SSH is refused, exit status 7" says "^exit 7"
check "naming the pusher's own connection" says "your own SSH connection: accept tcp $there:[0-9]+ by of $box_dir/bin/sshd"
check "and that no policy permits it" says "no policy permits it"
check "and the listener" says "every new SSH connection: listen tcp $here:$port"
check "and what to do" says "force-lockout"
check "nothing is enforced" status_is state no-policy
pushes "$bad" --dry-run >/dev/null
check "a dry run says so as well" says "^exit 7"

# ---- one that keeps it, then one that forbids it --------------------------------------------------
printf '%s\n' "$rest" "$ssh_in" | policy
pushes "$(box_bundle 2)" >/dev/null
check "with the permits it is taken" says "^exit 0"
check "and enforced" status_is state enforcing
check "the connection lives" lives
printf '%s\n' "$rest" "$ssh_in" "@id(\"no-ssh\") forbid (principal, action == Action::\"accept\", resource) when { resource.ip.isInRange(ip(\"10.251.77.0/24\")) };" | policy
worse=$(box_bundle 3)
pushes "$worse" >/dev/null
check "a forbid is refused" says "^exit 7"
check "naming connection and policy" says "your own SSH connection: accept tcp $there:[0-9]+ .*\"no-ssh\" forbids it"
check "version 2 is in force still" version_is 2
check "the connection lives" lives
check "others cannot do it either" grep -q "an SSH connection" <(postern push "$worse" 2>&1)

# ---- forced, on trial -----------------------------------------------------------------------------
postern push "$worse" --force-lockout --confirm-within 4s >"$box_dir/waiting" 2>&1 &
waiting=$!
check "forced it is in force" within version_is 3
lost() { ! lives; }
check "the connection is lost" lost 2>/dev/null
wait $waiting
check "nobody confirms it: exit status 6" test $? -eq 6
check "the one before is back" version_is 2
connect 2>/dev/null
check "and a new connection gets through" lives

# ---- name server and DHCP -------------------------------------------------------------------------
dhcp='@id("dhcp") permit (principal, action == Action::"listen", resource) when { resource.port == 68 };'
printf '%s\n' "$dhcp" "$ssh_in" | policy
pushes "$(box_bundle 4)" >/dev/null
check "a bundle without DNS for who pushes is refused" says "^exit 7"
check "naming the name server" says "your name server: connect udp $server:53"
check "and nothing else" test "$(grep -c "it would cut off" "$box_dir/answer")" -eq 1
check "who is not in the governed cgroup may push it" postern push "$box_dir/v4.postern"
inside perl -MIO::Socket::INET -e 'my $s = IO::Socket::INET->new(Proto => "udp", LocalAddr => "127.0.0.9", LocalPort => 68) or die; sleep 600' &
box_started+=($!)
printf '%s\n' "$rest" "$ssh_in" | policy
check "a DHCP client" within grep -q "0900007F:0044 " /proc/net/udp
check "a DHCP client would lose its port is refused" grep -q "the DHCP client: listen udp 127.0.0.9:68" <(postern push "$(box_bundle 5)" 2>&1)

# ---- going back -----------------------------------------------------------------------------------
# version 6 is without SSH, and 7 with it: in force while nobody was connected
echo "$rest" | policy
check "a bundle without SSH is forced" postern push "$(box_bundle 6)" --force-lockout
printf '%s\n' "$rest" "$ssh_in" "$dhcp" '@id("dhcp-ask") permit (principal, action == Action::"send", resource) when { resource.port == 67 };' | policy
check "and one with SSH after it" postern push "$(box_bundle 7)"
connect 2>/dev/null
check "a connection gets through" lives
back() { ssh "$box_build/postern" --socket "$box_socket" rollback "$@" >"$box_dir/answer"; cat "$box_dir/answer"; }
back >/dev/null
check "going back to the one without is refused" says "^exit 7"
check "naming the connection" says "your own SSH connection: accept tcp $there:[0-9]+"
check "and what to do" says "force-lockout"
check "version 7 is in force still" version_is 7
check "the connection lives" lives
check "forced it is gone back to" postern rollback --force-lockout 6
check "version 6 is in force" version_is 6
check "one with SSH is on trial" postern push "$(box_bundle 8)" --confirm-within 600s --no-wait
check "the end of a trial is not asked about" postern rollback
check "version 6 is in force" version_is 6

# ---- what cannot be told --------------------------------------------------------------------------
# For posternd the table of TCP sockets is too long to be read.
blind_start() {
	posternd_kill TERM
	box_options
	unshare -m --propagation slave sh -c 'mount -t tmpfs none /proc/$$/net && truncate -s 1T /proc/$$/net/tcp && exec "$@"' - \
		"$box_build/posternd" --foreground "${box_options[@]}" >>"$box_dir/posternd.log" 2>&1 &
	box_pid=$!
	posternd_answers
}
step "posternd cannot see sockets" blind_start
postern push "$box_dir/v8.postern" >"$box_dir/answer" 2>&1
check "a push is refused, exit status 7" test $? -eq 7
check "saying that it cannot be told" says "cannot be told"
check "and what to do" says "force-lockout"
check "version 6 is in force still" version_is 6
postern rollback 2 >"$box_dir/answer" 2>&1
check "so is going back, exit status 7" test $? -eq 7
check "saying that it cannot be told" says "cannot be told"
check "forced it is pushed" postern push "$box_dir/v8.postern" --force-lockout
tap_end
