#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# posternd is killed at every call of a push, a trial, a confirmation, a rollback and a rotation of the root that
# changes anything that lasts: each write, truncation, fsync, rename, unlink and bpf(2), one after the other. After
# each restart the old bundle or the new one is in force, floor and root have not gone back, what was interrupted can
# be done again, and connections that were tried all the time saw no verdict that neither of the two gives.
#
# With POSTERN_LONG every single one; else every 24th from anywhere. FAULTS_ONLY="push confirm" restricts the
# operations, FAULTS_FROM=N begins at that call, FAULTS_STEP=N goes in steps of so many.
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/harness/tap.sh
. tests/harness/sandbox.sh
box_start faults

killat=$box_build/tests/e2e/killat
good=18630 bad=18631 odd=18632 even=18633
# Bundle N lets connections to `good`, and to `odd` or `even` as N is; nobody to `bad`.
policy() {
	local own=$odd
	[ $(($1 % 2)) -eq 1 ] || own=$even
	echo "@id(\"open\") permit (principal, action == Action::\"connect\", resource) when { resource.port == $good || resource.port == $own };" \
		>"$box_dir/bundle/policies/story.cedar"
}
version=0
# The next bundle; its path in $next.
make_next() {
	version=$((version + 1))
	policy $version
	next=$(box_bundle $version)
}

roots=1 next_root=$box_dir/root.postern
# The root document that follows the last one; its path in $next_root.
make_root() {
	local last=$next_root
	roots=$((roots + 1))
	next_root=$box_dir/root$roots.postern
	{
		"$box_build/postern" trust new --from "$last" -o "$next_root" &&
			"$box_build/postern" sign "$next_root" --key "$box_dir/key"
	} >>"$box_dir/build.log" 2>&1
}

# Connects without end: a datagram socket's connect is decided at once. A line for each verdict of neither.
cat >"$box_dir/loop.pl" <<'EOF'
use Socket;
my ($good, $bad, $wrong, $count) = @ARGV;
my $to_good = pack_sockaddr_in($good, inet_aton("127.0.0.1"));
my $to_bad = pack_sockaddr_in($bad, inet_aton("127.0.0.1"));
my $n = 0;
my $stop = 0;
$SIG{TERM} = sub { $stop = 1 };
until ($stop) {
	socket(my $a, PF_INET, SOCK_DGRAM, 0);
	print STDERR "denied what both allow: $!\n" unless connect($a, $to_good);
	print STDERR "allowed what both deny\n" if connect($a, $to_bad);
	$n += 2;
	select(undef, undef, undef, 0.001) if $n % 32 == 0;
}
open(my $f, ">", $count);
print $f $n;
EOF

trusted() { sed -nE "s/.*\"$1\": *([0-9]+).*/\1/p" "$box_dir/state/trust.json"; }
in_force() { postern -o json status | sed -nE 's/.*"bundle":\{"name":"story","version":([0-9]+),.*/\1/p'; }
is_pending() { postern -o json bundles | grep -q '"state":"pending"'; }
quickly() { timeout 20 "$box_build/postern" --socket "$box_socket" "$@" >/dev/null 2>&1; }

# The operations: what comes before, what is interrupted, and what makes it as if it had been done.
before_push() { make_next; }
do_push() { quickly push "$next"; }
before_trial() { make_next; }
do_trial() { quickly push "$next" --confirm-within 600s --no-wait; }
before_confirm() { make_next; quickly push "$next" --confirm-within 600s --no-wait; }
do_confirm() { quickly confirm; }
before_rollback() { make_next; quickly push "$next"; }
do_rollback() { quickly rollback; }
before_rotate() { make_root; }
do_rotate() { quickly trust rotate "$next_root"; }

# What may be in force afterwards besides what was in force before.
new_of() {
	case $1 in
	rollback) echo $((version - 1)) ;;
	*) echo $version ;;
	esac
}

# one OPERATION N: kills at its Nth call. The call's name in $called; "" when there are not so many. Complains on
# standard output about what is not as it must be.
one() {
	local op=$1 n=$2 tracer old now try floor root at
	called=
	before_"$op"
	old=$(in_force) floor=$(trusted policyVersion) root=$(trusted rootVersion)
	: >"$box_dir/killat"
	"$killat" "$box_pid" "$n" >"$box_dir/killat" 2>&1 &
	tracer=$!
	for try in $(seq 400); do grep -q ready "$box_dir/killat" && break; sleep 0.005; done
	do_"$op"
	kill -TERM $tracer 2>/dev/null
	wait $tracer
	called=$(sed -n 's/^killed //p' "$box_dir/killat")
	if [ -z "$called" ]; then
		grep -q '^calls' "$box_dir/killat" || echo "$op, call $n: $(tr '\n' ' ' <"$box_dir/killat")"
		settle
		return
	fi
	at="$op killed at call $n ($called)"
	wait "$box_pid"
	box_pid=
	posternd_start >"$box_dir/start" || { echo "$at: it does not start again:"; cat "$box_dir/start"; return; }
	now=$(in_force)
	[ "${now:-0}" = "$old" ] || [ "${now:-0}" = "$(new_of "$op")" ] ||
		echo "$at: version ${now:-none} is in force, neither $old nor $(new_of "$op")"
	between "$floor" "$(trusted policyVersion)" "$version" || echo "$at: the floor went from $floor to $(trusted policyVersion)"
	between "$root" "$(trusted rootVersion)" $roots || echo "$at: the root went from $root to $(trusted rootVersion)"
	"$box_build/postern" trust show --state "$box_dir/state" >"$box_dir/shown" 2>&1 || { echo "$at:"; cat "$box_dir/shown"; }
	postern -o json status | grep -q '"state":"enforcing"' ||
		echo "$at: $(postern -o json status | grep -oE '"(state|problems)":[^]]*')"
	settle
}
# between LOW VALUE HIGH
between() { [ "${2:-0}" -ge "$1" ] && [ "$2" -le "$3" ]; }
# As if nothing had been interrupted: no trial, the newest is in force, and the newest root.
settle() {
	is_pending && quickly confirm
	[ "$(trusted rootVersion)" = $roots ] || quickly trust rotate "$next_root"
	[ "$(in_force)" = "$version" ] || quickly push "$next"
	[ "$(in_force)" = "$version" ] && [ "$(trusted rootVersion)" = $roots ] && return
	echo "nothing helps: $("$box_build/postern" --socket "$box_socket" push "$next" 2>&1)"
}

# all OPERATION: every call, or with a stride from somewhere; a kill beyond the last is where it ends.
all() {
	local op=$1 n=$((${FAULTS_FROM:-1 + RANDOM % (stride < 10 ? stride : 10)})) kinds="" cases=0
	: >"$box_dir/wrong-$op"
	while :; do
		one "$op" "$n" >"$box_dir/said-one" 2>/dev/null # where the shell says who was killed
		sed "s/^/# /" "$box_dir/said-one"
		cat "$box_dir/said-one" >>"$box_dir/wrong-$op"
		[ -n "$called" ] || break
		cases=$((cases + 1))
		kinds+=" $n:$called"
		n=$((n + stride))
	done
	echo "# $op: $cases kills, at$kinds; $(sed -n 's/^calls //p' "$box_dir/killat") calls when it is let alone"
	check "$op: old or new after each of $cases kills" test $cases -gt 0 -a ! -s "$box_dir/wrong-$op"
	kills=$((kills + cases))
}

box_keys
step "posternd starts" posternd_start
check "trust is installed" box_trust
make_next
check "bundle 1 is in force" postern push "$next"
make_next
check "and bundle 2" postern push "$next"
(
	echo "$BASHPID" >"$box_cgroup/cgroup.procs"
	exec perl "$box_dir/loop.pl" $good $bad "$box_dir/wrong" "$box_dir/count" 2>"$box_dir/verdicts"
) &
loop=$!
box_started+=($loop)
sleep 0.2
kills=0
stride=${FAULTS_STEP:-$([ -n "${POSTERN_LONG:-}" ] && echo 1 || echo 24)}
for op in ${FAULTS_ONLY:-push trial confirm rollback rotate}; do
	all "$op"
done
kill -TERM $loop
wait $loop 2>/dev/null
echo "# $kills kills, $(cat "$box_dir/count") connections tried meanwhile"
check "connections were tried all the time" test "$(cat "$box_dir/count")" -gt 1000
check "no connection saw a verdict of neither" test ! -s "$box_dir/verdicts"
[ ! -s "$box_dir/verdicts" ] || sort "$box_dir/verdicts" | uniq -c | head | sed 's/^/# /'
step "posternd ends when asked" posternd_kill TERM
tap_end
